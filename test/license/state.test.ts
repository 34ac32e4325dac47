import { describe, expect, test } from 'bun:test'
import { licenseStateAt } from '#core/license/state.ts'
import { trustTime } from '#core/license/trusted-time.ts'
import { verifyLicense } from '#core/license/verify.ts'
import { KEYS, licenseText } from '#test/support/license.ts'

/** The state at an instant of the good licence (from 2026-01-01 to 2027-01-01, with 10 days of grace), with changes. */
function stateAt(time: string, changes: Readonly<Record<string, unknown>> = {}, orgSlug = 'acme') {
  return licenseStateAt(verifyLicense(licenseText(changes), KEYS), orgSlug, new Date(time))
}

describe('the state of a licence', () => {
  const times: [time: string, status: string, days: number, graceDays: number][] = [
    ['2026-01-01T00:00:00.000Z', 'valid', 365, 375],
    ['2026-12-01T00:00:00.000Z', 'valid', 31, 41],
    ['2026-12-31T00:00:00.000Z', 'valid', 1, 11],
    ['2026-12-31T23:59:59.999Z', 'valid', 1, 11],
    ['2027-01-01T00:00:00.000Z', 'grace', 0, 10],
    ['2027-01-01T00:00:00.001Z', 'grace', 0, 10],
    ['2027-01-10T00:00:00.000Z', 'grace', 0, 1],
    ['2027-01-10T23:59:59.999Z', 'grace', 0, 1],
    ['2027-01-11T00:00:00.000Z', 'expired', 0, 0],
    ['2040-01-01T00:00:00.000Z', 'expired', 0, 0],
  ]

  for (const [time, status, daysRemaining, graceDaysRemaining] of times) {
    test(`at ${time} is ${status}, with ${daysRemaining} days and ${graceDaysRemaining} to the end of grace`, () => {
      const graceEnds = new Date('2027-01-11T00:00:00Z')
      expect(stateAt(time)).toMatchObject({ status, daysRemaining, graceDaysRemaining, graceEnds })
    })
  }

  test('without grace_days has 14 days of grace, with 0 none', () => {
    expect(stateAt('2027-01-14T23:59:59.999Z', { grace_days: undefined }).status).toBe('grace')
    expect(stateAt('2027-01-15T00:00:00.000Z', { grace_days: undefined }).status).toBe('expired')
    expect(stateAt('2026-12-31T23:59:59.999Z', { grace_days: 0 }).status).toBe('valid')
    expect(stateAt('2027-01-01T00:00:00.000Z', { grace_days: 0 }).status).toBe('expired')
  })

  test('with a date for its end is valid through that day in UTC', () => {
    expect(stateAt('2026-12-31T23:59:59.999Z', { expires: '2026-12-31' }).status).toBe('valid')
    expect(stateAt('2027-01-01T00:00:00.000Z', { expires: '2026-12-31' }).status).toBe('grace')
  })

  test('without a document is missing', () => {
    expect(licenseStateAt(undefined, 'acme', new Date('2026-06-01'))).toEqual({ status: 'missing' })
  })

  test('with a document that is not genuine says why and grants nothing, however long it says it lasts', () => {
    const verdict = verifyLicense(licenseText().replace('2027', '2099'), KEYS)
    const state = licenseStateAt(verdict, 'acme', new Date('2026-06-01'))
    expect(state).toMatchObject({ status: 'invalid', reason: 'bad_signature' })
    expect(state).not.toHaveProperty('license')
  })

  test('of one org is never another’s, whatever the case or the spaces', () => {
    expect(stateAt('2026-06-01T00:00:00Z').status).toBe('valid')
    for (const slug of ['globex', 'acme2', 'acm', 'ACME', ' acme', '']) {
      const state = stateAt('2026-06-01T00:00:00Z', {}, slug)
      expect(state).toMatchObject({ status: 'invalid', reason: 'other_org', field: 'license.org_slug' })
    }
  })

  test('of no org is every org’s', () => {
    for (const slug of ['acme', 'globex']) {
      expect(stateAt('2026-06-01T00:00:00Z', { org_slug: null }, slug).status).toBe('valid')
    }
  })

  test('issued more than a day ahead of the clock is invalid, for the clock is wrong', () => {
    expect(stateAt('2025-12-31T00:00:00.000Z').status).toBe('valid')
    const early = stateAt('2025-12-30T23:59:59.999Z')
    expect(early).toMatchObject({ status: 'invalid', reason: 'not_yet_valid', field: 'license.issued_at' })
  })
})

describe('the time that licences go by', () => {
  const now = new Date('2026-06-02T00:00:00.000Z')
  const cases: [what: string, known: (Date | undefined)[], expected: Date, isClockSuspect: boolean][] = [
    ['nothing is known', [], now, false],
    ['only unknown times are known', [undefined], now, false],
    ['the largest time is behind', [new Date('2026-06-01T00:00:00Z')], now, false],
    ['it is set back by an hour', [new Date('2026-06-02T01:00:00Z')], now, false],
    ['it is set back by a day', [new Date('2026-06-03T00:00:00.000Z')], now, false],
    [
      'it is set back by a day and a millisecond',
      [new Date('2026-06-03T00:00:00.001Z')],
      new Date('2026-06-03T00:00:00.001Z'),
      true,
    ],
    [
      'it is set back by years',
      [new Date('2030-01-01'), undefined, new Date('2029-01-01')],
      new Date('2030-01-01'),
      true,
    ],
  ]

  for (const [what, known, expected, isClockSuspect] of cases) {
    test(`is ${isClockSuspect ? 'the largest ever known' : 'the clock’s'} when ${what}`, () => {
      expect(trustTime(now, ...known)).toEqual({ now: expected, isClockSuspect })
    })
  }

  test('does not bring an expired licence back when the clock is set back', () => {
    const verdict = verifyLicense(licenseText(), KEYS)
    const seen = new Date('2027-03-01T00:00:00Z')
    const back = new Date('2026-06-01T00:00:00Z')
    expect(licenseStateAt(verdict, 'acme', back).status).toBe('valid')
    expect(licenseStateAt(verdict, 'acme', trustTime(back, seen).now).status).toBe('expired')
  })
})
