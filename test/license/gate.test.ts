import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Elysia } from 'elysia'
import type { Enforcement } from '#config/config.ts'
import type { Feature } from '#core/license/features.ts'
import { createApp } from '#http/app.ts'
import { frontDoor } from '#http/front-door.ts'
import { gate } from '#http/gate.ts'
import { OPEN_WITHOUT_LICENSE } from '#http/license-free-routes.ts'
import { createRateLimit } from '#http/rate-limit.ts'
import { refusePage } from '#http/refuse-page.tsx'
import { createRequestCounts } from '#http/request-counts.ts'
import { submit } from '#test/members/visit.ts'
import { makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'
import { isGated, pathWith, type Route, routesOf } from '#test/sweeps/route-table.ts'
import { call, documentFor, forged, putRow, write } from './arrange.ts'

const GOLDEN = join(import.meta.dir, 'golden/gate.txt')

const STATES = ['valid', 'grace', 'expired', 'missing', 'invalid'] as const
type State = (typeof STATES)[number]
type Org = Awaited<ReturnType<typeof makeOrg>>

async function orgIn(app: TestApp, state: State): Promise<Org> {
  const org = await makeOrg(app.ctx)
  const days = { valid: 30, grace: -3, expired: -30, missing: 0, invalid: 30 }[state]
  const document = documentFor(org.slug, days)
  if (state !== 'missing') await putRow(app, org, state === 'invalid' ? forged(document) : document)
  return org
}

let peers = 0

/** `open`, or the code of the gate's refusal, as an admin meets it. An unreadable body keeps the handler from acting. */
async function outcome(app: TestApp, { orgId }: Org, { method, path, isApi }: Route): Promise<string> {
  const { bearer, jwt } = await makePerson(app, orgId)
  const headers = isApi ? bearer : { cookie: `hf_session=${jwt}`, 'sec-fetch-site': 'same-origin' }
  const body = method === 'GET' ? {} : { body: isApi ? '{' : '%00=' }
  peers += 1
  const init = { method, headers: { ...headers, 'content-type': 'application/json' }, ...body }
  const response = await app.fetch(pathWith({ path }, 987_654), init, `10.5.${(peers >> 8) & 255}.${peers & 255}`)
  const text = await response.text()
  const refused = /\/settings\/license\?refused=(\w+)/.exec(response.headers.get('location') ?? '')?.[1]
  return refused ?? /"error":"(license_\w+|feature_not_licensed)"/.exec(text)?.[1] ?? 'open'
}

async function tableOf(app: TestApp, routes: readonly Route[]): Promise<string> {
  const orgs = new Map<State, Org>()
  for (const state of STATES) orgs.set(state, await orgIn(app, state))
  const rows: string[][] = [['route', ...STATES, 'enforced and missing']]
  for (const route of routes) {
    const row = [route.name]
    for (const [enforcement, states] of [
      ['unset', STATES],
      ['on', ['missing']],
    ] as [Enforcement, State[]][]) {
      app.config.licenseEnforcement = enforcement
      for (const state of states) {
        const org = orgs.get(state)
        if (org) row.push((await outcome(app, org, route)).replace('license_', ''))
      }
    }
    rows.push(row)
  }
  const width = Math.max(...rows.map(([name = '']) => name.length))
  return `${rows.map(([name = '', ...cells]) => `${name.padEnd(width)}  ${cells.map((cell) => cell.padEnd(8)).join(' ')}`.trimEnd()).join('\n')}\n`
}

describe('what is open in which state of the licence', () => {
  test('is what the table says, for every route of the program', async () => {
    await using app = await startTestApp()
    const routes = routesOf(app.app).toSorted((one, other) => (one.name < other.name ? -1 : 1))
    expect(routes.every(isGated)).toBe(true)
    const table = await tableOf(app, routes)
    if (process.env.UPDATE_GOLDEN) await Bun.write(GOLDEN, table)
    expect(table).toBe(await Bun.file(GOLDEN).text())
  })

  test('closes nothing at all with LICENSE_ENFORCE=0', async () => {
    await using app = await startTestApp({ env: { LICENSE_ENFORCE: '0' } })
    for (const state of STATES) {
      const { orgId } = await orgIn(app, state)
      expect([state, await write(app, await makePerson(app, orgId))]).toEqual([state, 'open'])
    }
  })

  test('lists no open route that does not exist', async () => {
    await using app = await startTestApp()
    const known = new Set(app.app.routes.map(({ method, path }) => `${method} ${path}`))
    expect([...OPEN_WITHOUT_LICENSE].filter((route) => !known.has(route))).toEqual([])
  })

  test('is not changed by another spelling of a path', async () => {
    await using app = await startTestApp()
    const org = await orgIn(app, 'expired')
    const admin = await makePerson(app, org.orgId)
    const closed = await call(app, 'POST', '/api/invites', admin, { email: 'a@b.test', role: 'viewer' })
    expect([closed.status, closed.body.error]).toEqual([403, 'license_expired'])
    for (const path of [
      ...['/api/license/../invites', '/api/license/%2e%2e/invites', '/API/license/../invites', '//api/invites'],
      ...['/api//invites', '/api/invites/', '/API/invites', '/api/license%2f..%2finvites', '/api/license;/../invites'],
      ...['/api/invites?/api/license', '/api/invites#/api/license', '/api/me/../invites', '/api/auth/../invites'],
    ]) {
      const { status } = await call(app, 'POST', path, admin, { email: 'c@d.test', role: 'viewer' })
      expect([path, [403, 404].includes(status)]).toEqual([path, true])
    }
    const invites = await call(app, 'GET', '/api/invites', admin)
    expect(invites).toEqual({ status: 200, body: { items: [], next_cursor: null } })
  })
})

describe('a refused form', () => {
  test('leads an admin to the page that takes a licence, with the reason', async () => {
    await using app = await startTestApp()
    const { orgId } = await orgIn(app, 'expired')
    const person = await makePerson(app, orgId)
    const form = { email: 'a@b.test', role: 'viewer' }
    const plain = await submit(app, '/members/invites', form, { person })
    expect([plain.status, plain.location]).toEqual([303, '/settings/license?refused=license_expired'])
    const partial = await submit(app, '/members/invites', form, { person, isPartial: true })
    expect(partial.headers.get('hx-redirect')).toBe('/settings/license?refused=license_expired')
  })
})

/** A program with one room more: a route that wants a feature. */
function withFeature(app: TestApp, feature: Feature) {
  const { ctx, bearer } = app
  const door = { ctx, bearer, rateLimit: createRateLimit(ctx.clock), navigation: [], tour: [] }
  const room = new Elysia().use(gate(door)).get('/api/chat', () => ({ said: 'hello' }), {
    requiresFeature: { feature, permission: 'member.read' },
  })
  const whole = createApp(door, [room], refusePage)
  const answer = frontDoor(ctx, createRequestCounts(), (request) => whole.fetch(request))
  return async (headers: Record<string, string>): Promise<string> => {
    const response = await answer(
      new Request('http://localhost:8000/api/chat', { headers: { host: 'localhost:8000', ...headers } }),
      '127.0.0.1',
    )
    const body = await response.json()
    return body.said ?? `${response.status} ${body.error}`
  }
}

describe('a route that requires a feature', () => {
  test('opens with a licence that lists it, even for reading, and says which is missing otherwise', async () => {
    await using app = await startTestApp()
    const ask = withFeature(app, 'chat_connector')
    const org = await makeOrg(app.ctx)
    const { bearer } = await makePerson(app, org.orgId)
    const viewer = await makePerson(app, org.orgId, 'viewer')
    const licensed = (features: string[], days = 30) => putRow(app, org, documentFor(org.slug, days, { features }))
    expect(await ask(bearer)).toBe('hello')
    await licensed(['ai_dashboards'])
    expect([await ask(bearer), await ask(viewer.bearer), await ask({})]).toEqual([
      ...['403 feature_not_licensed', '403 permission_denied', '401 unauthenticated'],
    ])
    await licensed(['ai_dashboards', 'chat_connector'])
    expect(await ask(bearer)).toBe('hello')
    await licensed(['chat_connector'], -3)
    expect(await ask(bearer)).toBe('hello')
    await licensed(['chat_connector'], -30)
    expect(await ask(bearer)).toBe('403 license_expired')
    app.config.licenseEnforcement = 'off'
    expect(await ask(bearer)).toBe('hello')
  })

  test('is closed on an install that asks for a licence and has none', async () => {
    await using app = await startTestApp({ env: { LICENSE_ENFORCE: '1' } })
    const { orgId } = await makeOrg(app.ctx)
    expect(await withFeature(app, 'chat_connector')((await makePerson(app, orgId)).bearer)).toBe('403 license_missing')
  })
})
