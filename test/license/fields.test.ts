import { describe, expect, test } from 'bun:test'
import { type License, licenseOf } from '#core/license/license.ts'
import { verifyLicense } from '#core/license/verify.ts'
import { KEYS, licenseText } from '#test/support/license.ts'

/** The licence of a signed document with these changes, or the fault of its fields. */
function read(changes: Readonly<Record<string, unknown>>) {
  const verdict = verifyLicense(licenseText(changes), KEYS)
  return verdict.outcome === 'genuine' ? verdict.license : verdict.fault
}

describe('a field of a licence', () => {
  const good: [changes: Readonly<Record<string, unknown>>, expected: Partial<License>][] = [
    [{ grace_days: undefined }, { graceDays: 14 }],
    [{ grace_days: 0 }, { graceDays: 0 }],
    [{ users_limit: null }, { usersLimit: null }],
    [{ users_limit: undefined }, { usersLimit: null }],
    [{ users_limit: 1 }, { usersLimit: 1 }],
    [{ org_slug: null }, { orgSlug: null }],
    [{ org_slug: 'a' }, { orgSlug: 'a' }],
    [{ tier: 'starter' }, { tier: 'starter' }],
    [{ tier: 'enterprise' }, { tier: 'enterprise' }],
    [
      { products: [], features: [] },
      { products: [], features: [] },
    ],
    [{ features: ['of_tomorrow'] }, { features: ['of_tomorrow'] }],
    [{ customer: 'Ünï 株式会社 😀' }, { customer: 'Ünï 株式会社 😀' }],
    [{ expires: '2026-12-31' }, { expires: new Date('2027-01-01T00:00:00Z') }],
    [{ issued_at: '2026-02-28' }, { issuedAt: new Date('2026-02-28T00:00:00Z') }],
    [{ expires: '2026-12-31T23:59:59.5+02:00' }, { expires: new Date('2026-12-31T21:59:59.500Z') }],
    [{ expires: '2028-02-29' }, { expires: new Date('2028-03-01T00:00:00Z') }],
  ]

  for (const [changes, expected] of good) {
    test(`may be ${JSON.stringify(changes)}`, () => {
      expect(read(changes)).toMatchObject(expected)
    })
  }

  const bad: [name: string, values: readonly unknown[]][] = [
    ['version', [0, 2, '1', null, undefined]],
    ['license_id', ['', ' ', 7, null, undefined, 'x'.repeat(201)]],
    ['customer', ['', 7, null, undefined, {}, 'a\nb', 'a\u001b[31mb', 'x'.repeat(201)]],
    ['org_slug', ['', '*', 'Acme', 'acme ', '-acme', 7, undefined, ['acme'], 'x'.repeat(64)]],
    ['tier', ['cloud', 'Professional', '', null, undefined, ['starter']]],
    ['products', ['hub_platform', null, undefined, {}, [7], [''], Array.from({ length: 201 }, () => 'a')]],
    ['features', ['chat_connector', null, undefined, {}, [null], ['a\u0000']]],
    ['users_limit', [0, -1, 1.5, '25', true, 1e10, []]],
    ['grace_days', [-1, 0.5, '14', null, 3651]],
    ['issued_at', ['', 'yesterday', 1767225600, null, undefined, '2026-13-01', '2026-02-30', '01/02/2026']],
    ['expires', ['', '2027', '2027-01-01 00:00:00Z', '2027-01-01T24:00:00Z', '2027-01-01T00:00:00', '2027-02-29']],
    [
      'expires',
      ['2027-01-01T00:00Z', '2027-01-01T00:00:00z', '2027-01-01T00:00:60Z', '+002027-01-01', 1798761600000, null],
    ],
    ['expires', ['2026-01-01T00:00:00Z', '2025-12-31']],
  ]

  for (const [name, values] of bad) {
    test(`${name} that is ${values.map((value) => JSON.stringify(value)?.slice(0, 40)).join(' or ')} is named in the refusal`, () => {
      for (const value of values) {
        const { reason, field, message } = Object(read({ [name]: value }))
        expect([value, reason, field]).toEqual([value, 'wrong_shape', `license.${name}`])
        expect(message).toStartWith(`license.${name} must be `)
      }
    })
  }

  test('is read only after the signature was seen to fit', () => {
    const text = licenseText().replace('"professional"', '"cloud"')
    expect(verifyLicense(text, KEYS)).toMatchObject({ outcome: 'invalid', fault: { reason: 'bad_signature' } })
    expect(() => licenseOf(JSON.parse(text).license)).toThrow('license.tier must be one of starter')
  })
})
