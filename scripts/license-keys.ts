import { readFile } from 'node:fs/promises'
import { UsageError } from '#cli/arguments.ts'

const KEY_BYTES = 32

/** The public keys in a file of `{"<key id>":"<base64>"}`. Throws `UsageError` that says what is wrong with it. */
export async function readLicenseKeys(path: string): Promise<Record<string, string>> {
  try {
    return licenseKeysOf(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable'
    throw new UsageError(`--license-keys ${path}: ${reason}`)
  }
}

/** The keys in parsed JSON. Throws `Error` naming the first key id whose value is no Ed25519 public key (RFC 8032). */
export function licenseKeysOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('must hold one JSON object of key ids and keys.')
  }
  const keys: Record<string, string> = {}
  for (const [id, key] of Object.entries(value)) {
    if (!/^[\w.-]{1,64}$/.test(id)) throw new Error(`"${id}" is no key id (letters, digits, dot, dash, underscore).`)
    if (!isPublicKey(key)) throw new Error(`"${id}" must be the base64 of ${KEY_BYTES} bytes.`)
    keys[id] = key
  }
  return keys
}

/** Canonical base64 only (RFC 4648 §4): decoders skip what they do not know, so a typing error would pass. */
function isPublicKey(value: unknown): value is string {
  if (typeof value !== 'string') return false
  const bytes = Buffer.from(value, 'base64')
  return bytes.length === KEY_BYTES && bytes.toString('base64') === value
}
