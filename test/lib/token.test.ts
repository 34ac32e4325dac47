import { expect, test } from 'bun:test'
import { crc32 } from 'node:zlib'
import { systemRandom } from '#lib/random.ts'
import {
  isPersonalAccessToken,
  newPersonalAccessToken,
  newSecretToken,
  newTemporaryPassword,
  sha256Hex,
} from '#lib/token.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function numberOf(base62: string): number {
  return [...base62].reduce((value, digit) => value * 62 + DIGITS.indexOf(digit), 0)
}

test('a secret token is 256 bits in 43 URL-safe characters, another each time', () => {
  const tokens = Array.from({ length: 1_000 }, () => newSecretToken(systemRandom))
  expect(new Set(tokens).size).toBe(1_000)
  for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/)
})

test('the hash of a token is its SHA-256 in hex', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
})

test('a personal access token ends in the base-62 CRC-32 of its random part', () => {
  for (let n = 0; n < 1_000; n++) {
    const token = newPersonalAccessToken(systemRandom)
    expect(token).toMatch(/^hf_[0-9A-Za-z]{40}$/)
    expect(numberOf(token.slice(-6))).toBe(crc32(token.slice(3, 37)))
    expect(isPersonalAccessToken(token)).toBe(true)
  }
})

test('a small checksum is padded with zeros', () => {
  const sums = Array.from({ length: 20_000 }, () => newPersonalAccessToken(systemRandom).slice(-6))
  expect(sums.some((sum) => sum.startsWith('0'))).toBe(true)
})

test('a token with one character changed, missing or added is none', () => {
  const token = newPersonalAccessToken(systemRandom)
  for (let at = 0; at < token.length; at++) {
    const other = token[at] === 'x' ? 'y' : 'x'
    expect(isPersonalAccessToken(token.slice(0, at) + other + token.slice(at + 1))).toBe(false)
    expect(isPersonalAccessToken(token.slice(0, at) + token.slice(at + 1))).toBe(false)
    expect(isPersonalAccessToken(`${token.slice(0, at)}x${token.slice(at)}`)).toBe(false)
  }
  for (const text of ['', 'hf_', `${token}\n`, ` ${token}`, token.toUpperCase(), `hf_${'é'.repeat(40)}`]) {
    expect(isPersonalAccessToken(text)).toBe(false)
  }
  expect(isPersonalAccessToken(token)).toBe(true)
})

test('every character of a token is as likely as every other', () => {
  const counts = new Map<string, number>()
  for (let n = 0; n < 3_000; n++) {
    for (const char of newPersonalAccessToken(systemRandom).slice(3, 37)) counts.set(char, (counts.get(char) ?? 0) + 1)
  }
  const expected = (3_000 * 34) / 62
  const chiSquare = [...DIGITS].reduce((sum, char) => sum + ((counts.get(char) ?? 0) - expected) ** 2 / expected, 0)
  // 61 degrees of freedom: beyond 140 once in some ten million runs; the modulo bias would give about 800.
  expect(chiSquare).toBeLessThan(140)
})

test('a temporary password is 100 bits in four groups of characters that nobody mistakes, another each time', () => {
  const seen = new Set(Array.from({ length: 200 }, () => newTemporaryPassword(systemRandom)))
  expect(seen.size).toBe(200)
  for (const password of seen) expect(password).toMatch(/^[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){3}$/)
  const bytes = (fill: (at: number) => number) => ({
    ...systemRandom,
    bytes: (count: number) => Uint8Array.from({ length: count }, (_, at) => fill(at)),
  })
  // Five bits of each byte are used, and each of them counts.
  const all = Array.from({ length: 32 }, (_, value) => newTemporaryPassword(bytes(() => value)))
  expect(new Set(all).size).toBe(32)
  expect(newTemporaryPassword(bytes((at) => at))).toBe('01234-56789-abcde-fghjk')
})
