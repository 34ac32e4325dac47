import { afterAll, beforeAll, expect, test } from 'bun:test'
import { and, eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { addMember } from '#core/tenancy/org.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { json, makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const PATH = '/api/orgs'

let app: TestApp
let ada: TestPerson
let operator: TestPerson
beforeAll(async () => {
  app = await startTestApp()
  ada = await makePerson(app, (await makeOrg(app.ctx, 'acme')).orgId)
  operator = await makePerson(app, (await makeOrg(app.ctx, 'operators')).orgId, 'viewer')
  await app.ctx.db.update(users).set({ isSuperadmin: true }).where(eq(users.id, operator.userId))
})
afterAll(async () => app[Symbol.asyncDispose]())

type Item = Readonly<{
  id: number
  slug: string
  role: string | null
  is_default: boolean
  member_count: number | null
}>

async function list(person: TestPerson, query = ''): Promise<{ status: number; items: Item[]; next: string | null }> {
  const answer = await app.fetch(`${PATH}${query}`, { headers: person.bearer })
  const { items = [], next_cursor: next = null } = await answer.json()
  return { status: answer.status, items, next }
}

async function create(person: TestPerson, body: unknown) {
  const answer = await app.fetch(PATH, json('POST', body, person.bearer))
  return { status: answer.status, body: await answer.json() }
}

test('a person lists his own orgs, with his role and the default one, and nobody else’s', async () => {
  const { orgId, slug } = await makeOrg(app.ctx)
  await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, orgId, ada.userId, 'analyst'))
  const { items } = await list(ada)
  expect(items.map(({ slug, role, is_default, member_count }) => [slug, role, is_default, member_count])).toEqual([
    [slug, 'analyst', false, null],
    ['acme', 'admin', true, null],
  ])
  await app.fetch('/api/me', json('PATCH', { default_org_id: orgId }, ada.bearer))
  expect((await list(ada)).items.map(({ is_default }) => is_default)).toEqual([true, false])
  expect((await list(ada, '?q=ACM')).items.map(({ slug }) => slug)).toEqual(['acme'])
  const first = await list(ada, '?limit=1')
  expect([first.items.length, (await list(ada, `?limit=1&cursor=${first.next}`)).items[0]?.slug]).toEqual([1, 'acme'])
})

test('a superadmin lists every org with its members, searched and in pages; an admin is refused', async () => {
  expect((await list(ada, '?all=true')).status).toBe(403)
  const every = await list(operator, '?all=true&limit=200')
  expect(every.items).toHaveLength(await app.ctx.db.$count(orgs))
  const acme = every.items.find(({ slug }) => slug === 'acme')
  expect([acme?.role, acme?.member_count]).toEqual([null, 1])
  expect(every.items.find(({ slug }) => slug === 'operators')?.role).toBe('viewer')
  const walked: number[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page = await list(operator, `?all=true&limit=1${cursor && `&cursor=${cursor}`}`)
    walked.push(...page.items.map(({ id }) => id))
    cursor = page.next
  }
  expect(walked).toEqual(every.items.map(({ id }) => id))
  expect((await list(operator, '?all=true&q=erat')).items.map(({ slug }) => slug)).toEqual(['operators'])
  expect((await list(operator, '?all=true&q=%25')).items).toEqual([])
  expect((await list(operator, '?all=yes')).status).toBe(422)
  expect((await list(operator)).items.map(({ slug }) => slug)).toEqual(['operators'])
})

test('a superadmin creates an org, is its first admin, and the org’s own audit log tells', async () => {
  const { status, body } = await create(operator, { slug: 'Fresh-1', name: ' Fresh ' })
  expect([status, body]).toEqual([
    201,
    expect.objectContaining({ slug: 'fresh-1', name: 'Fresh', role: 'admin', is_default: false, member_count: 1 }),
  ])
  const members = await app.ctx.db.select().from(userOrgs).where(eq(userOrgs.orgId, body.id))
  expect(members.map(({ userId, role }) => [userId, role])).toEqual([[operator.userId, 'admin']])
  const told = await app.ctx.db.select().from(auditLog).where(eq(auditLog.orgId, body.id))
  expect(told.map(({ action, detail }) => [action, detail])).toEqual([
    ['org.created', { org_id: body.id, slug: 'fresh-1', name: 'Fresh' }],
  ])
  const headers = { ...operator.bearer, 'x-org-id': String(body.id) }
  expect((await app.fetch('/api/members', { headers })).status).toBe(200)
})

test('an admin creates none, by his own token or by an access token', async () => {
  const before = await app.ctx.db.$count(orgs)
  const { status, body } = await create(ada, { slug: 'mine', name: 'Mine' })
  expect([status, body.error]).toEqual([403, 'superadmin_only'])
  expect((await app.fetch(PATH, json('POST', { slug: 'mine', name: 'Mine' }))).status).toBe(401)
  expect(await app.ctx.db.$count(orgs)).toBe(before)
})

test('a slug that is taken, reserved or none, and a name that is none, make no org', async () => {
  const before = await app.ctx.db.$count(orgs)
  const taken = await create(operator, { slug: 'ACME', name: 'Acme' })
  expect([taken.status, taken.body.error, taken.body.field]).toEqual([409, 'slug_taken', 'slug'])
  for (const slug of ['', 'a b', '-a', 'a-', 'a.b', 'xn--a', 'api', 'www', 'ä', 'x'.repeat(64), '../x', '<b>']) {
    const { status, body } = await create(operator, { slug, name: 'Acme' })
    expect([slug, status, body.error, body.field]).toEqual([slug, 422, 'invalid_slug', 'slug'])
  }
  const nameless = await create(operator, { slug: 'nameless', name: ' ' })
  expect([nameless.status, nameless.body.error, nameless.body.field]).toEqual([422, 'invalid_name', 'name'])
  expect(await app.ctx.db.$count(orgs)).toBe(before)
})

test('of 20 requests at once for one slug one makes the org', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => create(operator, { slug: 'twins', name: 'Twins' })),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array.from({ length: 19 }, () => 409)])
  const [org] = await app.ctx.db.select().from(orgs).where(eq(orgs.slug, 'twins'))
  const mine = and(eq(userOrgs.orgId, org?.id ?? 0), eq(userOrgs.userId, operator.userId))
  expect(await app.ctx.db.$count(userOrgs, mine)).toBe(1)
})
