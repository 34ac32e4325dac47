import { expect, test } from 'bun:test'
import { hkdfSha256, openBytes, type Sealed, sealBytes } from '#lib/crypto.ts'

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

function hex(data: Uint8Array | undefined): string | undefined {
  return data && Buffer.from(data).toString('hex')
}

function range(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, n) => (from + n).toString(16).padStart(2, '0')).join('')
}

/** RFC 5869, appendix A.1 to A.3. */
const HKDF = [
  {
    name: 'A.1, basic',
    material: '0b'.repeat(22),
    salt: range(0x00, 0x0c),
    info: range(0xf0, 0xf9),
    length: 42,
    okm: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    name: 'A.2, longer inputs and output',
    material: range(0x00, 0x4f),
    salt: range(0x60, 0xaf),
    info: range(0xb0, 0xff),
    length: 82,
    okm: 'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    name: 'A.3, no salt and no info',
    material: '0b'.repeat(22),
    salt: '',
    info: '',
    length: 42,
    okm: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
]

for (const { name, material, salt, info, length, okm } of HKDF) {
  test(`HKDF-SHA256 gives the key of RFC 5869 ${name}`, () => {
    expect(hex(hkdfSha256(bytes(material), bytes(salt), bytes(info), length))).toBe(okm)
  })
}

const LONG_KEY = 'feffe9928665731c6d6a8f9467308308'.repeat(2)
const LONG_PLAIN =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255'
const LONG_DATA =
  '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad'

/** McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, cases 13 to 16 (AES-256, 96-bit IV). */
const GCM = [
  {
    name: '13',
    key: '00'.repeat(32),
    iv: '00'.repeat(12),
    plain: '',
    aad: '',
    data: '',
    tag: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    name: '14',
    key: '00'.repeat(32),
    iv: '00'.repeat(12),
    plain: '00'.repeat(16),
    aad: '',
    data: 'cea7403d4d606b6e074ec5d3baf39d18',
    tag: 'd0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    name: '15',
    key: LONG_KEY,
    iv: 'cafebabefacedbaddecaf888',
    plain: LONG_PLAIN,
    aad: '',
    data: LONG_DATA,
    tag: 'b094dac5d93471bdec1a502270e3cc6c',
  },
  {
    name: '16',
    key: LONG_KEY,
    iv: 'cafebabefacedbaddecaf888',
    plain: LONG_PLAIN.slice(0, 120),
    aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    data: LONG_DATA.slice(0, 120),
    tag: '76fc6ece0f4e1768cddf8853bb2d551b',
  },
]

for (const { name, key, iv, plain, aad, data, tag } of GCM) {
  test(`AES-256-GCM gives the cipher text and tag of case ${name}, and opens them`, () => {
    const sealed = sealBytes(bytes(key), bytes(iv), bytes(plain), bytes(aad))
    expect([hex(sealed.data), hex(sealed.tag)]).toEqual([data, tag])
    expect(hex(openBytes(bytes(key), sealed, bytes(aad)))).toBe(plain)
  })

  test(`case ${name} does not open with any one bit changed anywhere`, () => {
    const parts = { key: bytes(key), iv: bytes(iv), data: bytes(data), tag: bytes(tag), aad: bytes(aad) }
    for (const part of ['key', 'iv', 'data', 'tag', 'aad'] as const) {
      for (let bit = 0; bit < parts[part].length * 8; bit++) {
        const changed = { ...parts, [part]: flipped(parts[part], bit) }
        expect(openBytes(changed.key, changed, changed.aad)).toBeUndefined()
      }
    }
    expect(hex(openBytes(parts.key, parts, parts.aad))).toBe(plain)
  })

  test(`case ${name} does not open with a tag or IV of another length`, () => {
    const whole: Sealed = { iv: bytes(iv), data: bytes(data), tag: bytes(tag) }
    for (const length of [0, 4, 8, 12, 15]) {
      expect(openBytes(bytes(key), { ...whole, tag: whole.tag.subarray(0, length) }, bytes(aad))).toBeUndefined()
    }
    for (const other of [new Uint8Array(0), bytes(iv).subarray(0, 11), bytes(`${iv}00`), bytes(`${iv}00000000`)]) {
      expect(openBytes(bytes(key), { ...whole, iv: other }, bytes(aad))).toBeUndefined()
    }
    expect(hex(openBytes(bytes(key), whole, bytes(aad)))).toBe(plain)
  })
}

function flipped(data: Uint8Array, bit: number): Uint8Array {
  return data.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
}
