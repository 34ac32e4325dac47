import { describe, expect, test } from 'bun:test'
import { verifyLicense } from '#core/license/verify.ts'
import { publicKeyOf } from '#scripts/license-signing.ts'
import { assembled, FIELDS, KEY_ID, KEYS, licenseText, STRANGER, signatureIn } from '#test/support/license.ts'

const MIB = 1024 * 1024
/** The order of the base point (RFC 8032 §5.1). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

const GOOD = licenseText()
const SIGNATURE = signatureIn(GOOD)

/** `genuine`, or the reason and the field of the fault. */
function verdictOf(text: string, keys: Readonly<Record<string, string>> = KEYS): string {
  const verdict = verifyLicense(text, keys)
  if (verdict.outcome === 'genuine') return 'genuine'
  return [verdict.fault.reason, verdict.fault.field].filter(Boolean).join(' ')
}

/** The good document with one piece of its text in place of another; throws when the piece is not in it exactly once. */
function edited(piece: string, other: string): string {
  if (GOOD.split(piece).length !== 2) throw new Error(`not once: ${piece}`)
  return GOOD.replace(piece, () => other)
}

function resigned(change: (bytes: Buffer) => void): string {
  const bytes = Buffer.from(SIGNATURE, 'base64')
  change(bytes)
  return assembled(FIELDS, bytes.toString('base64'))
}

describe('a document of the vendor', () => {
  test('is genuine, and its fields are what was signed', () => {
    expect(verifyLicense(GOOD, KEYS)).toEqual({
      outcome: 'genuine',
      license: {
        version: 1,
        keyId: KEY_ID,
        licenseId: FIELDS.license_id,
        customer: 'Acme Ltd',
        orgSlug: 'acme',
        tier: 'professional',
        products: ['hub_platform'],
        features: ['chat_connector'],
        usersLimit: 25,
        issuedAt: new Date('2026-01-01T00:00:00Z'),
        expires: new Date('2027-01-01T00:00:00Z'),
        graceDays: 10,
      },
    })
  })

  const compact = JSON.stringify(JSON.parse(GOOD))
  const turned = JSON.stringify({
    signature: SIGNATURE,
    license: Object.fromEntries(Object.entries(FIELDS).toReversed()),
  })
  const rewritten: [what: string, text: string][] = [
    ['without white space', compact],
    ['with CRLF', GOOD.replaceAll('\n', '\r\n')],
    ['with tabs and more lines', `\n\n${GOOD.replaceAll('  ', '\t')}\n\n`],
    ['behind a byte order mark', `\uFEFF${GOOD}`],
    ['with its keys in another order', turned],
    ['with letters written as escapes', edited('"Acme Ltd"', '"\\u0041cme\\u0020Ltd"')],
    ['with an escaped key', edited('"customer"', '"cust\\u006fmer"')],
    ['with 25.0 for 25', edited(': 25,', ': 25.0,')],
    ['with 2.5e1 for 25', edited(': 25,', ': 2.5e1,')],
    ['with 0.25E+2 for 25', edited(': 25,', ': 0.25E+2,')],
    ['with 1e0 for version 1', edited('"version": 1', '"version": 1e0')],
    ['padded to 1 MiB', compact + ' '.repeat(MIB - compact.length)],
  ]

  for (const [what, text] of rewritten) {
    test(`${what} is the same document`, () => {
      expect(verifyLicense(text, KEYS)).toEqual(verifyLicense(GOOD, KEYS))
    })
  }

  test('may hold fields in its signed part that this version does not know, and they are signed, too', () => {
    const text = licenseText({ region: 'eu', limits: { rows: 1e6, deep: [null, true] } })
    expect(verdictOf(text)).toBe('genuine')
    expect(verdictOf(text.replace('"eu"', '"us"'))).toBe('bad_signature signature')
    expect(verdictOf(text.replace('1000000', '1000001'))).toBe('bad_signature signature')
  })

  test('of the next key is genuine beside the one before, and of no key that is left out', () => {
    const keys = { ...KEYS, '2027-a': publicKeyOf(STRANGER) }
    const next = licenseText({ kid: '2027-a' }, STRANGER)
    expect([verdictOf(GOOD, keys), verdictOf(next, keys)]).toEqual(['genuine', 'genuine'])
    expect(verdictOf(next)).toBe('unknown_key license.kid')
    expect(verdictOf(GOOD, {})).toBe('unknown_key license.kid')
  })
})

describe('a document that was changed', () => {
  const edits: [piece: string, other: string][] = [
    ['"version": 1', '"version": 2'],
    [FIELDS.license_id, '01a20184-46cd-7607-9566-2d7e3c9f11e9'],
    ['"Acme Ltd"', '"Acme Ltd."'],
    ['"acme"', '"globex"'],
    ['"acme"', 'null'],
    ['"professional"', '"enterprise"'],
    ['"hub_platform"', '"hub_platform", "hub_cloud"'],
    ['"chat_connector"', '"chat_connector", "ai_dashboards"'],
    ['"users_limit": 25', '"users_limit": 250'],
    ['"users_limit": 25', '"users_limit": null'],
    ['"users_limit": 25', '"users_limit": "25"'],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
    ['2027-01-01T00:00:00Z', '2037-01-01T00:00:00Z'],
    ['"grace_days": 10', '"grace_days": 100'],
    [',\n    "grace_days": 10', ''],
    ['"version": 1,', '"version": 1, "more": true,'],
  ]

  for (const [piece, other] of edits) {
    test(`from ${JSON.stringify(piece)} to ${JSON.stringify(other)} is bad`, () => {
      expect(verdictOf(GOOD)).toBe('genuine')
      expect(verdictOf(edited(piece, other))).toBe('bad_signature signature')
    })
  }

  test('in any field is found, whichever it is', () => {
    for (const name of Object.keys(FIELDS).filter((one) => one !== 'kid')) {
      expect([name, verdictOf(assembled({ ...FIELDS, [name]: 'x' }, SIGNATURE))]).toEqual([
        name,
        'bad_signature signature',
      ])
    }
  })

  test('never takes another document’s signature', () => {
    const other = licenseText({ org_slug: 'globex' })
    expect([verdictOf(GOOD), verdictOf(other)]).toEqual(['genuine', 'genuine'])
    expect(verdictOf(assembled(FIELDS, signatureIn(other)))).toBe('bad_signature signature')
    expect(verdictOf(assembled(JSON.parse(other).license, SIGNATURE))).toBe('bad_signature signature')
  })

  test('is not saved by a key of its own', () => {
    expect(verdictOf(licenseText({}, STRANGER))).toBe('bad_signature signature')
    const text = JSON.stringify({ ...JSON.parse(licenseText({}, STRANGER)), key: publicKeyOf(STRANGER) })
    expect(verdictOf(text)).toBe('wrong_shape key')
  })

  test('to name a key that objects have by birth finds none', () => {
    for (const kid of ['constructor', '__proto__', 'toString', '', 'x'.repeat(10_000)]) {
      expect(verdictOf(licenseText({ kid }))).toBe('unknown_key license.kid')
    }
  })
})

describe('a signature', () => {
  const zero = Buffer.alloc(64).toString('base64')
  const forms: [what: string, signature: unknown, fault: string][] = [
    ['of all zeros', zero, 'bad_signature signature'],
    ['that is missing', undefined, 'wrong_shape signature'],
    ['that is null', null, 'wrong_shape signature'],
    ['that is a list', [SIGNATURE], 'wrong_shape signature'],
    ['that is empty', '', 'bad_signature signature'],
    ['without its padding', SIGNATURE.replace('==', ''), 'bad_signature signature'],
    ['with half its padding', SIGNATURE.replace('==', '='), 'bad_signature signature'],
    ['with a space before it', ` ${SIGNATURE}`, 'bad_signature signature'],
    ['with a line end behind it', `${SIGNATURE}\n`, 'bad_signature signature'],
    ['with a line end within', `${SIGNATURE.slice(0, 40)}\n${SIGNATURE.slice(40)}`, 'bad_signature signature'],
    ['with a sign that decoders skip', `${SIGNATURE.slice(0, 40)}!${SIGNATURE.slice(40)}`, 'bad_signature signature'],
    ['in hex', Buffer.from(SIGNATURE, 'base64').toString('hex'), 'bad_signature signature'],
    ['one byte short', Buffer.from(SIGNATURE, 'base64').subarray(1).toString('base64'), 'bad_signature signature'],
    ['twice', SIGNATURE + SIGNATURE, 'bad_signature signature'],
  ]

  for (const [what, signature, fault] of forms) {
    test(`${what} is no signature`, () => {
      expect(verdictOf(assembled(FIELDS, SIGNATURE))).toBe('genuine')
      expect(verdictOf(assembled(FIELDS, signature))).toBe(fault)
    })
  }

  test('has one spelling: other last digits of the same bytes are refused', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
    const head = SIGNATURE.slice(0, 85)
    const same = [...alphabet]
      .map((digit) => `${head}${digit}==`)
      .filter((text) => Buffer.from(text, 'base64').equals(Buffer.from(SIGNATURE, 'base64')))
    expect(same).toHaveLength(16)
    expect(same.filter((text) => verdictOf(assembled(FIELDS, text)) === 'genuine')).toEqual([SIGNATURE])
  })

  test('has one spelling: base64url is refused where it differs', () => {
    const text = Array.from({ length: 100 }, (_, index) => licenseText({ customer: `Customer ${index}` })).find((one) =>
      /[+/]/.test(signatureIn(one)),
    )
    if (text === undefined) throw new Error('no signature with + or /')
    const { license } = JSON.parse(text)
    const urlSafe = signatureIn(text).replaceAll('+', '-').replaceAll('/', '_')
    expect([verdictOf(text), verdictOf(assembled(license, urlSafe))]).toEqual(['genuine', 'bad_signature signature'])
  })

  test('with the order of the group added to s is refused', () => {
    const malleated = resigned((bytes) => {
      const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`)
      Buffer.from((s + ORDER).toString(16).padStart(64, '0'), 'hex')
        .reverse()
        .copy(bytes, 32)
    })
    expect(verdictOf(resigned(() => {}))).toBe('genuine')
    expect(verdictOf(malleated)).toBe('bad_signature signature')
  })

  test('with any one bit turned is refused', () => {
    for (let bit = 0; bit < 512; bit += 1) {
      const text = resigned((bytes) => bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3))
      expect(verdictOf(text)).toBe('bad_signature signature')
    }
  })
})

describe('a text that is no document', () => {
  const doubled = (piece: string, more: string) => edited(piece, `${more}, ${piece}`)
  const texts: [what: string, text: string, fault: string][] = [
    ['empty', '', 'not_json'],
    ['words', 'licence', 'not_json'],
    ['cut off', GOOD.slice(0, -3), 'not_json'],
    ['two documents', GOOD + GOOD, 'not_json'],
    ['two byte order marks', `\uFEFF\uFEFF${GOOD}`, 'not_json'],
    ['base64', Buffer.from(GOOD).toString('base64'), 'not_json'],
    ['a comment', `${GOOD}// mine`, 'not_json'],
    ['a number beyond all', edited(': 25,', ': 1e999,'), 'not_json'],
    ['half a character', edited('Acme Ltd', '\\ud800'), 'not_json'],
    ['null', 'null', 'wrong_shape'],
    ['a list', `[${GOOD}]`, 'wrong_shape'],
    ['a text', JSON.stringify(GOOD), 'wrong_shape'],
    ['nothing in it', '{}', 'wrong_shape license'],
    ['a list for the licence', assembled([FIELDS], SIGNATURE), 'wrong_shape license'],
    ['a text for the licence', assembled(JSON.stringify(FIELDS), SIGNATURE), 'wrong_shape license'],
    ['no key id', assembled({ ...FIELDS, kid: undefined }, SIGNATURE), 'wrong_shape license.kid'],
    ['a key id of another type', assembled({ ...FIELDS, kid: [KEY_ID] }, SIGNATURE), 'wrong_shape license.kid'],
    ['an unsigned field', edited('"signature"', '"expires": "2099-01-01", "signature"'), 'wrong_shape expires'],
    ['an unsigned __proto__', edited('"signature"', '"__proto__": {}, "signature"'), 'wrong_shape __proto__'],
    ['a licence twice', doubled('"signature"', '"license": {}'), 'duplicate_key'],
    ['a signature twice', doubled('"signature"', '"signature": ""'), 'duplicate_key'],
    ['a field twice', doubled('"expires"', '"expires": "2099-01-01T00:00:00Z"'), 'duplicate_key'],
    ['a field twice, once escaped', doubled('"expires"', '"\\u0065xpires": "2099-01-01T00:00:00Z"'), 'duplicate_key'],
    ['a field twice with one value', doubled('"tier"', '"tier": "professional"'), 'duplicate_key'],
    ['a nested field twice', edited('"chat_connector"', '{"a":1,"a":1}'), 'duplicate_key'],
    ['33 levels', edited(': 25,', `: ${'['.repeat(31)}${']'.repeat(31)},`), 'too_deep'],
    ['1 MiB and a byte', GOOD + ' '.repeat(MIB + 1 - GOOD.length), 'too_large'],
    ['1 MiB and a byte in fewer characters', `${GOOD}${'€'.repeat(MIB / 3)}`, 'too_large'],
    ['10 MB', `${GOOD}${' '.repeat(10_000_000)}`, 'too_large'],
    ['10 MB of brackets', '['.repeat(10_000_000), 'too_large'],
    ['1 MiB of brackets', '['.repeat(MIB / 2) + ']'.repeat(MIB / 2), 'too_deep'],
  ]

  for (const [what, text, fault] of texts) {
    test(`but ${what} is refused with its reason, and soon`, () => {
      const start = performance.now()
      expect(verdictOf(text)).toBe(fault)
      expect(performance.now() - start).toBeLessThan(2_000)
    })
  }

  test('says which key stands twice', () => {
    const verdict = verifyLicense(doubled('"tier"', '"tier": "enterprise"'), KEYS)
    expect(verdict).toMatchObject({ outcome: 'invalid', fault: { message: 'The key "tier" stands twice.' } })
  })
})
