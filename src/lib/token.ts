import type { Random } from './random.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ACCESS_TOKEN_PREFIX = 'hf_'
const ACCESS_TOKEN_RANDOM_CHARS = 34
const CHECKSUM_CHARS = 6
const SECRET_TOKEN_BYTES = 32
/** Crockford's base 32: none of its characters is taken for another one when it is read aloud or copied by hand. */
const READABLE = '0123456789abcdefghjkmnpqrstvwxyz'
const TEMPORARY_PASSWORD_CHARS = 20
const ACCESS_TOKEN_FORM = new RegExp(`^${ACCESS_TOKEN_PREFIX}([0-9A-Za-z]{34})([0-9A-Za-z]{6})$`)

/** A secret of 256 random bits in base64url (43 characters), for links and cookies. Keep only its `sha256Hex`. */
export function newSecretToken(random: Random): string {
  return Buffer.from(random.bytes(SECRET_TOKEN_BYTES)).toString('base64url')
}

/** The SHA-256 (FIPS 180-4) of bytes, or of a text's UTF-8 bytes, as 64 lower-case hex digits. */
export function sha256Hex(content: string | Uint8Array<ArrayBuffer>): string {
  return Bun.SHA256.hash(content, 'hex')
}

/** A personal access token: `hf_`, 34 random characters and their checksum, so that secret scanners can tell a real one. */
export function newPersonalAccessToken(random: Random): string {
  const body = randomText(random, ACCESS_TOKEN_RANDOM_CHARS)
  return ACCESS_TOKEN_PREFIX + body + checksum(body)
}

/** A password of 100 random bits to be read and typed once: four groups of five characters, such as `7k2mp-…`. */
export function newTemporaryPassword(random: Random): string {
  const chars = [...random.bytes(TEMPORARY_PASSWORD_CHARS)].map((byte) => READABLE.charAt(byte % READABLE.length))
  return chars.join('').replace(/.{5}(?=.)/g, '$&-')
}

/** Whether a text has the form and the checksum of a personal access token; it says nothing about whether one exists. */
export function isPersonalAccessToken(text: string): boolean {
  const [, body, sum] = ACCESS_TOKEN_FORM.exec(text) ?? []
  return body !== undefined && sum === checksum(body)
}

// Bytes past the last whole multiple of the alphabet are thrown away: taking them modulo 62 would favour '0' to '7'.
function randomText(random: Random, chars: number): string {
  const limit = 256 - (256 % ALPHABET.length)
  let text = ''
  while (text.length < chars) {
    for (const byte of random.bytes(chars)) {
      if (byte < limit && text.length < chars) text += ALPHABET.charAt(byte % ALPHABET.length)
    }
  }
  return text
}

/** The CRC-32 (IEEE 802.3) of a text in base 62, padded to 6 digits. */
function checksum(text: string): string {
  let rest = Bun.hash.crc32(text)
  let digits = ''
  for (let place = 0; place < CHECKSUM_CHARS; place++) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits
    rest = Math.floor(rest / ALPHABET.length)
  }
  return digits
}
