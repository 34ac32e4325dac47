import { expect, test } from 'bun:test'
import { groups } from '#core/access/tables.ts'
import { auditOf, call, openOrg } from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { addGrant, grantsIn, makeGroup, outcome, peopleIn } from './arrange.ts'

const GROUPS_MAX = 200

test('a group is made, renamed and deleted, and the log tells of each', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const made = await call(app, 'POST', '/api/groups', admin, { name: '  Data\nteam ' })
  expect(made.status).toBe(201)
  expect(made.body).toEqual({
    id: expect.any(Number),
    name: 'Data team',
    member_count: 0,
    permissions: [],
    created_at: expect.any(String),
  })
  const path = `/api/groups/${made.body.id}`
  const renamed = await call(app, 'PATCH', path, admin, { name: 'DATA TEAM' })
  expect([renamed.status, renamed.body.name]).toEqual([200, 'DATA TEAM'])
  expect((await call(app, 'PATCH', path, admin, { name: 'DATA TEAM' })).status).toBe(200)
  expect(await call(app, 'DELETE', path, admin)).toEqual({ status: 204, body: {} })
  expect(await outcome(app, 'DELETE', path, admin)).toBe('404 not_found')
  expect(await auditOf(app, orgId)).toEqual([
    { action: 'group.created', by: admin.email, detail: { group_id: made.body.id, name: 'Data team' } },
    {
      action: 'group.renamed',
      by: admin.email,
      detail: { group_id: made.body.id, from: 'Data team', to: 'DATA TEAM' },
    },
    { action: 'group.deleted', by: admin.email, detail: { group_id: made.body.id, name: 'DATA TEAM' } },
  ])
})

test('the list shows the groups of this org only, the newest first, with members and permissions, in pages', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  await makeGroup(app, (await makeOrg(app.ctx)).orgId)
  const mate = await makePerson(app, orgId, 'viewer')
  const ids = [await makeGroup(app, orgId, ['member.read'], [admin, mate]), await makeGroup(app, orgId)]
  ids.push(await makeGroup(app, orgId, [`group.edit@group:${ids[0]}`, 'group.read']))
  const { body } = await call(app, 'GET', '/api/groups', admin)
  const items = Array.isArray(body.items) ? body.items : []
  expect(items.map(({ id }) => id)).toEqual(ids.toReversed())
  expect(items.map((item) => [item.member_count, item.permissions])).toEqual([
    [
      0,
      [
        { permission: 'group.edit', target: `group:${ids[0]}` },
        { permission: 'group.read', target: null },
      ],
    ],
    [0, []],
    [2, [{ permission: 'member.read', target: null }]],
  ])
  const first = await call(app, 'GET', '/api/groups?limit=2', admin)
  const second = await call(app, 'GET', `/api/groups?limit=2&cursor=${first.body.next_cursor}`, admin)
  const paged = [first.body.items, second.body.items].flat()
  expect(paged.map((item) => Reflect.get(Object(item), 'id'))).toEqual(ids.toReversed())
  expect(second.body.next_cursor).toBeNull()
})

const BAD_NAMES = [
  ['of 10 kB', 'n'.repeat(10_240)],
  ['of 101 characters', 'n'.repeat(101)],
  ['of nothing', ''],
  ['of spaces and line ends', ' \n\t '],
  ['that nobody sees', '\u200b\u200d'],
  ['with NUL', 'a\0b'],
] as const

for (const [what, name] of BAD_NAMES) {
  test(`a name ${what} is refused, naming the field, and nothing is made or renamed`, async () => {
    await using org = await openOrg()
    const { app, admin, orgId } = org
    const id = await makeGroup(app, orgId, [], [], 'Sales')
    for (const [method, path] of [
      ['POST', '/api/groups'],
      ['PATCH', `/api/groups/${id}`],
    ] as const) {
      const refused = await call(app, method, path, admin, { name })
      expect([method, refused.status, refused.body.field]).toEqual([method, 422, 'name'])
    }
    expect((await app.ctx.db.select().from(groups)).map((group) => group.name)).toEqual(['Sales'])
    expect(await auditOf(app, orgId)).toEqual([])
    expect(await outcome(app, 'POST', '/api/groups', admin, { name: 'n'.repeat(100) })).toBe('201')
  })
}

test('two groups of an org never differ by case, width or hidden characters alone; in another org the name is free', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  expect(await outcome(app, 'POST', '/api/groups', admin, { name: 'Ärzte ﬁne' })).toBe('201')
  const other = await call(app, 'POST', '/api/groups', admin, { name: 'Nurses' })
  for (const name of ['Ärzte ﬁne', 'äRZTE FINE', 'Ａrzte'.replace('Ａ', 'Ä').concat(' fine'), 'Ärzte\u200b  fine']) {
    const refused = await call(app, 'POST', '/api/groups', admin, { name })
    expect([name, refused.status, refused.body.error, refused.body.field]).toEqual([name, 409, 'group_exists', 'name'])
    expect(await outcome(app, 'PATCH', `/api/groups/${other.body.id}`, admin, { name })).toBe('409 group_exists')
  }
  const stranger = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  expect(await outcome(app, 'POST', '/api/groups', stranger, { name: 'Ärzte fine' })).toBe('201')
})

test('of many groups of one name made at once there is one', async () => {
  await using org = await openOrg()
  const makes = Array.from({ length: 8 }, (_, n) =>
    outcome(org.app, 'POST', '/api/groups', org.admin, { name: n % 2 === 0 ? 'Sales' : 'SALES' }),
  )
  const outcomes = await Promise.all(makes)
  expect(outcomes.filter((one) => one === '201')).toHaveLength(1)
  expect(outcomes.filter((one) => one === '409 group_exists')).toHaveLength(7)
  expect(await org.app.ctx.db.$count(groups)).toBe(1)
})

test(`an org has at most ${GROUPS_MAX} groups`, async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const createdAt = app.ctx.clock.now()
  const rows = Array.from({ length: GROUPS_MAX - 1 }, (_, n) => ({ orgId, name: `g${n}`, nameKey: `g${n}`, createdAt }))
  await app.ctx.db.insert(groups).values(rows)
  expect(await outcome(app, 'POST', '/api/groups', admin, { name: 'the last' })).toBe('201')
  expect(await outcome(app, 'POST', '/api/groups', admin, { name: 'one more' })).toBe('409 too_many_groups')
  const stranger = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  expect(await outcome(app, 'POST', '/api/groups', stranger, { name: 'one more' })).toBe('201')
})

test('deleting a group ends what it gave at the next request, and the grants of others that were limited to it', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const mate = await makePerson(app, orgId, 'viewer')
  const doomed = await makeGroup(app, orgId, ['member.read'], [mate], 'Doomed')
  const keeper = await makeGroup(app, orgId, ['audit.read', `group.edit@group:${doomed}`], [], 'Keeper')
  await addGrant(app, orgId, keeper, `group.edit@group:${keeper}`)
  expect(await outcome(app, 'GET', '/api/members', mate)).toBe('200')
  expect(await outcome(app, 'DELETE', `/api/groups/${doomed}`, admin)).toBe('204')
  expect(await outcome(app, 'GET', '/api/members', mate)).toBe('403 permission_denied')
  expect(await grantsIn(app, keeper)).toEqual(['audit.read', `group.edit@group:${keeper}`])
  expect([await grantsIn(app, doomed), await peopleIn(app, doomed)]).toEqual([[], []])
  expect((await auditOf(app, orgId)).map(({ action, detail }) => [action, detail])).toEqual([
    [
      'group.permission_revoked',
      { group_id: keeper, name: 'Keeper', permission: 'group.edit', target: `group:${doomed}` },
    ],
    ['group.deleted', { group_id: doomed, name: 'Doomed' }],
  ])
})
