/** A JSON text without spaces and with the keys of every object sorted by UTF-16, so that one value has one text. */
export function canonicalJson(text: string): string {
  return textOf(JSON.parse(text))
}

function textOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${textOf(member)}`).join(',')}}`
}
