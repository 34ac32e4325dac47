import { describe, expect, test } from 'bun:test'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { decideConfig } from '#config/config.ts'
import { createContext } from '#core/context.ts'
import { licenseClock, subscriptions } from '#core/license/tables.ts'
import { addMs, DAY_MS, type systemClock } from '#lib/clock.ts'
import { makeOrg, makePerson, startTestApp } from '#test/support/app.ts'
import { call, documentFor, forged, putRow, show, subscribe, write } from './arrange.ts'

type Options = NonNullable<Parameters<typeof startTestApp>[0]>

/** An install with two orgs, so that no document of theirs is the install's. */
async function start(options: Options = {}) {
  const app = await startTestApp(options)
  const acme = await makeOrg(app.ctx, 'acme')
  const globex = await makeOrg(app.ctx, 'globex')
  const [ada, bob] = [await makePerson(app, acme.orgId), await makePerson(app, globex.orgId)]
  const put = (name: string, text: string) => Bun.write(join(app.config.dataDir, name), text)
  return { app, acme, globex, ada, bob, put, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

const every = documentFor(null, 40, { customer: 'Everybody' })

describe('the licence of an org is', () => {
  test('that of its row, before a subscription, a key and a file', async () => {
    await using place = await start({ env: { LICENSE_KEY: every } })
    const { app, acme, ada, bob } = place
    await putRow(app, acme, documentFor('acme'))
    await subscribe(app, acme)
    expect(await show(app, ada)).toMatchObject({ source: 'org', customer: 'Acme Ltd', resolution: ['row for acme'] })
    expect(await show(app, bob)).toMatchObject({ source: 'instance', customer: 'Everybody' })
  })

  test('else a subscription of the platform in the shared cloud, which allows everything', async () => {
    await using place = await start({ env: { LICENSE_KEY: every } })
    const { app, acme, ada, bob } = place
    await subscribe(app, acme, { periodEnd: addMs(app.ctx.clock.now(), 5 * DAY_MS) })
    expect(await show(app, ada)).toMatchObject({
      ...{ status: 'valid', source: 'subscription', tier: 'starter', users_limit: null, days_remaining: 5 },
      ...{ products: ['hub_platform'], resolution: ['no row for acme', 'active subscription'] },
    })
    expect((await show(app, bob)).source).toBe('instance')
  })

  for (const [what, changes] of [
    ['past due', { status: 'past_due' }],
    ['canceled', { status: 'canceled' }],
    ['of another deployment', { deploymentTier: 'dedicated' }],
    ['of another product', { product: 'hub_cloud' }],
  ] as const) {
    test(`not that of a subscription that is ${what}`, async () => {
      await using place = await start({ env: { LICENSE_ENFORCE: '1' } })
      const { app, acme, ada } = place
      await subscribe(app, acme)
      expect([(await show(app, ada)).source, await write(app, ada)]).toEqual(['subscription', 'open'])
      await app.ctx.db.update(subscriptions).set(changes).where(eq(subscriptions.orgId, acme.orgId))
      expect(await show(app, ada)).toMatchObject({ status: 'missing', source: 'none' })
      expect(await write(app, ada)).toBe('403 license_missing')
    })
  }

  test('else LICENSE_KEY, as text or as base64', async () => {
    const base64 = Buffer.from(every).toString('base64')
    for (const key of [every, base64, `${base64.replace(/.{64}/g, '$&\n')}\n`]) {
      await using place = await start({ env: { LICENSE_KEY: key } })
      expect(await show(place.app, place.ada)).toMatchObject({
        ...{ status: 'valid', source: 'instance', resolution: ['no row for acme', 'no subscription', 'LICENSE_KEY'] },
      })
    }
  })

  test('else LICENSE_FILE, then license.json, then license.key', async () => {
    await using place = await start({ env: { LICENSE_FILE: '/nonexistent/license.json' } })
    const { app, ada, put } = place
    const wait = () => Bun.sleep(1_100)
    expect((await show(app, ada)).status).toBe('missing')
    await put('license.key', Buffer.from(documentFor(null, 11)).toString('base64'))
    await wait()
    expect(await show(app, ada)).toMatchObject({
      days_remaining: 11,
      resolution: ['no row for acme', 'no subscription', 'file'],
    })
    await put('license.json', documentFor(null, 12))
    await wait()
    expect((await show(app, ada)).days_remaining).toBe(12)
    const named = join(app.config.dataDir, 'named')
    await Bun.write(`${named}.target`, documentFor(null, 13))
    await symlink(`${named}.target`, named)
    const config = { ...app.config, licenseFile: named }
    await using node = await createContext(config, app.secrets, { writeLog: () => {} })
    const facts = { slug: 'acme', name: '', licenseHash: null, licenseOrigin: null, subscription: null }
    const { daysRemaining } = await node.license.resolve({ orgId: 1, ...facts })
    expect(daysRemaining).toBe(13)
  })

  test('the first that is there, though it is invalid', async () => {
    await using place = await start({ env: { LICENSE_KEY: forged(every) } })
    const { app, acme, ada, bob, put } = place
    await put('license.json', every)
    expect(await show(app, ada)).toMatchObject({ status: 'invalid', reason: 'bad_signature', source: 'instance' })
    await putRow(app, acme, 'spoilt')
    await subscribe(app, acme)
    expect(await show(app, ada)).toMatchObject({ status: 'invalid', reason: 'not_json', source: 'org' })
    expect([await write(app, ada), await write(app, bob)]).toEqual(['403 license_invalid', '403 license_invalid'])
  })

  test('not the document of the install that names another org, which then has none', async () => {
    await using place = await start({ env: { LICENSE_ENFORCE: '1' } })
    const { app, ada, bob, put } = place
    await put('license.json', documentFor('acme'))
    expect(await show(app, ada)).toMatchObject({ status: 'valid', source: 'instance' })
    const shown = await show(app, bob)
    expect(shown).toMatchObject({
      ...{ status: 'missing', source: 'none', customer: null },
      resolution: ['no row for globex', 'no subscription', 'file is for another organization'],
    })
    expect(JSON.stringify(shown)).not.toContain('acme')
    expect([await write(app, ada), await write(app, bob)]).toEqual(['open', '403 license_missing'])
  })

  test('not what stands in its row without having been signed for it', async () => {
    await using place = await start()
    const { app, globex, bob } = place
    await putRow(app, globex, documentFor('acme'))
    expect(await show(app, bob)).toMatchObject({ status: 'invalid', reason: 'other_org', source: 'org' })
  })
})

describe('LICENSE_ENFORCE', () => {
  test('is 1, 0 or unset; anything else stops the start', () => {
    const of = (LICENSE_ENFORCE?: string) =>
      decideConfig(LICENSE_ENFORCE === undefined ? {} : { LICENSE_ENFORCE }).licenseEnforcement
    expect([of('1'), of('0'), of()]).toEqual(['on', 'off', 'unset'])
    for (const value of ['true', 'yes', '2', ' 1', '01', 'on'])
      expect(() => of(value)).toThrow(/^LICENSE_ENFORCE must be/)
  })
})

describe('the clock', () => {
  test('set back by more than a day counts as the largest time seen, also by an earlier process', async () => {
    let offsetMs = 0
    const clock: typeof systemClock = { now: () => addMs(new Date(), offsetMs), sleep: async () => {} }
    await using place = await start({ overrides: { clock } })
    const { app, acme, ada } = place
    await putRow(app, acme, documentFor('acme', 10))
    expect((await show(app, ada)).status).toBe('valid')
    offsetMs = 30 * DAY_MS
    const later = await makePerson(app, acme.orgId)
    expect((await show(app, later)).status).toBe('expired')
    await app.ctx.license.keepTime()
    offsetMs = 0
    expect(await show(app, ada)).toMatchObject({ status: 'expired', clock_suspect: true })
    expect(await write(app, ada)).toBe('403 license_expired')

    await using node = await createContext(app.config, app.secrets, { writeLog: () => {}, clock })
    expect(node.license.time().isClockSuspect).toBe(true)
    await node.license.keepTime()
    const [kept] = await app.ctx.db.select().from(licenseClock)
    expect((kept?.seenAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(29 * DAY_MS)
  })

  test('set back by less than a day is believed', async () => {
    let offsetMs = 0
    const clock: typeof systemClock = { now: () => addMs(new Date(), offsetMs), sleep: async () => {} }
    await using place = await start({ overrides: { clock } })
    const { app, ada } = place
    offsetMs = 0.9 * DAY_MS
    app.ctx.license.time()
    offsetMs = 0
    expect((await show(app, ada)).clock_suspect).toBe(false)
  })
})

describe('the gate asks the database for nothing', () => {
  test('that an ungated request would not ask for', async () => {
    await using place = await start()
    const { app, acme, ada } = place
    await putRow(app, acme, documentFor('acme'))
    const statements = async () => {
      app.statements.length = 0
      // Past the gate, and no further: the body does not fit.
      expect((await call(app, 'POST', '/api/invites', ada, {})).status).toBe(422)
      return app.statements.length
    }
    await statements()
    expect(await statements()).toBe(1)
    app.config.licenseEnforcement = 'off'
    expect(await statements()).toBe(1)
  })
})
