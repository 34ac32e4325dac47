import { expect, test } from 'bun:test'
import { call, openOrg } from '#test/invites/arrange.ts'
import { makePerson } from '#test/support/app.ts'
import { addGrant, grantsIn, makeGroup, makeHolder, outcome, peopleIn, withAccessToken } from './arrange.ts'

const DENIED = '403 permission_denied'

test('a designer who may edit members by a group cannot make himself, or anybody, admin', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const designer = await makeHolder(org, 'member.edit')
  const mate = await makePerson(app, orgId, 'viewer')
  for (const person of [designer, await withAccessToken(app, designer)]) {
    for (const { userId } of [designer, mate]) {
      expect(await outcome(app, 'PATCH', `/api/members/${userId}`, person, { role: 'admin' })).toBe(DENIED)
    }
    expect(await outcome(app, 'PATCH', `/api/members/${admin.userId}`, person, { role: 'viewer' })).toBe(DENIED)
    expect(await outcome(app, 'DELETE', `/api/members/${admin.userId}`, person)).toBe(DENIED)
    for (const role of ['analyst', 'viewer']) {
      expect(await outcome(app, 'PATCH', `/api/members/${mate.userId}`, person, { role })).toBe('200')
    }
  }
  expect((await call(app, 'GET', '/api/me', designer)).body).toMatchObject({
    role: 'designer',
    permissions: ['member.edit'],
  })
  expect((await call(app, 'GET', '/api/me', admin)).body).toMatchObject({ role: 'admin' })
  expect(await outcome(app, 'PATCH', `/api/members/${designer.userId}`, admin, { role: 'admin' })).toBe('200')
})

test('a holder of group.edit gives and takes what he holds, and nothing else', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const holder = await makeHolder(org, 'group.read', 'group.edit', 'member.read')
  const [own, strong] = [
    await makeGroup(app, orgId, [], [holder]),
    await makeGroup(app, orgId, ['org.admin', 'audit.read']),
  ]
  for (const person of [holder, await withAccessToken(app, holder)]) {
    const doing = (method: string, path: string) => outcome(app, method, `/api/groups${path}`, person)
    for (const permission of ['org.admin', 'member.edit', 'audit.read', 'user.edit', 'invite.edit']) {
      expect([permission, await doing('PUT', `/${own}/permissions/${permission}`)]).toEqual([permission, DENIED])
      expect([permission, await doing('DELETE', `/${strong}/permissions/${permission}`)]).toEqual([permission, DENIED])
    }
    for (const permission of ['member.read', 'group.edit', `group.edit?target=group:${strong}`]) {
      expect([permission, await doing('PUT', `/${own}/permissions/${permission}`)]).toEqual([permission, '200'])
      expect([permission, await doing('DELETE', `/${own}/permissions/${permission}`)]).toEqual([permission, '204'])
    }
  }
  expect([await grantsIn(app, own), await grantsIn(app, strong)]).toEqual([[], ['audit.read', 'org.admin']])
  expect(await outcome(app, 'PUT', `/api/groups/${own}/permissions/audit.read`, admin)).toBe('200')
})

test('nobody joins, fills, empties or deletes a group that gives what he lacks', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const holder = await makeHolder(org, 'group.edit')
  const strong = await makeGroup(app, orgId, ['member.read', 'org.admin'], [admin])
  await addGrant(app, orgId, await makeGroup(app, orgId, [], [holder]), `group.edit@group:${strong}`)
  const mate = await makePerson(app, orgId, 'viewer')
  const requests = [
    ['PUT', `/${strong}/members/${holder.userId}`],
    ['PUT', `/${strong}/members/${mate.userId}`],
    ['DELETE', `/${strong}/members/${admin.userId}`],
    ['DELETE', `/${strong}/members/${mate.userId}`],
    ['DELETE', `/${strong}`],
  ] as const
  for (const [method, path] of requests) {
    const refused = await call(app, method, `/api/groups${path}`, holder)
    expect([method, path, refused.status, refused.body.permission]).toEqual([method, path, 403, 'member.read'])
  }
  expect([await peopleIn(app, strong), await grantsIn(app, strong)]).toEqual([
    [admin.userId],
    ['member.read', 'org.admin'],
  ])
  const weak = await makeGroup(app, orgId, ['group.edit'])
  expect(await outcome(app, 'PUT', `/api/groups/${weak}/members/${mate.userId}`, holder)).toBe('200')
  expect(await outcome(app, 'DELETE', `/api/groups/${weak}/members/${mate.userId}`, holder)).toBe('204')
  expect(await outcome(app, 'DELETE', `/api/groups/${weak}`, holder)).toBe('204')
})

test('a holder limited to a group fills it while he holds what it gives, and no longer', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const team = await makeGroup(app, orgId)
  const lead = await makeHolder(org, `group.edit@group:${team}`)
  const mate = await makePerson(app, orgId, 'viewer')
  const place = `/api/groups/${team}/members/${mate.userId}`
  expect(await outcome(app, 'PUT', place, lead)).toBe('200')
  // A grant for the very group that he holds himself is his to hand on.
  expect(await outcome(app, 'PUT', `/api/groups/${team}/permissions/group.edit?target=group:${team}`, admin)).toBe(
    '200',
  )
  expect(await outcome(app, 'DELETE', place, lead)).toBe('204')
  expect(await outcome(app, 'PUT', place, lead)).toBe('200')
  expect(await outcome(app, 'PUT', `/api/groups/${team}/permissions/audit.read`, admin)).toBe('200')
  expect(await outcome(app, 'DELETE', place, lead)).toBe(DENIED)
  expect(await outcome(app, 'PUT', `/api/groups/${team}/members/${lead.userId}`, lead)).toBe(DENIED)
  expect(await peopleIn(app, team)).toEqual([mate.userId])
  expect((await call(app, 'GET', '/api/me', lead)).body.permissions).toEqual([])
  await makeGroup(app, orgId, ['audit.read'], [lead])
  expect(await outcome(app, 'PUT', `/api/groups/${team}/members/${lead.userId}`, lead)).toBe('200')
})

test('org.admin by a group opens everything', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const owner = await makeHolder(org, 'org.admin')
  for (const path of ['/api/members', '/api/invites', '/api/groups', '/api/groups/permissions']) {
    expect([path, await outcome(app, 'GET', path, owner)]).toEqual([path, '200'])
  }
  const group = await makeGroup(app, orgId)
  expect(await outcome(app, 'PUT', `/api/groups/${group}/permissions/org.admin`, owner)).toBe('200')
  expect(await outcome(app, 'PUT', `/api/groups/${group}/members/${admin.userId}`, owner)).toBe('200')
  expect(await outcome(app, 'PATCH', `/api/members/${admin.userId}`, owner, { role: 'viewer' })).toBe('200')
  expect(await outcome(app, 'DELETE', `/api/groups/${group}`, owner)).toBe('204')
  expect(await outcome(app, 'GET', '/api/members', admin)).toBe(DENIED)
})
