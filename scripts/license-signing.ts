import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { canonicalBytes } from '#core/license/canonical.ts'

/** What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A document of these fields, indented for people: the signature is over the canonical form, so that does not matter. */
export function signedDocument(fields: Readonly<Record<string, unknown>>, key: KeyObject): string {
  const signature = sign(null, canonicalBytes(fields), key).toString('base64')
  return `${JSON.stringify({ license: fields, signature }, null, 2)}\n`
}

/** The base64 of the 32 bytes that verify what `key` signs, as a build takes it. */
export function publicKeyOf(key: KeyObject): string {
  const { x } = createPublicKey(key).export({ format: 'jwk' })
  return Buffer.from(String(x), 'base64url').toString('base64')
}

/** Everybody's private key: a build for development accepts what it signs, a release does not. */
export function developmentSigningKey(): KeyObject {
  const seed = createHash('sha256').update('honeyframe development licence key').digest()
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
}
