import { readFile } from 'node:fs/promises'
import { UsageError } from '#cli/arguments.ts'
import { DEVELOPMENT_LICENSE_KEYS } from '#config/development-license-key.ts'
import { parseStrictJson } from '#lib/strict-json.ts'

const KEY_BYTES = 32

/**
 * The y of the points of small order (RFC 7748 §7 names them for X25519; as Ed25519 encodes them, without the sign, and the
 * forms that are not reduced). Under such a key one signature fits every few messages; all zeros is one of them.
 */
const WEAK_KEYS = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/**
 * The public keys to build in: those of the file, or the development key without one. Throws `UsageError` for a release
 * that would take licences anybody can sign, or none at all.
 */
export async function licenseKeysForBuild(path: string | undefined, isRelease: boolean) {
  const keys = path === undefined ? DEVELOPMENT_LICENSE_KEYS : await readLicenseKeys(path)
  const known = Object.values(DEVELOPMENT_LICENSE_KEYS)
  if (isRelease && path === undefined) throw new UsageError('--release needs --license-keys FILE.')
  if (isRelease && Object.keys(keys).length === 0) throw new UsageError(`--release: there is no key in ${path}.`)
  if (isRelease && Object.values(keys).some((key) => known.includes(key))) {
    throw new UsageError(`--release: the development key is in ${path}; everybody can sign with it.`)
  }
  return keys
}

/** The public keys in a file of `{"<key id>":"<base64>"}`. Throws `UsageError` that says what is wrong with it. */
export async function readLicenseKeys(path: string): Promise<Record<string, string>> {
  try {
    return licenseKeysOf(parseStrictJson(await readFile(path, 'utf8'), 1))
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
    if (isWeak(key)) throw new Error(`"${id}" is a key that anybody can sign for.`)
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

function isWeak(key: string): boolean {
  const bytes = Buffer.from(key, 'base64')
  // The highest bit is the sign of x.
  bytes.writeUInt8(bytes.readUInt8(KEY_BYTES - 1) & 0x7f, KEY_BYTES - 1)
  return WEAK_KEYS.has(bytes.toString('hex'))
}
