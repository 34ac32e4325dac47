const CODES = /^(SQLITE_CONSTRAINT.*|SQLITE_MISMATCH|2[23][0-9A-Z]{3})$/

/** Whether a statement failed for what its rows hold: a row twice, or one without what each must have. */
export function isRuleBroken(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && CODES.test(String(error.code))) || isRuleBroken(error.cause)
}
