/** Stands for a secret that is set. What a form shows in a secret's place, and sends back when it was left alone. */
export const MASK = '••••••••'

/** The secret to keep after an edit: `kept` when the form sent the mask back, else what was `given`. */
export function keepIfMasked<T>(kept: T, given: string): T | string {
  return given === MASK ? kept : given
}
