/** A text of a stored payload; throws when it is none. */
export function textOf(stored: unknown, name: string): string {
  const value = memberOf(stored, name)
  if (typeof value === 'string') return value
  throw new Error(`the payload has no ${name}`)
}

/** A number of a stored payload; throws when it is none. */
export function numberOf(stored: unknown, name: string): number {
  const value = memberOf(stored, name)
  if (typeof value === 'number') return value
  throw new Error(`the payload has no ${name}`)
}

function memberOf(stored: unknown, name: string): unknown {
  return typeof stored === 'object' && stored !== null ? Reflect.get(stored, name) : undefined
}
