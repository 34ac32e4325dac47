import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { entitlementOf } from '#core/license/entitlement.ts'
import { forecastOf } from '#core/license/forecast.ts'
import { licenseStateAt } from '#core/license/state.ts'
import { verifyLicense } from '#core/license/verify.ts'
import { WRITING_METHODS } from '#http/license-gate.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { KEYS, licenseText } from '#test/support/license.ts'
import { call, documentFor, forged, putRow, show, subscribe } from './arrange.ts'

const EVERY = ['chat_connector', 'ai_dashboards', 'enterprise_connectors']

/** The good licence (until 2027-01-01, with 10 days of grace) at an instant. */
function forecast(time: string, changes: Readonly<Record<string, unknown>> = {}) {
  const at = new Date(time)
  const state = licenseStateAt(verifyLicense(licenseText(changes), KEYS), 'acme', at)
  const found = forecastOf(entitlementOf(state, 'org'), 'unset', at)
  return [state.status, found.isClosed, found.changes.map(({ at, status }) => `${status} ${at.toISOString()}`)]
}

describe('what becomes of a licence', () => {
  const grace = 'grace 2027-01-01T00:00:00.000Z'
  const expired = 'expired 2027-01-11T00:00:00.000Z'

  test('is told to the millisecond', () => {
    expect(forecast('2026-06-01T00:00:00.000Z')).toEqual(['valid', false, [grace, expired]])
    expect(forecast('2026-12-31T23:59:59.999Z')).toEqual(['valid', false, [grace, expired]])
    expect(forecast('2027-01-01T00:00:00.000Z')).toEqual(['grace', false, [expired]])
    expect(forecast('2027-01-10T23:59:59.999Z')).toEqual(['grace', false, [expired]])
    expect(forecast('2027-01-11T00:00:00.000Z')).toEqual(['expired', true, []])
  })

  test('without a grace period is the end at once', () => {
    const end = 'expired 2027-01-01T00:00:00.000Z'
    expect(forecast('2026-12-31T23:59:59.999Z', { grace_days: 0 })).toEqual(['valid', false, [end]])
    expect(forecast('2027-01-01T00:00:00.000Z', { grace_days: 0 })).toEqual(['expired', true, []])
  })

  test('before it was issued is not known', () => {
    expect(forecast('2025-06-01T00:00:00.000Z')).toEqual(['invalid', true, []])
  })
})

describe('GET /api/license/simulate', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await startTestApp()
  })
  afterAll(async () => app[Symbol.asyncDispose]())

  async function place(role: 'admin' | 'viewer' = 'admin') {
    const org = await makeOrg(app.ctx)
    return { org, person: await makePerson(app, org.orgId, role) }
  }
  const simulate = (person: TestPerson, at: string) => call(app, 'GET', `/api/license/simulate?at=${at}`, person)

  test('tells every member the state then, what is closed and what comes next, and changes nothing', async () => {
    const { org, person } = await place('viewer')
    const terms = { expires: '2090-01-01', features: ['chat_connector', 'of_tomorrow'] }
    await putRow(app, org, documentFor(org.slug, 30, terms))
    const before = await show(app, person)
    const grace = await simulate(person, '2090-01-02T00:00:00Z')
    expect(grace).toEqual({
      status: 200,
      body: {
        ...{ at: '2090-01-02T00:00:00.000Z', status: 'grace', days_remaining: 0 },
        closed: { methods: [], except: [], features: ['ai_dashboards', 'enterprise_connectors'] },
        changes: [{ at: '2090-01-12T00:00:00.000Z', status: 'expired' }],
      },
    })
    const { body } = await simulate(person, '2090-01-12')
    expect(body).toMatchObject({ at: '2090-01-12T00:00:00.000Z', status: 'expired', days_remaining: 0, changes: [] })
    expect(body.closed).toMatchObject({ methods: WRITING_METHODS, features: [...EVERY, 'of_tomorrow'] })
    expect(body).toHaveProperty('closed.except', expect.arrayContaining(['POST /api/license', 'POST /login']))
    expect(JSON.stringify(body)).not.toContain('POST /api/invites')
    expect(await show(app, person)).toEqual(before)
  })

  test('knows no end of a subscription, of what is missing and of what is invalid', async () => {
    const { org, person } = await place()
    const nothing = { methods: [], except: [], features: [] }
    const at = '2090-01-01T00:00:00Z'
    expect((await simulate(person, at)).body).toMatchObject({ status: 'missing', closed: nothing, changes: [] })
    await subscribe(app, org, { periodEnd: new Date('2030-01-01') })
    expect((await simulate(person, at)).body).toMatchObject({ status: 'valid', closed: nothing, changes: [] })
    await putRow(app, org, forged(documentFor(org.slug)))
    const { body } = await simulate(person, at)
    expect(body).toMatchObject({
      status: 'invalid',
      closed: { methods: WRITING_METHODS, features: EVERY },
      changes: [],
    })
  })

  test('goes by LICENSE_ENFORCE', async () => {
    const { org, person } = await place()
    try {
      app.config.licenseEnforcement = 'on'
      expect((await simulate(person, '2090-01-01')).body).toMatchObject({ closed: { features: EVERY } })
      app.config.licenseEnforcement = 'off'
      await putRow(app, org, documentFor(org.slug, -30))
      const closed = { methods: [], except: [], features: [] }
      expect((await simulate(person, '2090-01-01')).body).toMatchObject({ status: 'expired', closed })
    } finally {
      app.config.licenseEnforcement = 'unset'
    }
  })

  test('refuses what is no time, and names the field', async () => {
    const { person } = await place()
    const wrong = ['', 'tomorrow', '2027-02-30', '2027-01-01T25:00:00Z', '2027-01-01T00:00:00', '1e9', '2027-1-1']
    for (const at of wrong) {
      const { status, body } = await simulate(person, at)
      expect([at, status, body.error, body.field]).toEqual([at, 422, 'invalid_query', 'at'])
    }
    const without = await call(app, 'GET', '/api/license/simulate', person)
    expect([without.status, without.body.error, without.body.field]).toEqual([422, 'invalid_query', 'at'])
    expect((await simulate(person, '2027-01-01T00:00:00%2B02:00')).body).toMatchObject({
      at: '2026-12-31T22:00:00.000Z',
    })
  })

  test('closes every method that a route of the program writes with', () => {
    const reading = ['GET', 'HEAD', 'OPTIONS']
    const methods = new Set(app.app.routes.map(({ method }) => method))
    expect([...methods].filter((method) => !reading.includes(method) && !WRITING_METHODS.includes(method))).toEqual([])
  })
})
