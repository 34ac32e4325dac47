import { AppError } from '#core/errors.ts'
import { FORM_FIELDS_MAX, readBytes, refuseBadText } from '#http/body.ts'

/**
 * The bytes of one picture. Which one they are is not for the sender's header to say, only that they are meant as one.
 * Errors: `too_large`; `invalid_body` (invalid) for another Content-Type.
 */
export async function readPictureBody(request: Request, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^image\//i.test(type)) {
    throw new AppError('invalid', 'invalid_body', 'Send the picture itself as the body, with its own Content-Type.')
  }
  return await readBytes(request, bytesMax)
}

/**
 * A multipart form (RFC 7578) as texts and files by name; the last of repeated names counts. It is taken apart once all of it
 * was counted. Errors: `too_large`; `invalid_body` (invalid) for what is no such form, or one with too many fields.
 */
export async function readMultipart(request: Request, bytesMax: number): Promise<Record<string, string | File>> {
  const bytes = await readBytes(request, bytesMax)
  const entries = await partsOf(bytes, request.headers.get('content-type') ?? '')
  if (entries === undefined) throw invalid('This is no multipart form.')
  if (entries.length > FORM_FIELDS_MAX) throw invalid('The form has too many fields.')
  const form = Object.fromEntries(entries)
  const texts = entries.filter(([, value]) => typeof value === 'string')
  refuseBadText(Object.fromEntries(texts), '')
  return form
}

/** The bytes of a file of a multipart form; none for a file input that was left empty. */
export async function fileIn(form: unknown, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const value: unknown = typeof form === 'object' && form !== null ? Reflect.get(form, name) : undefined
  return value instanceof File ? new Uint8Array(await value.arrayBuffer()) : new Uint8Array()
}

async function partsOf(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<[string, string | File][] | undefined> {
  if (!/^multipart\/form-data\s*;/i.test(type)) return undefined
  try {
    return [...(await new Response(bytes, { headers: { 'content-type': type } }).formData()).entries()]
  } catch {
    return undefined
  }
}

function invalid(message: string): AppError {
  return new AppError('invalid', 'invalid_body', message)
}
