import { AppError } from '#core/errors.ts'

export const JSON_BYTES_MAX = 256 * 1024
export const JSON_DEPTH_MAX = 32
export const FORM_FIELDS_MAX = 100

/** 413 by the announced length, before anything else is looked at. */
export function refuseAnnouncedExcess(request: Request, bytesMax: number = JSON_BYTES_MAX): void {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax)
}

/** A JSON body (RFC 8259), whatever its Content-Type; null when there is none. Errors: `too_large`, `unreadable_json`, `invalid_body`. */
export async function readJson(request: Request, bytesMax: number = JSON_BYTES_MAX): Promise<unknown> {
  const text = await readText(request, bytesMax)
  // Not undefined: Elysia would take it for "not read" and read the spent body again by its Content-Type.
  if (text === '') return null
  if (exceedsDepth(text)) {
    throw unreadable(`The body is nested deeper than ${JSON_DEPTH_MAX} levels.`)
  }
  const value = parseJson(text)
  refuseBadText(value, '')
  return value
}

/** An URL-encoded form as text values; the last of repeated names counts. Errors as `readJson`. */
export async function readForm(request: Request, bytesMax: number = JSON_BYTES_MAX): Promise<Record<string, string>> {
  const text = await readText(request, bytesMax)
  const entries = [...new URLSearchParams(text)]
  if (entries.length > FORM_FIELDS_MAX) throw new AppError('invalid', 'invalid_body', 'The form has too many fields.')
  const form = Object.fromEntries(entries)
  refuseBadText(form, '')
  return form
}

/** NUL cannot be stored by PostgreSQL and half a surrogate pair is no text: both are refused wherever they stand. */
export function refuseBadText(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) {
      throw new AppError('invalid', 'invalid_body', 'Text holds a character that cannot be stored.', { field: path })
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      refuseBadText(key, path)
      refuseBadText(member, path === '' ? key : `${path}.${key}`)
    }
  }
}

/** The same for what an address carries percent-encoded (RFC 3986). */
export function refuseNulInAddress(request: Request): void {
  if (request.url.includes('%00')) {
    throw new AppError('invalid', 'invalid_query', 'The address holds a character that cannot be stored.')
  }
}

async function readText(request: Request, bytesMax: number): Promise<string> {
  const bytes = await readBytes(request, bytesMax)
  try {
    // Bytes that are no UTF-8 are refused and not replaced: two different passwords must not become one.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable('The body is not UTF-8.')
  }
}

/** A body as it came; counted while it is read when its length was not announced. Errors: `too_large`, `unreadable_json`. */
export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if (request.headers.has('content-length')) return new Uint8Array(await request.arrayBuffer())
    return await countedBytes(request, bytesMax)
  } catch (error) {
    if (error instanceof AppError) throw error
    // A client that goes away in the middle is no fault of ours.
    throw unreadable('The body could not be read.')
  }
}

async function countedBytes(request: Request, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) throw tooLarge(bytesMax)
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable('The body is not JSON.')
  }
}

/** Counted on the text, so that a bomb is refused before it is built. Brackets inside strings do not count. */
function exceedsDepth(text: string): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (isInString) {
      if (char === 92) at += 1
      else if (char === 34) isInString = false
    } else if (char === 34) isInString = true
    else if (char === 91 || char === 123) {
      depth += 1
      if (depth > JSON_DEPTH_MAX) return true
    } else if (char === 93 || char === 125) depth -= 1
  }
  return false
}

function unreadable(message: string): AppError {
  return new AppError('contradiction', 'unreadable_json', message)
}

function tooLarge(bytesMax: number): AppError {
  return new AppError('too_large', 'too_large', `The body is larger than ${bytesMax / 1024} KiB.`)
}
