import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { orgs, users } from '#core/tenancy/tables.ts'
import { createToken } from '#platform/tokens/token.ts'
import { eventually } from '#test/jobs/context.ts'
import { startTestApp, type TestApp } from '#test/support/app.ts'
import { documentOf, operationsOf } from './documented.ts'
import { pathWith, routesOf } from './route-table.ts'
import { dumpOf, makeTenant, restOf, rowMakerOf, type Tenant } from './tenant-rows.ts'

const APEX = 'app.honeyframe.io'
const NO_ID = 987_654
const NO_ORG = 424_242

/** Each request comes from an address of its own: the rate limit is not what is looked at. */
let sent = 0

/** A route as a request: API routes come from the OpenAPI document, so that none is forgotten, pages from the router. */
type Call = Readonly<{ name: string; method: string; path: string; isApi: boolean; body: string | undefined }>
type Way = Readonly<{ how: string; headers: Record<string, string> }>
type Answer = Readonly<{ status: number; body: string; location: string | null; cookies: string[] }>

/** They ask a receiver whose name leads nowhere, and keep nothing. */
const TESTS = new Set(['POST /api/webhooks/{id}/test', 'POST /webhooks/{id}/test'])
const GOOD = new Set([200, 202, 204, 303])
const BULK_FORM = '/members/invites/bulk'
const FORMS: Readonly<Record<string, string>> = {
  'POST /members/{id}/role': 'role=viewer',
  'POST /groups/{id}/permissions': 'give=audit.read',
  'POST /groups/{id}/rename': 'name=Data+team',
  'POST /groups/{id}/members': 'person=admin%40quagga.test',
  'POST /users/{id}/rename': 'name=Somebody+Else',
  'POST /backups/{id}/restore': 'confirm=RESTORE+quagga',
  'POST /smtp': 'host=mail.test&port=25&tls=none&username=x&password=y&from=a%40b.test',
  'POST /smtp/test': 'to=a%40b.test',
  'POST /webhooks/{id}': 'url=https%3A%2F%2Fhooks.example.test%2Fother',
  'POST /webhooks/{id}/replay': 'since=2026-01-31T09%3A00',
}
/** A name that an org has once: each request says another. */
const NAME = /Data(?:\+| )team/
type Named = Readonly<Record<string, string | number>>

async function callsOf(app: TestApp): Promise<Call[]> {
  const operations = operationsOf(await documentOf(app)).filter(({ isOpen }) => !isOpen)
  const pages = routesOf(app.app).filter(({ isApi, need }) => !isApi && need?.kind !== 'anyone')
  return [
    ...operations.map(({ name, method, path, hasBody, example }) => ({
      ...{
        name,
        method,
        path,
        isApi: true,
        body: hasBody ? JSON.stringify(example).replace('RESTORE acme', 'RESTORE quagga') : undefined,
      },
    })),
    ...pages.map(({ name, method, path }) => ({
      ...{ name, method, path, isApi: false, body: method === 'GET' ? undefined : (FORMS[name] ?? '') },
    })),
  ]
}

/** The request ids differ, and tell nothing; nor does a page that names its own address. */
async function answerTo(app: TestApp, call: Call, id: number | string, way: Way, named: Named = {}): Promise<Answer> {
  const type = call.isApi ? 'application/json' : 'application/x-www-form-urlencoded'
  const headers = {
    ...(call.body !== undefined && { 'content-type': type }),
    'sec-fetch-site': 'same-origin',
    ...way.headers,
  }
  sent += 1
  const body = call.body?.replace(NAME, `Team${sent}`)
  const init = { method: call.method, headers, ...(body !== undefined && { body }) }
  const path = pathWith(call, id, named)
  const response = await app.fetch(path, init, `10.2.${(sent >> 8) & 255}.${sent & 255}`)
  const requestId = response.headers.get('x-request-id') ?? ''
  const text = (await response.text()).replaceAll(requestId, '').replaceAll(`"${path}"`, '"where it was asked for"')
  const { headers: said, status } = response
  return { status, body: text, location: said.get('location'), cookies: said.getSetCookie() }
}

/** The ways in which a person of an org can say which org he means, at the API or at a page. */
async function waysOf(app: TestApp, { admin, orgId, slug }: Tenant, isApi: boolean): Promise<Way[]> {
  const host = { host: `${slug}.${APEX}` }
  if (!isApi) {
    const cookie = { cookie: `hf_session=${admin.jwt}` }
    return [
      { how: 'by his session', headers: cookie },
      { how: 'by the host', headers: { ...cookie, ...host } },
      {
        how: 'by his session, for a part of the page',
        headers: { ...cookie, 'hx-request': 'true', 'hx-request-type': 'partial' },
      },
    ]
  }
  const actor = { kind: 'person', userId: admin.userId, email: admin.email, name: '' } as const
  const { token } = await createToken(app.ctx, { actor }, { name: 'script' })
  return [
    { how: 'by his token', headers: admin.bearer },
    { how: 'by an access token', headers: { authorization: `Bearer ${token}` } },
    { how: 'by the header', headers: { ...admin.bearer, 'x-org-id': String(orgId) } },
    { how: 'by the host', headers: { ...admin.bearer, ...host } },
  ]
}

async function twoTenants(app: TestApp) {
  const [zebra, quagga] = [await makeTenant(app, 'zebra'), await makeTenant(app, 'quagga')]
  const calls = await callsOf(app)
  const ways = { api: await waysOf(app, quagga, true), page: await waysOf(app, quagga, false) }
  // The first request of a person stamps his membership; from then on nothing but an effect changes a row.
  for (const way of ways.api) await app.fetch('/api/me', { headers: way.headers })
  return { zebra, quagga, calls, waysAt: (call: Call) => (call.isApi ? ways.api : ways.page) }
}

/** Requests that name rows in their bodies. */
function withIds(call: Call) {
  return { call, body: (id: number) => JSON.stringify({ ids: [id] }) }
}

function withPicks(act: string) {
  return (call: Call) => ({ call, body: (id: number) => `act=${act}&pick-${id}=1` })
}

describe('an admin of one org', () => {
  test('finds an id of another org as unknown as one that never was, and changes nothing', async () => {
    await using app = await startTestApp()
    const { zebra, calls, waysAt } = await twoTenants(app)
    const withId = calls.filter(({ path }) => path.includes('{'))
    expect(withId.length).toBeGreaterThan(9)
    for (const call of withId) {
      const id = await rowMakerOf(call.path)?.(app, zebra)
      if (id === undefined) throw new Error(`nobody taught this sweep an id for ${call.path}`)
      const rest = await restOf(app, zebra, call, id)
      const before = await dumpOf(app)
      for (const way of waysAt(call)) {
        const answer = await answerTo(app, call, id, way, rest)
        const where = `${call.name} ${way.how}`
        expect([where, answer]).toEqual([where, await answerTo(app, call, NO_ID, way)])
        if (call.isApi) expect([where, answer.status]).toEqual([where, 404])
        expect([where, answer.body.includes(zebra.mark)]).toEqual([where, false])
      }
      expect([call.name, await dumpOf(app)]).toEqual([call.name, before])
    }
  })

  test('finds ids of another org in a body as unknown, and changes nothing', async () => {
    await using app = await startTestApp()
    const { zebra, calls, waysAt } = await twoTenants(app)
    const foreign = Number((await rowMakerOf('/api/invites/{id}')?.(app, zebra)) ?? 0)
    const bulk = [
      ...calls.filter(({ name }) => /bulk/.test(name) && name.startsWith('POST /api/')).map(withIds),
      ...['revoke', 'resend'].flatMap((act) => calls.filter(({ path }) => path === BULK_FORM).map(withPicks(act))),
    ]
    expect(bulk.map(({ call }) => call.name)).toEqual([
      ...['POST /api/invites/bulk-revoke', 'POST /api/invites/bulk-resend', `POST ${BULK_FORM}`, `POST ${BULK_FORM}`],
    ])
    const before = await dumpOf(app)
    for (const { call, body } of bulk) {
      for (const way of waysAt(call)) {
        const answer = await answerTo(app, { ...call, body: body(foreign) }, 0, way)
        const where = `${call.name} ${way.how}`
        expect([where, answer]).toEqual([where, await answerTo(app, { ...call, body: body(NO_ID) }, 0, way)])
        expect([where, answer.body.includes(zebra.mark)]).toEqual([where, false])
      }
    }
    expect(await dumpOf(app)).toEqual(before)
  })

  test('succeeds with the same requests in his own org', async () => {
    await using app = await startTestApp()
    const { quagga, calls, waysAt } = await twoTenants(app)
    for (const call of calls.filter(({ path }) => path.includes('{'))) {
      for (const way of waysAt(call)) {
        const id = (await rowMakerOf(call.path)?.(app, quagga)) ?? 0
        const rest = await restOf(app, quagga, call, id)
        const before = await dumpOf(app)
        const { status } = await answerTo(app, call, id, way, rest)
        const where = `${call.name} ${way.how}`
        const isTest = TESTS.has(call.name)
        expect([where, isTest ? call.isApi === (status === 502) : GOOD.has(status)]).toEqual([where, true])
        const isKept = (call.method === 'GET' && !call.path.endsWith('/download')) || isTest
        expect([where, Bun.deepEquals(await dumpOf(app), before)]).toEqual([where, isKept])
      }
    }
  })

  test('sees no row of another org in any list or page', async () => {
    await using app = await startTestApp()
    const { zebra, quagga, calls, waysAt } = await twoTenants(app)
    const reads = calls.filter(({ method, path }) => method === 'GET' && !path.includes('{'))
    const own = new Set<string>()
    // Events come a second after their commit.
    await eventually(async () => {
      const response = await app.fetch('/api/events', { headers: quagga.admin.bearer })
      return (await response.text()).includes(quagga.mark)
    })
    for (const call of reads) {
      for (const way of waysAt(call)) {
        const { body } = await answerTo(app, call, 0, way)
        expect([call.name, way.how, body.includes(zebra.mark)]).toEqual([call.name, way.how, false])
        if (body.includes(quagga.mark)) own.add(call.name)
      }
    }
    const shown = [
      'GET /api/auth/tokens',
      'GET /api/me',
      'GET /api/members',
      'GET /api/invites',
      'GET /api/groups',
      'GET /groups',
      'GET /api/users',
      'GET /api/audit-log',
      'GET /api/audit-log/export.csv',
      'GET /audit-log',
      'GET /audit-log/export.csv',
      'GET /members',
      'GET /tokens',
      'GET /users',
      'GET /api/webhooks',
      'GET /api/events',
      'GET /webhooks',
    ]
    expect([...own]).toEqual(expect.arrayContaining(shown))
  })

  test('is refused in another org exactly as in one that does not exist, superadmin or not', async () => {
    await using app = await startTestApp()
    const { zebra, quagga, calls } = await twoTenants(app)
    const before = await dumpOf(app)
    for (const isSuperadmin of [false, true]) {
      await app.ctx.db.update(users).set({ isSuperadmin })
      for (const call of calls) {
        const credentials = call.isApi ? quagga.admin.bearer : { cookie: `hf_session=${quagga.admin.jwt}` }
        const host = { how: '', headers: { ...credentials, host: `${zebra.slug}.${APEX}` } }
        const byHost = await answerTo(app, call, NO_ID, host)
        expect([call.name, byHost.status]).toEqual([call.name, 403])
        if (!call.isApi) continue
        const [foreign, absent] = [zebra.orgId, NO_ORG].map((orgId) => ({
          ...{ how: '', headers: { ...credentials, 'x-org-id': String(orgId) } },
        }))
        if (!foreign || !absent) throw new Error('two ways')
        expect([call.name, await answerTo(app, call, NO_ID, foreign)]).toEqual([call.name, byHost])
        expect([call.name, await answerTo(app, call, NO_ID, absent)]).toEqual([call.name, byHost])
      }
    }
    await app.ctx.db.update(users).set({ isSuperadmin: false })
    expect(await dumpOf(app)).toEqual(before)
  })

  test('gains nothing by writing the org’s id in another form', async () => {
    await using app = await startTestApp()
    const { zebra, quagga } = await twoTenants(app)
    const { orgId } = zebra
    const forms = [`0${orgId}`, `+${orgId}`, `${orgId}.0`, `${orgId}e0`, `0x${orgId}`, `${orgId},${quagga.orgId}`]
    const others = [`${quagga.orgId} ${orgId}`, '-1', '0', '', 'null', '*', `"${orgId}"`, zebra.slug, '9'.repeat(400)]
    for (const form of [...forms, ...others]) {
      const response = await app.fetch('/api/members', { headers: { ...quagga.admin.bearer, 'x-org-id': form } })
      const { error } = await response.json()
      expect([form, error]).toEqual([form, /^9+$/.test(form) ? 'not_a_member' : 'invalid_org'])
    }
    const own = await app.fetch('/api/members', {
      headers: { ...quagga.admin.bearer, 'x-org-id': String(quagga.orgId) },
    })
    expect(own.status).toBe(200)
  })
})

describe('this sweep sees', () => {
  test('a route whose id nobody taught it', () => {
    expect(rowMakerOf('/api/nowhere/{id}/rotate-secret')).toBeUndefined()
    expect(rowMakerOf('/api/invites/{id}/revoke')).toBeDefined()
  })

  test('a change of one cell', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeTenant(app, 'zebra')
    const before = await dumpOf(app)
    expect(before).toEqual(await dumpOf(app))
    await app.ctx.db.update(orgs).set({ name: 'mine now' }).where(eq(orgs.id, orgId))
    expect(await dumpOf(app)).not.toEqual(before)
  })
})
