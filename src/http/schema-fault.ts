/** Where a value does not fit its schema, and why, in words that repeat nothing of the value: it may be a password. */
export type SchemaFault = Readonly<{ path: string; words: string }>

/**
 * What the validator found, told so that it helps: of several allowed values their names, and of something that may be absent what
 * is wrong inside it.
 */
export function schemaFaultOf(found: unknown): SchemaFault {
  const path = textIn(found, 'path').replace(/^\//, '').replaceAll('/', '.')
  const branches = listIn(memberOf(found, 'schema'), 'anyOf')
  if (branches.length === 0) return { path, words: lowerFirst(textIn(found, 'message')) || 'does not fit the schema' }
  const names = branches.flatMap((branch) => constantIn(branch) ?? [])
  if (names.length === branches.length) return { path, words: `expected one of ${names.join(', ')}` }
  const inner = listIn(found, 'errors').filter((_, place) => memberOf(branches[place], 'type') !== 'null')
  const [only] = inner.length === 1 ? inner : []
  const [first] = isIterable(only) ? only : []
  return first === undefined ? { path, words: 'fits none of the forms it may have' } : schemaFaultOf(first)
}

function constantIn(branch: unknown): string | undefined {
  const constant = memberOf(branch, 'const')
  return constant === undefined ? undefined : String(constant)
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function textIn(value: unknown, name: string): string {
  const member = memberOf(value, name)
  return typeof member === 'string' ? member : ''
}

function listIn(value: unknown, name: string): readonly unknown[] {
  const member: unknown = memberOf(value, name)
  return Array.isArray(member) ? member : []
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
