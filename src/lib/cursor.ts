const ID = /^[1-9]\d{0,15}$/

/** An opaque cursor that stands for "after the row with this id". */
export function cursorOf(id: number): string {
  return Buffer.from(String(id)).toString('base64url')
}

/** The id a cursor stands for; undefined when it is none of ours. */
export function idOfCursor(cursor: string): number | undefined {
  const text = Buffer.from(cursor, 'base64url').toString('latin1')
  return ID.test(text) ? Number(text) : undefined
}
