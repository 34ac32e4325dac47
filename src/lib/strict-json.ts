/** Strings and the marks between them. In a text that is JSON nothing else can hold a brace, a bracket or a colon. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g

/** Why a text is not read: `not_json`, or JSON that two readers could understand differently, or that is nested too deep. */
export class JsonFault extends Error {
  readonly reason: 'not_json' | 'duplicate_key' | 'too_deep'

  constructor(reason: JsonFault['reason'], message: string) {
    super(message)
    this.name = 'JsonFault'
    this.reason = reason
  }
}

/**
 * The value of a JSON text (RFC 8259) that every reader takes for the same value (I-JSON, RFC 7493): no object names a key
 * twice, however the key is escaped, every number is finite and every text is whole. Throws `JsonFault`.
 */
export function parseStrictJson(text: string, depthMax: number): unknown {
  const value = parse(text)
  refuseDuplicates(text, depthMax)
  refuseUnsound(value)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new JsonFault('not_json', 'The text is not JSON.')
  }
}

/** On the text, since the value keeps only the last of two equal keys; without recursion, since the depth is not known yet. */
function refuseDuplicates(text: string, depthMax: number): void {
  const open: Set<string>[] = []
  let last = ''
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (open.push(new Set()) > depthMax) throw new JsonFault('too_deep', `It nests deeper than ${depthMax} levels.`)
    } else if (token === '}' || token === ']') open.pop()
    else if (token === ':') rememberKey(open.at(-1), String(JSON.parse(last)))
    else last = token
  }
}

function rememberKey(keys: Set<string> | undefined, key: string): void {
  if (keys?.has(key)) throw new JsonFault('duplicate_key', `The key ${JSON.stringify(key.slice(0, 80))} stands twice.`)
  keys?.add(key)
}

function refuseUnsound(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new JsonFault('not_json', 'A number is larger than a computer’s.')
  }
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw new JsonFault('not_json', 'A text holds half a character.')
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    refuseUnsound(key)
    refuseUnsound(member)
  }
}
