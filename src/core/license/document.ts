import { LicenseFault } from '#core/license/fault.ts'
import { JsonFault, parseStrictJson } from '#lib/strict-json.ts'

export const DOCUMENT_BYTES_MAX = 1024 * 1024
const DEPTH_MAX = 32
const SIGNATURE_BYTES = 64
const MEMBERS = ['license', 'signature']

/** A document as it came: `signed` is what the signature is over, `keyId` names the vendor's key. Nothing of it is verified. */
export type SignedDocument = Readonly<{
  signed: Readonly<Record<string, unknown>>
  keyId: string
  signature: Uint8Array
}>

/**
 * Reads `{"license":{…},"signature":"…"}`; white space, the order of keys and a byte order mark do not matter.
 * Throws `LicenseFault`: `too_large`, `not_json`, `duplicate_key`, `too_deep`, `wrong_shape`, `bad_signature`.
 */
export function readDocument(text: string): SignedDocument {
  if (Buffer.byteLength(text) > DOCUMENT_BYTES_MAX) throw tooLarge()
  const document = recordOf(parse(text.replace(/^\uFEFF/, '')))
  if (document === undefined) throw wrong('A licence is one JSON object with "license" and "signature".')
  // What stands outside the signed part could be anybody's.
  const stranger = Object.keys(document).find((name) => !MEMBERS.includes(name))
  if (stranger !== undefined) {
    throw wrong(`${JSON.stringify(stranger.slice(0, 80))} stands outside what is signed.`, stranger.slice(0, 80))
  }
  const signed = recordOf(document.license)
  if (signed === undefined) throw wrong('license must be an object.', 'license')
  if (typeof signed.kid !== 'string') throw wrong('license.kid must be a text.', 'license.kid')
  if (typeof document.signature !== 'string') throw wrong('signature must be a text.', 'signature')
  return { signed, keyId: signed.kid, signature: signatureOf(document.signature) }
}

function tooLarge(): LicenseFault {
  return new LicenseFault('too_large', `A licence is no larger than ${DOCUMENT_BYTES_MAX / 1024} KiB.`)
}

function parse(text: string): unknown {
  try {
    return parseStrictJson(text, DEPTH_MAX)
  } catch (error) {
    if (error instanceof JsonFault) throw new LicenseFault(error.reason, error.message)
    throw error
  }
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return isRecord(value) ? value : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Canonical base64 only (RFC 4648 §4), or one signature could be written in several ways. */
function signatureOf(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== SIGNATURE_BYTES || bytes.toString('base64') !== text) {
    throw new LicenseFault('bad_signature', `signature must be the base64 of ${SIGNATURE_BYTES} bytes.`, 'signature')
  }
  return new Uint8Array(bytes)
}

function wrong(message: string, field?: string): LicenseFault {
  return new LicenseFault('wrong_shape', message, field)
}
