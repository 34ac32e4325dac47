import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { PERMISSIONS } from '#core/access/permissions.ts'
import { addMember } from '#core/tenancy/org.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { standingClock } from '#test/jobs/context.ts'
import { visit } from '#test/sessions/visitor.ts'
import { json, makeOrg, makePerson, PASSWORD, startTestApp, type TestApp } from '#test/support/app.ts'

const clock = standingClock()
let app: TestApp
let org: { orgId: number; slug: string }

beforeAll(async () => {
  app = await startTestApp({ overrides: { clock } })
  org = await makeOrg(app.ctx, 'first')
})
afterAll(async () => app[Symbol.asyncDispose]())

test('me tells who one is, where, and what one may do there', async () => {
  const ada = await makePerson(app, org.orgId)
  const answer = await app.fetch('/api/me', { headers: ada.bearer })
  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      ...{ user_id: ada.userId, email: ada.email, name: ada.email.split('@')[0], role: 'admin' },
      org: { id: org.orgId, slug: 'first', name: 'FIRST' },
      orgs: [{ id: org.orgId, slug: 'first', name: 'FIRST', role: 'admin' }],
      ...{
        permissions: [...PERMISSIONS],
        must_reset_password: false,
        is_superadmin: false,
      },
    },
  ])
})

test('me is one statement with a JWT, however many orgs there are', async () => {
  const ada = await makePerson(app, org.orgId)
  for (let n = 0; n < 3; n += 1) {
    const more = await makeOrg(app.ctx)
    await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, more.orgId, ada.userId, 'viewer'))
  }
  await app.fetch('/api/me', { headers: ada.bearer })
  const before = app.statements.length
  const me = await (await app.fetch('/api/me', { headers: ada.bearer })).json()
  expect([me.orgs.length, app.statements.length - before]).toEqual([4, 1])
})

test('only an admin has the permissions of an admin', async () => {
  for (const role of ['designer', 'analyst', 'viewer'] as const) {
    const person = await makePerson(app, org.orgId, role)
    const me = await (await app.fetch('/api/me', { headers: person.bearer })).json()
    expect([me.role, me.permissions]).toEqual([role, []])
    const refused = await app.fetch('/api/members', { headers: person.bearer })
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { error: 'permission_denied', permission: 'member.read' },
    ])
  }
})

test('one changes one’s own name and default org, and nobody else’s', async () => {
  const [ada, bob] = [await makePerson(app, org.orgId), await makePerson(app, org.orgId)]
  const second = await makeOrg(app.ctx)
  await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, second.orgId, ada.userId, 'viewer'))
  const body = { name: '  Ada\nLovelace ', default_org_id: second.orgId }
  const answer = await app.fetch('/api/me', json('PATCH', body, ada.bearer))
  expect([answer.status, (await answer.json()).name]).toEqual([200, 'Ada Lovelace'])
  const rows = await app.ctx.db.select().from(users)
  const find = (id: number) => rows.find((row) => row.id === id)
  expect([find(ada.userId)?.name, find(ada.userId)?.defaultOrgId]).toEqual(['Ada Lovelace', second.orgId])
  expect([find(bob.userId)?.name, find(bob.userId)?.defaultOrgId]).toEqual([bob.email.split('@')[0], null])
})

test('a foreign org, an unknown one and wrong types change nothing', async () => {
  const ada = await makePerson(app, org.orgId)
  const foreign = await makeOrg(app.ctx)
  for (const [body, status] of [
    [{ name: 'New', default_org_id: foreign.orgId }, 403],
    [{ name: 'New', default_org_id: 999_999 }, 403],
    [{ name: 'New', default_org_id: '1' }, 422],
    [{ name: 'New', default_org_id: 1.5 }, 422],
    [{ name: 5 }, 422],
    [{ name: '' }, 422],
    [{ name: 'x'.repeat(201) }, 422],
    [{ name: 'New', is_superadmin: true }, 422],
    [{ name: 'New', email: 'other@example.test' }, 422],
    [[], 422],
  ] as const) {
    expect([body, (await app.fetch('/api/me', json('PATCH', body, ada.bearer))).status]).toEqual([body, status])
  }
  const [row] = await app.ctx.db.select().from(users).where(eq(users.id, ada.userId))
  expect([row?.name, row?.defaultOrgId, row?.isSuperadmin]).toEqual([ada.email.split('@')[0] ?? '', null, false])
})

test('the account page changes the name, with its markup inert', async () => {
  const ada = await makePerson(app, org.orgId)
  const browser = visit(app, { peer: '10.8.0.1' })
  await browser.post('/login', { username: ada.email, password: PASSWORD })
  const saved = await browser.post('/account/profile', { name: '<img src=x onerror=alert(1)>"\'' })
  expect([saved.status, saved.headers.get('location')]).toEqual([303, '/account'])
  const page = await (await browser.get('/account')).text()
  expect([page.includes('<img src=x'), page.includes('Your name is saved.')]).toEqual([false, true])
  expect((await browser.post('/account/profile', { name: '  ' })).status).toBe(422)
})

test('that a member was here is written at most once in five minutes', async () => {
  const ada = await makePerson(app, org.orgId)
  const seen = async () =>
    (await app.ctx.db.select().from(userOrgs).where(eq(userOrgs.userId, ada.userId)))[0]?.lastActiveAt?.getTime()
  await app.fetch('/api/me', { headers: ada.bearer })
  const first = clock.now().getTime()
  expect(await seen()).toBe(first)
  clock.advance(5 * MINUTE_MS - 1)
  await app.fetch('/api/me', { headers: ada.bearer })
  expect(await seen()).toBe(first)
  clock.advance(1)
  await app.fetch('/api/me', { headers: ada.bearer })
  expect(await seen()).toBe(first + 5 * MINUTE_MS)
})
