import { describe, expect, test } from 'bun:test'
import { generateKeyPairSync, sign } from 'node:crypto'
import { isEd25519Signature } from '#lib/crypto.ts'

/** The order of the base point (RFC 8032 §5.1). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** RFC 8032 §7.1, the first three. */
const RFC_VECTORS = [
  {
    key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    r: 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155',
    s: '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    r: '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da',
    s: '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    r: '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac',
    s: '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
]

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const isSigned = (key: string, message: string, signature: string) =>
  isEd25519Signature(bytes(key), bytes(message), bytes(signature))

/** 32 bytes, the lowest first. */
function littleEndian(value: bigint): string {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse().toString('hex')
}

function numberOf(hex: string): bigint {
  return BigInt(`0x${Buffer.from(hex, 'hex').reverse().toString('hex')}`)
}

describe('an Ed25519 signature', () => {
  for (const { key, message, r, s } of RFC_VECTORS) {
    const zeros = '00'.repeat(32)
    const forged: [what: string, signature: string][] = [
      ['with s + L for s', r + littleEndian(numberOf(s) + ORDER)],
      ['with s + 2L for s', r + littleEndian(numberOf(s) + 2n * ORDER)],
      ['with s + 8L for s', r + littleEndian(numberOf(s) + 8n * ORDER)],
      ['with L - s for s', r + littleEndian(ORDER - numberOf(s))],
      ['with the highest bit of s set', r + littleEndian(numberOf(s) | (1n << 255n))],
      ['with s of zero', r + zeros],
      ['with s of one', r + littleEndian(1n)],
      ['with s of L', r + littleEndian(ORDER)],
      ['with s of L - 1', r + littleEndian(ORDER - 1n)],
      ['with s of all ones', r + 'ff'.repeat(32)],
      ['with r of zero', zeros + s],
      ['with r of the neutral point', littleEndian(1n) + s],
      ['with r of p', littleEndian(2n ** 255n - 19n) + s],
      ['with r of all ones', 'ff'.repeat(32) + s],
      ['with the sign of r turned', littleEndian(numberOf(r) ^ (1n << 255n)) + s],
      ['of all zeros', zeros + zeros],
      ['with its halves swapped', s + r],
      ['without its last byte', (r + s).slice(0, -2)],
      ['without s', r],
      ['of nothing', ''],
      ['with a byte more', `${r}${s}00`],
      ['with a byte before it', `00${r}${s}`],
      ['twice', r + s + r + s],
    ]

    test(`of RFC 8032 over "${message}" is accepted, and in no changed form`, () => {
      expect(isSigned(key, message, r + s)).toBe(true)
      expect(forged.filter(([, signature]) => isSigned(key, message, signature)).map(([what]) => what)).toEqual([])
      for (let bit = 0; bit < 512; bit += 1) {
        const changed = bytes(r + s)
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        expect(isSigned(key, message, changed.toString('hex'))).toBe(false)
      }
    })
  }

  test('is bound to its message and to its key', () => {
    const [one, two, three] = RFC_VECTORS.map(({ r, s }) => r + s)
    for (const [index, { key, message }] of RFC_VECTORS.entries()) {
      expect([one, two, three].map((signature) => isSigned(key, message, signature ?? ''))).toEqual(
        [0, 1, 2].map((other) => other === index),
      )
      expect(isSigned(key, `${message}00`, [one, two, three][index] ?? '')).toBe(false)
    }
  })

  test('under a key of a wrong length or of no point is refused without an error', () => {
    const { key, message, r, s } = RFC_VECTORS[0] ?? { key: '', message: '', r: '', s: '' }
    for (const wrong of ['', key.slice(2), `${key}00`, 'ff'.repeat(32), `02${'00'.repeat(31)}`]) {
      expect(isSigned(wrong, message, r + s)).toBe(false)
    }
  })

  test('of this machine’s own making is accepted over any length of message', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const key = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url')
    for (const length of [0, 1, 63, 64, 65, 1_000_000]) {
      const message = Buffer.alloc(length, 'x')
      expect(isEd25519Signature(key, message, sign(null, message, privateKey))).toBe(true)
      expect(isEd25519Signature(key, Buffer.concat([message, Buffer.from('y')]), sign(null, message, privateKey))).toBe(
        false,
      )
    }
  })
})

type Vectors = { numberOfTests: number; testGroups: { publicKey: { pk: string }; tests: Vector[] }[] }
type Vector = { tcId: number; comment: string; msg: string; sig: string; result: string }

const wycheproof = process.env.WYCHEPROOF_ED25519

test.skipIf(wycheproof === undefined)('every vector of Wycheproof has the result it says', async () => {
  const vectors: Vectors = await Bun.file(wycheproof ?? '').json()
  const rows = vectors.testGroups.flatMap(({ publicKey, tests }) => tests.map((row) => ({ ...row, key: publicKey.pk })))
  const wrong = rows.filter(({ key, msg, sig, result }) => isSigned(key, msg, sig) !== (result === 'valid'))
  expect(wrong.map(({ tcId, comment }) => `${tcId} ${comment}`)).toEqual([])
  expect(rows.length).toBe(vectors.numberOfTests)
  expect(new Set(rows.map(({ result }) => result))).toEqual(new Set(['valid', 'invalid']))
})
