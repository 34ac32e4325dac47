import { expect, test } from 'bun:test'
import { call, openOrg } from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { change, grant, join, makeOperator } from './arrange.ts'

type Listed = Readonly<{
  id: number
  email: string
  state: string
  orgs: { id: number }[]
  can_manage: boolean
  obstacle: { code: string; message: string } | null
}>

function itemsOf(body: Record<string, unknown>): Listed[] {
  return JSON.parse(JSON.stringify(body.items))
}

test('an admin sees the accounts of his org, the newest first, with state, last sign-in and role', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const stranger = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  const grace = await makePerson(app, org.orgId, 'designer')
  const lastSignInAt = new Date('2026-03-01T12:00:00Z')
  await change(app, grace, { lastSignInAt, mustResetPassword: true, passwordExpiresAt: lastSignInAt })
  const { status, body } = await call(app, 'GET', '/api/users', admin)
  expect(status).toBe(200)
  expect(itemsOf(body).map(({ id }) => id)).toEqual([grace.userId, admin.userId])
  expect(itemsOf(body)[0]).toMatchObject({
    ...{ email: grace.email, name: grace.email.split('@')[0], state: 'reset_due', is_active: true },
    ...{ must_reset_password: true, password_expires_at: lastSignInAt.toISOString(), is_superadmin: false },
    ...{ last_sign_in_at: lastSignInAt.toISOString(), orgs: [{ id: org.orgId, slug: org.slug, role: 'designer' }] },
    ...{ can_manage: true, obstacle: null },
  })
  expect(JSON.stringify(body)).not.toContain(stranger.email)
})

test('only whoever may read accounts is let in, and a group’s grant is enough', async () => {
  await using org = await openOrg()
  const viewer = await makePerson(org.app, org.orgId, 'viewer')
  const refused = await call(org.app, 'GET', '/api/users', viewer)
  expect([refused.status, refused.body.error, refused.body.permission]).toEqual([403, 'permission_denied', 'user.read'])
  await grant(org.app, viewer, 'user.read')
  expect((await call(org.app, 'GET', '/api/users', viewer)).status).toBe(200)
  expect((await call(org.app, 'PATCH', `/api/users/${viewer.userId}`, viewer, {})).status).toBe(403)
})

test('a superadmin sees the accounts of every org on request, and nobody else does', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const operator = await makeOperator(org)
  const elsewhere = await makeOrg(app.ctx)
  const stranger = await makePerson(app, elsewhere.orgId)
  await join(app, stranger, org.orgId, 'analyst')
  const own = await call(app, 'GET', '/api/users', operator)
  expect(itemsOf(own.body)).toHaveLength(3)
  const loner = await makePerson(app, elsewhere.orgId)
  const all = await call(app, 'GET', '/api/users?all=true', operator)
  expect(itemsOf(all.body).map(({ id }) => id)).toEqual([loner.userId, stranger.userId, operator.userId, admin.userId])
  expect(itemsOf(all.body)[1]?.orgs.map(({ id }) => id)).toEqual([elsewhere.orgId, org.orgId])
  const refused = await call(app, 'GET', '/api/users?all=true', admin)
  expect([refused.status, refused.body.error, refused.body.items]).toEqual([403, 'superadmin_only', undefined])
  expect((await call(app, 'GET', '/api/users?all=false', admin)).status).toBe(200)
})

test('each account says whether it may be managed, and why not, without a word about other orgs', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const operator = await makeOperator(org)
  const secret = await makeOrg(app.ctx, 'hidden-from-others')
  const both = await makePerson(app, org.orgId)
  await join(app, both, secret.orgId)
  const plain = await makePerson(app, org.orgId, 'viewer')
  const { body } = await call(app, 'GET', '/api/users', admin)
  const obstacles = new Map(itemsOf(body).map(({ id, obstacle, can_manage }) => [id, [can_manage, obstacle?.code]]))
  expect(obstacles.get(plain.userId)).toEqual([true, undefined])
  expect(obstacles.get(both.userId)).toEqual([false, 'belongs_elsewhere'])
  expect(obstacles.get(operator.userId)).toEqual([false, 'is_superadmin'])
  expect(obstacles.get(admin.userId)).toEqual([false, 'self'])
  expect(JSON.stringify(body)).not.toContain('hidden-from-others')
  const seen = itemsOf((await call(app, 'GET', '/api/users', operator)).body)
  expect(seen.filter(({ can_manage }) => !can_manage).map(({ id }) => id)).toEqual([operator.userId])
})

test('whoever may edit accounts by a group does not manage an admin, nor one with a right he lacks', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const helper = await makePerson(app, org.orgId, 'viewer')
  await grant(app, helper, 'user.read')
  await grant(app, helper, 'user.edit')
  const keeper = await makePerson(app, org.orgId, 'viewer')
  await grant(app, keeper, 'group.edit', 'group:1')
  const plain = await makePerson(app, org.orgId, 'viewer')
  const seen = itemsOf((await call(app, 'GET', '/api/users', helper)).body)
  const codeOf = (userId: number) => seen.find(({ id }) => id === userId)?.obstacle?.code
  expect([admin.userId, keeper.userId, plain.userId].map(codeOf)).toEqual([
    'permission_denied',
    'permission_denied',
    undefined,
  ])
})

test('search and state narrow the list, and pages follow one another', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const people = []
  for (const role of ['viewer', 'viewer', 'analyst'] as const) people.push(await makePerson(app, org.orgId, role))
  const [one, two, three] = people
  if (!one || !two || !three) throw new Error('three were made')
  await change(app, one, { name: 'Grace 100% Hopper', email: 'grace@example.test' })
  await change(app, two, { isActive: false })
  await change(app, three, { mustResetPassword: true })
  const idsOf = async (query: string) =>
    itemsOf((await call(app, 'GET', `/api/users?${query}`, admin)).body).map(({ id }) => id)
  expect(await idsOf('search=GRACE')).toEqual([one.userId])
  expect(await idsOf('search=100%25')).toEqual([one.userId])
  expect(await idsOf('search=%25')).toEqual([one.userId])
  expect(await idsOf('state=deactivated')).toEqual([two.userId])
  expect(await idsOf('state=reset_due')).toEqual([three.userId])
  expect(await idsOf('state=active')).toEqual([one.userId, admin.userId])
  expect(await idsOf('state=deactivated&search=grace')).toEqual([])

  const ids: number[] = []
  let next: unknown = ''
  while (next !== null) {
    const { body } = await call(app, 'GET', `/api/users?limit=1${next === '' ? '' : `&cursor=${next}`}`, admin)
    ids.push(...itemsOf(body).map(({ id }) => id))
    next = body.next_cursor
  }
  expect(ids).toEqual([three.userId, two.userId, one.userId, admin.userId])
  for (const bad of ['state=gone', 'cursor=x', 'limit=0', 'all=yes', 'surplus=1']) {
    const { status, body } = await call(app, 'GET', `/api/users?${bad}`, admin)
    expect([bad, status, body.error]).toEqual([bad, 422, 'invalid_query'])
  }
})
