type Json = Record<string, unknown>

/** Any object's own members; empty for what is no object. */
export function jsonOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

/**
 * A TypeBox schema as plain JSON Schema (2020-12): without TypeBox's symbols, a union of names as one `enum`, and a number of
 * the path or the query as the number it is, without the text that Elysia accepts in its place.
 */
export function plainSchema(schema: unknown): unknown {
  return simplify(JSON.parse(JSON.stringify(schema)))
}

function simplify(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(simplify)
  if (typeof node !== 'object' || node === null) return node
  const simple = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, simplify(value)]))
  const { anyOf, ...rest } = simple
  if (!Array.isArray(anyOf)) return simple
  const number = anyOf.map(jsonOf).find((choice) => choice.type === 'integer' || choice.type === 'number')
  if (number && anyOf.some(isNumberAsText)) return number
  const names = anyOf.map((choice) => jsonOf(choice).const)
  return names.every((name) => typeof name === 'string') ? { ...rest, type: 'string', enum: names } : simple
}

function isNumberAsText(choice: unknown): boolean {
  const { type, format } = jsonOf(choice)
  return type === 'string' && (format === 'integer' || format === 'numeric')
}
