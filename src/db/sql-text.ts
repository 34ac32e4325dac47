/** A name in a statement, as both engines read it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A text in a statement, as both engines read it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A table of a schema (or of an attached file). */
export function tableIn(schema: string, table: string): string {
  return `${quoted(schema)}.${quoted(table)}`
}
