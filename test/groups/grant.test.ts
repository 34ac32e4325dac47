import { expect, test } from 'bun:test'
import { groupGrants } from '#core/access/tables.ts'
import { auditOf, call, openOrg } from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { addGrant, grantsIn, makeGroup, outcome, withAccessToken } from './arrange.ts'

const LIMITED_GRANTS_MAX = 50

test('a permission given counts at the next request, with a session’s token and an access token; taken, too', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const mate = await makePerson(app, orgId, 'viewer')
  const script = await withAccessToken(app, mate)
  const group = await makeGroup(app, orgId, [], [mate], 'Sales')
  const path = `/api/groups/${group}/permissions/member.read`
  for (const person of [mate, script]) {
    expect(await outcome(app, 'GET', '/api/members', person)).toBe('403 permission_denied')
    const given = await call(app, 'PUT', path, admin)
    expect([given.status, given.body.permissions]).toEqual([200, [{ permission: 'member.read', target: null }]])
    expect(await outcome(app, 'GET', '/api/members', person)).toBe('200')
    expect((await call(app, 'GET', '/api/me', person)).body.permissions).toEqual(['member.read'])
    expect(await call(app, 'DELETE', path, admin)).toEqual({ status: 204, body: {} })
    expect(await outcome(app, 'GET', '/api/members', person)).toBe('403 permission_denied')
    expect((await call(app, 'GET', '/api/me', person)).body.permissions).toEqual([])
  }
  const detail = { group_id: group, name: 'Sales', permission: 'member.read', target: null }
  const once = [
    { action: 'group.permission_granted', by: admin.email, detail },
    { action: 'group.permission_revoked', by: admin.email, detail },
  ]
  expect((await auditOf(app, orgId)).filter(({ action }) => action.startsWith('group.'))).toEqual([...once, ...once])
})

test('giving or taking twice changes nothing, and the log stays silent', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const group = await makeGroup(app, orgId, ['audit.read', 'group.edit@group:1'])
  for (const path of ['audit.read', 'group.edit?target=group:1']) {
    expect(await outcome(app, 'PUT', `/api/groups/${group}/permissions/${path}`, admin)).toBe('200')
  }
  expect(await outcome(app, 'DELETE', `/api/groups/${group}/permissions/member.read`, admin)).toBe('204')
  // The same permission with another reach is another grant.
  expect(await outcome(app, 'DELETE', `/api/groups/${group}/permissions/group.edit`, admin)).toBe('204')
  expect(await grantsIn(app, group)).toEqual(['audit.read', 'group.edit@group:1'])
  expect(await auditOf(app, orgId)).toEqual([])
})

const STRANGE = [
  ['org.rule', 'unknown_permission', 'permission'],
  ['toString', 'unknown_permission', 'permission'],
  ['member.read%20', 'unknown_permission', 'permission'],
  ['MEMBER.READ', 'unknown_permission', 'permission'],
  ['x'.repeat(3000), 'unknown_permission', 'permission'],
  ['member.read%00', 'invalid_query', undefined],
  ['member.read?target=group:1', 'invalid_target', 'target'],
  ['org.admin?target=group:1', 'invalid_target', 'target'],
  ['group.edit?target=', 'invalid_target', 'target'],
  ['group.edit?target=group', 'invalid_target', 'target'],
  ['group.edit?target=group:01', 'invalid_target', 'target'],
  ['group.edit?target=group:-1', 'invalid_target', 'target'],
  ['group.edit?target=group:1%20', 'invalid_target', 'target'],
  ['group.edit?target=member:1', 'invalid_target', 'target'],
  [`group.edit?target=group:${'9'.repeat(40)}`, 'invalid_target', 'target'],
  ['group.edit?target=group:1%00', 'invalid_query', undefined],
  [`group.edit?target=${'g'.repeat(500)}`, 'invalid_query', 'target'],
  ['group.edit?tarjet=group:1', 'invalid_query', 'tarjet'],
] as const

test('what is no permission, and a target that does not fit, are refused by the field’s name', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const group = await makeGroup(app, orgId)
  for (const [what, code, field] of STRANGE) {
    for (const method of ['PUT', 'DELETE']) {
      const { status, body } = await call(app, method, `/api/groups/${group}/permissions/${what}`, admin)
      const where = `${method} ${what.slice(0, 60)}`
      expect([where, status, body.error]).toEqual([where, 422, code])
      if (code !== 'invalid_query') expect([where, body.field]).toEqual([where, field])
    }
  }
  expect(await app.ctx.db.$count(groupGrants)).toBe(0)
  expect(await outcome(app, 'PUT', `/api/groups/${group}/permissions/group.edit?target=group:${group}`, admin)).toBe(
    '200',
  )
  expect(await grantsIn(app, group)).toEqual([`group.edit@group:${group}`])
})

test('a target that is no group of this org is unknown, whoever’s it is', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const [group, foreign] = [await makeGroup(app, orgId), await makeGroup(app, (await makeOrg(app.ctx)).orgId)]
  for (const target of [foreign, 987_654]) {
    const path = `/api/groups/${group}/permissions/group.edit?target=group:${target}`
    expect(await outcome(app, 'PUT', path, admin)).toBe('404 not_found')
    expect(await outcome(app, 'DELETE', path, admin)).toBe('404 not_found')
  }
  expect(await app.ctx.db.$count(groupGrants)).toBe(0)
})

test('a limited grant opens its target only: the name and the people, not what it gives', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const [mine, other] = [await makeGroup(app, orgId), await makeGroup(app, orgId)]
  const lead = await makePerson(app, orgId, 'designer')
  await makeGroup(app, orgId, [`group.edit@group:${mine}`], [lead])
  const mate = await makePerson(app, orgId, 'viewer')
  for (const person of [lead, await withAccessToken(app, lead)]) {
    const doing = (method: string, path: string, body?: unknown) =>
      outcome(app, method, `/api/groups${path}`, person, body)
    expect(await doing('PATCH', `/${mine}`, { name: 'Mine' })).toBe('200')
    expect(await doing('PUT', `/${mine}/members/${mate.userId}`)).toBe('200')
    expect(await doing('DELETE', `/${mine}/members/${mate.userId}`)).toBe('204')
    for (const id of [other, `0${mine}`, `${mine}.0`, `${mine}e0`]) {
      expect([id, await doing('PATCH', `/${id}`, { name: 'Mine too' })]).toEqual([id, '403 permission_denied'])
      expect([id, await doing('PUT', `/${id}/members/${mate.userId}`)]).toEqual([id, '403 permission_denied'])
      expect([id, await doing('DELETE', `/${id}/members/${mate.userId}`)]).toEqual([id, '403 permission_denied'])
    }
    expect(await doing('PUT', `/${mine}/permissions/group.edit?target=group:${mine}`)).toBe('403 permission_denied')
    expect(await doing('DELETE', `/${mine}/permissions/member.read`)).toBe('403 permission_denied')
    expect(await doing('DELETE', `/${mine}`)).toBe('403 permission_denied')
    expect(await doing('POST', '', { name: 'New' })).toBe('403 permission_denied')
    expect(await doing('GET', '')).toBe('403 permission_denied')
  }
  expect([await grantsIn(app, mine), await grantsIn(app, other)]).toEqual([[], []])
})

test('a stored permission that this version does not know gives nothing and is not shown', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const mate = await makePerson(app, orgId, 'viewer')
  const group = await makeGroup(app, orgId, ['rocket.launch', 'org.admin.all', 'member.read'], [mate])
  await addGrant(app, orgId, group, 'rocket.launch@rocket:1')
  expect((await call(app, 'GET', '/api/me', mate)).body.permissions).toEqual(['member.read'])
  expect(await outcome(app, 'GET', '/api/members', mate)).toBe('200')
  expect(await outcome(app, 'PATCH', `/api/members/${admin.userId}`, mate, { role: 'viewer' })).toBe(
    '403 permission_denied',
  )
  const { body } = await call(app, 'GET', '/api/groups', admin)
  expect(body.items).toMatchObject([{ permissions: [{ permission: 'member.read', target: null }] }])
  expect(await outcome(app, 'PATCH', `/api/groups/${group}`, admin, { name: 'Known' })).toBe('200')
  expect(await grantsIn(app, group)).toContain('rocket.launch')
})

test(`a group has at most ${LIMITED_GRANTS_MAX} limited grants`, async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const group = await makeGroup(app, orgId)
  const target = await makeGroup(app, orgId)
  for (let n = 1; n < LIMITED_GRANTS_MAX; n++) await addGrant(app, orgId, group, `group.edit@group:${100_000 + n}`)
  const path = `/api/groups/${group}/permissions`
  expect(await outcome(app, 'PUT', `${path}/group.edit?target=group:${target}`, admin)).toBe('200')
  expect(await outcome(app, 'PUT', `${path}/group.edit?target=group:${group}`, admin)).toBe('409 too_many_grants')
  expect(await outcome(app, 'PUT', `${path}/group.edit`, admin)).toBe('200')
})
