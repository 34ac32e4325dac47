import { afterAll, beforeAll, expect, test } from 'bun:test'
import { and, eq } from 'drizzle-orm'
import { addMember, createOrg, requireSlug, slugOfName } from '#core/tenancy/org.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { createUser } from '#core/tenancy/user.ts'
import { slugOfHost } from '#http/tenant.ts'
import { visit } from '#test/sessions/visitor.ts'
import { makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const APEX = 'app.honeyframe.io'
let app: TestApp
let home: { orgId: number; slug: string }
let second: { orgId: number; slug: string }
let foreign: { orgId: number; slug: string }
let ada: TestPerson

beforeAll(async () => {
  app = await startTestApp()
  home = await makeOrg(app.ctx, 'home')
  second = await makeOrg(app.ctx, 'second')
  foreign = await makeOrg(app.ctx, 'foreign')
  ada = await makePerson(app, home.orgId)
  await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, second.orgId, ada.userId, 'viewer'))
})
afterAll(async () => app[Symbol.asyncDispose]())

async function ask(headers: Record<string, string>): Promise<[number, string]> {
  const answer = await app.fetch('/api/me', { headers: { ...ada.bearer, ...headers } })
  const body = await answer.json()
  return [answer.status, answer.status === 200 ? body.org.slug : body.error]
}

test('X-Org-Id chooses among one’s orgs, and the role and permissions are those of that org', async () => {
  expect(await ask({})).toEqual([200, 'home'])
  expect(await ask({ 'x-org-id': String(second.orgId) })).toEqual([200, 'second'])
  const headers = { ...ada.bearer, 'x-org-id': String(second.orgId) }
  expect((await app.fetch('/api/members', { headers })).status).toBe(403)
  expect((await app.fetch('/api/members', { headers: ada.bearer })).status).toBe(200)
})

test('an X-Org-Id that is no positive integer is 400 invalid_org', async () => {
  const id = String(home.orgId)
  for (const value of [
    '0',
    '-1',
    '+1',
    '1.0',
    '1e0',
    '0x1',
    `0${id}`,
    `${id},${id}`,
    `${id} ${id}`,
    'home',
    'null',
    '',
    'é',
    "1'--",
  ]) {
    expect([value, await ask({ 'x-org-id': value })]).toEqual([value, [400, 'invalid_org']])
  }
})

test('a foreign org is 403, the same as one that does not exist, whatever its size', async () => {
  const bodies: object[] = []
  for (const value of [String(foreign.orgId), '999999', '9'.repeat(15), '9'.repeat(40)]) {
    const answer = await app.fetch('/api/me', { headers: { ...ada.bearer, 'x-org-id': value } })
    const { request_id: _, ...body } = await answer.json()
    bodies.push({ status: answer.status, ...body })
  }
  expect(bodies[0]).toMatchObject({ status: 403, error: 'not_a_member' })
  for (const body of bodies) expect(body).toEqual(bodies[0] ?? {})
})

test('the host chooses before the token, must agree with the header, and is 404 for a slug nobody has', async () => {
  expect(await ask({ host: `second.${APEX}` })).toEqual([200, 'second'])
  expect(await ask({ host: `SECOND.${APEX.toUpperCase()}:8443` })).toEqual([200, 'second'])
  expect(await ask({ host: `second.${APEX}`, 'x-org-id': String(second.orgId) })).toEqual([200, 'second'])
  expect(await ask({ host: `second.${APEX}`, 'x-org-id': String(home.orgId) })).toEqual([400, 'org_mismatch'])
  expect(await ask({ host: `foreign.${APEX}` })).toEqual([403, 'not_a_member'])
  expect(await ask({ host: `foreign.${APEX}`, 'x-org-id': String(home.orgId) })).toEqual([403, 'not_a_member'])
  for (const host of [`nobody.${APEX}`, `a.second.${APEX}`, `.${APEX}`, `sec%6fnd.${APEX}`]) {
    expect([host, await ask({ host })]).toEqual([host, [404, 'not_found']])
  }
  for (const path of ['/login', '/account', '/api/health']) {
    expect([path, (await app.fetch(path, { headers: { host: `second.${APEX}` } })).status < 400]).toEqual([path, true])
  }
  expect((await app.fetch('/login', { headers: { host: `nobody.${APEX}` } })).status).toBe(404)
})

test('any other host is the bare install', async () => {
  for (const host of [
    'localhost',
    '127.0.0.1:8000',
    '[::1]:8000',
    'data.example.com',
    APEX,
    `evil${APEX}`,
    `second.${APEX}.evil.example`,
  ]) {
    expect([host, await ask({ host })]).toEqual([host, [200, 'home']])
  }
  expect([slugOfHost(APEX, null), slugOfHost(APEX, `x.${APEX}.`)]).toEqual([undefined, 'x'])
})

test('the token’s org comes before the default org, and the default before the oldest', async () => {
  const { token } = await app.bearer.sign({ userId: ada.userId, version: 0, orgId: second.orgId, role: 'viewer' })
  const bare = await app.bearer.sign({ userId: ada.userId, version: 0, orgId: undefined, role: undefined })
  const slugWith = async (jwt: string) => {
    const me = await app.fetch('/api/me', { headers: { authorization: `Bearer ${jwt}` } })
    return (await me.json()).org.slug
  }
  expect([await slugWith(token), await slugWith(bare.token)]).toEqual(['second', 'home'])
  await app.ctx.db.update(users).set({ defaultOrgId: second.orgId }).where(eq(users.id, ada.userId))
  expect([await slugWith(bare.token), await slugWith(ada.jwt)]).toEqual(['second', 'home'])
  await app.ctx.db.update(users).set({ defaultOrgId: foreign.orgId }).where(eq(users.id, ada.userId))
  expect(await slugWith(bare.token)).toBe('home')
  await app.ctx.db.update(users).set({ defaultOrgId: null }).where(eq(users.id, ada.userId))
})

test('a superadmin has no key to orgs he is not in', async () => {
  const root = await makePerson(app, home.orgId)
  await app.ctx.db.update(users).set({ isSuperadmin: true }).where(eq(users.id, root.userId))
  const headers = { ...root.bearer, 'x-org-id': String(foreign.orgId) }
  expect((await app.fetch('/api/me', { headers })).status).toBe(403)
  expect((await app.fetch('/api/me', { headers: { ...root.bearer, host: `foreign.${APEX}` } })).status).toBe(403)
  expect((await app.fetch('/api/me', { headers: root.bearer })).status).toBe(200)
})

test('a removed membership and a lowered role count from the next request on', async () => {
  const bob = await makePerson(app, home.orgId)
  const pages = visit(app, { peer: '10.9.0.1' })
  await pages.post('/login', { username: bob.email, password: PASSWORD })
  const members = () => app.fetch('/api/members', { headers: { ...bob.bearer, 'x-org-id': String(home.orgId) } })
  expect([(await members()).status, (await pages.get('/members')).status]).toEqual([200, 200])
  const mine = and(eq(userOrgs.userId, bob.userId), eq(userOrgs.orgId, home.orgId))
  await app.ctx.db.update(userOrgs).set({ role: 'viewer' }).where(mine)
  expect([(await members()).status, (await pages.get('/members')).status]).toEqual([403, 403])
  await app.ctx.db.delete(userOrgs).where(mine)
  const gone = await members()
  expect([gone.status, (await gone.json()).error]).toEqual([403, 'not_a_member'])
  const alone = await app.fetch('/api/members', { headers: bob.bearer })
  expect([alone.status, (await alone.json()).error]).toEqual([403, 'no_org'])
  const me = await (await app.fetch('/api/me', { headers: bob.bearer })).json()
  expect([me.org, me.orgs, me.role, me.permissions]).toEqual([null, [], null, []])
  expect([(await pages.get('/members')).status, (await pages.get('/account')).status]).toEqual([403, 200])
})

test('a person without any org can sign in and see his account', async () => {
  const { hashPassword } = await import('#lib/password.ts')
  const passwordHash = await hashPassword(PASSWORD, app.ctx.passwordCost)
  const values = {
    email: 'lonely@example.test',
    name: 'Lonely',
    passwordHash,
    mustResetPassword: false,
    isSuperadmin: false,
  }
  await app.ctx.db.transaction((tx) => createUser(app.ctx, tx, values))
  const pages = visit(app, { peer: '10.9.0.2' })
  expect((await pages.post('/login', { username: values.email, password: PASSWORD })).status).toBe(303)
  expect((await pages.get('/')).headers.get('location')).toBe('/account')
  expect((await pages.get('/account')).status).toBe(200)
})

test('the pages of an org are at its host, and a stranger to it is 403', async () => {
  const pages = visit(app, { peer: '10.9.0.3' })
  await pages.post('/login', { username: ada.email, password: PASSWORD })
  expect((await pages.get('/members')).status).toBe(200)
  expect((await pages.get('/members', { host: `second.${APEX}` })).status).toBe(403)
  expect((await pages.get('/account', { host: `second.${APEX}` })).status).toBe(200)
  expect((await pages.get('/account', { host: `foreign.${APEX}` })).status).toBe(403)
  expect((await pages.get('/members', { 'x-org-id': String(second.orgId) })).status).toBe(200)
})

test('a slug is a DNS label', async () => {
  for (const slug of ['a', 'acme', 'a-1', '9lives', 'x'.repeat(63), ' ACME '])
    expect(requireSlug(slug)).toBe(slug.trim().toLowerCase())
  for (const slug of [
    '',
    '-a',
    'a-',
    'a_b',
    'a.b',
    'ä',
    'a b',
    'x'.repeat(64),
    'xn--nxa',
    'www',
    'api',
    "a'b",
    'a\nb',
  ]) {
    expect(() => requireSlug(slug)).toThrow('A slug has 1 to 63')
  }
  expect(['Acme Corp.', 'Ünïcode & Söhne', '漢字', 'API', '--', 'x'.repeat(70)].map(slugOfName)).toEqual([
    'acme-corp',
    'unicode-sohne',
    'org',
    'org-api',
    'org',
    'x'.repeat(63),
  ])
})

test('ten orgs at once with one slug are one', async () => {
  const before = await app.ctx.db.$count(orgs)
  const made = await Promise.allSettled(
    Array.from({ length: 10 }, () =>
      app.ctx.db.transaction((tx) => createOrg(app.ctx, tx, { slug: 'twin', name: 'Twin' })),
    ),
  )
  expect(made.filter((one) => one.status === 'fulfilled').length).toBe(1)
  expect(made.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))).toEqual(
    Array(9).fill('slug_taken'),
  )
  expect(await app.ctx.db.$count(orgs)).toBe(before + 1)
})

test('ids are never used again', async () => {
  const first = await makeOrg(app.ctx)
  await app.ctx.db.delete(orgs).where(eq(orgs.id, first.orgId))
  const next = await makeOrg(app.ctx)
  expect(next.orgId).toBeGreaterThan(first.orgId)
})
