import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  hkdfSync,
  timingSafeEqual,
  verify,
} from 'node:crypto'

export const KEY_BYTES = 32
export const IV_BYTES = 12
export const TAG_BYTES = 16
const SIGNATURE_BYTES = 64

/** AES-256-GCM's output (NIST SP 800-38D): as many bytes as the plain text, and the tag. */
export type Sealed = Readonly<{ iv: Uint8Array; tag: Uint8Array; data: Uint8Array }>

/** HKDF-SHA256 (RFC 5869): `length` bytes of key from key material. */
export function hkdfSha256(material: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', material, salt, info, length))
}

/** Encrypts under AES-256-GCM. `iv` must never be used twice with one key; `aad` is bound to the tag but not kept. */
export function sealBytes(key: Uint8Array, iv: Uint8Array, plain: Uint8Array, aad: Uint8Array): Sealed {
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(aad)
  const data = Buffer.concat([cipher.update(plain), cipher.final()])
  return { iv, tag: new Uint8Array(cipher.getAuthTag()), data: new Uint8Array(data) }
}

/** The plain bytes; undefined when key, IV, tag, data or `aad` differ in a single bit from what was sealed. */
export function openBytes(key: Uint8Array, sealed: Sealed, aad: Uint8Array): Uint8Array | undefined {
  // A shorter tag would verify against fewer bits, a shorter IV is another construction.
  if (sealed.iv.length !== IV_BYTES || sealed.tag.length !== TAG_BYTES) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.tag)
  const start = decipher.update(sealed.data)
  try {
    return new Uint8Array(Buffer.concat([start, decipher.final()]))
  } catch {
    return undefined
  }
}

/** Whether two texts are the same; the time it takes tells nothing of either. */
export function isSameSecret(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

/** Whether a signature is Ed25519's (RFC 8032) of this message under a 32-byte public key; false for bytes of a wrong length. */
export function isEd25519Signature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
  const x = Buffer.from(publicKey).toString('base64url')
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    return verify(null, message, key, signature)
  } catch {
    // Some 32 bytes are no point of the curve.
    return false
  }
}
