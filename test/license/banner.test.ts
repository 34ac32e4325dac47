import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { users } from '#core/tenancy/tables.ts'
import { open, submit } from '#test/members/visit.ts'
import { makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'
import { documentFor, forged, putRow, subscribe } from './arrange.ts'

const BANNER = 'aria-label="Licence notice"'

type Row = readonly [what: string, days: number, tone: string | undefined, words: string]

const TERMS: readonly Row[] = [
  ['31 days before its end', 31, undefined, ''],
  ['30 days before its end', 30, 'info', 'The licence ends in 30 days'],
  ['on its last day', 1, 'info', 'The licence ends in 1 day'],
  ['in its grace period', -3, 'warning', 'its grace period runs until'],
  ['after its grace period', -30, 'danger', 'nothing but your own account can be changed'],
]

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => app[Symbol.asyncDispose]())

async function place(where = app) {
  const org = await makeOrg(where.ctx)
  return { org, admin: await makePerson(where, org.orgId), viewer: await makePerson(where, org.orgId, 'viewer') }
}

describe('the banner of the licence', () => {
  for (const [what, days, tone, words] of TERMS) {
    test(`${what} is ${tone ?? 'absent'} for who may install one, and absent for others`, async () => {
      const { org, admin, viewer } = await place()
      await putRow(app, org, documentFor(org.slug, days))
      const { html } = await open(app, '/members', { person: admin })
      expect(html.includes(BANNER)).toBe(tone !== undefined)
      if (tone !== undefined) expect(html).toContain(`alert-${tone}`)
      expect(html).toContain(words)
      const others = await open(app, '/tokens', { person: viewer })
      expect([others.status, others.html.includes(BANNER)]).toEqual([200, false])
    })
  }

  test('says why a licence is not valid, and leads to the page of the licence', async () => {
    const { org, admin } = await place()
    await putRow(app, org, forged(documentFor(org.slug)))
    const { html } = await open(app, '/tokens', { person: admin })
    expect(html).toContain('The licence is not valid')
    expect(html).toContain('The signature does not fit')
    expect(html).toContain('<a href="/settings/license">Open the licence</a>')
  })

  test('stands in the flow above the tour, and is not on the page of the licence nor in a fragment', async () => {
    const { org, admin } = await place()
    await putRow(app, org, documentFor(org.slug, 5))
    await app.ctx.db.update(users).set({ tourEndedAt: null }).where(eq(users.id, admin.userId))
    const { html } = await open(app, '/members', { person: admin })
    const places = ['<main', BANNER, 'hf-tour"', '<h1'].map((text) => html.indexOf(text))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect((await open(app, '/settings/license', { person: admin })).html).not.toContain(BANNER)
    const refused = await submit(app, '/settings/license', { license: 'x' }, { person: admin })
    expect([refused.status, refused.html.includes(BANNER)]).toEqual([422, false])
    expect((await open(app, '/members', { person: admin, isPartial: true })).html).not.toContain(BANNER)
  })

  test('does not speak of a subscription, which renews itself', async () => {
    const { org, admin } = await place()
    await subscribe(app, org, { periodEnd: app.ctx.clock.now() })
    expect((await open(app, '/members', { person: admin })).html).not.toContain(BANNER)
  })

  test('asks for a licence that is missing only where the install does', async () => {
    const { admin } = await place()
    expect((await open(app, '/members', { person: admin })).html).not.toContain(BANNER)
    await using strict = await startTestApp({ env: { LICENSE_ENFORCE: '1' } })
    const there = await place(strict)
    expect((await open(strict, '/members', { person: there.admin })).html).toContain('There is no licence')
    const other = await open(strict, '/tokens', { person: there.viewer })
    expect([other.status, other.html.includes(BANNER)]).toEqual([200, false])
  })

  test('threatens nothing where nothing is enforced', async () => {
    await using lenient = await startTestApp({ env: { LICENSE_ENFORCE: '0' } })
    const { org, admin } = await place(lenient)
    for (const [days, tone] of [
      [5, 'info'],
      [-3, 'warning'],
      [-30, 'warning'],
    ] as const) {
      await putRow(lenient, org, documentFor(org.slug, days))
      const { html } = await open(lenient, '/members', { person: admin })
      expect(html).toContain(`alert-${tone}`)
      expect(html).toContain('Nothing is closed')
      expect(html).not.toContain('can be changed')
    }
  })

  test('costs no statement once its document is known', async () => {
    const { org, admin } = await place()
    const count = async () => {
      await open(app, '/tokens', { person: admin })
      app.statements.length = 0
      await open(app, '/tokens', { person: admin })
      return app.statements.length
    }
    const without = await count()
    await putRow(app, org, documentFor(org.slug, 5))
    expect((await open(app, '/tokens', { person: admin })).html).toContain(BANNER)
    expect(await count()).toBe(without)
  })
})
