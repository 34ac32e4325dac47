import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { userOrgs } from '#core/tenancy/tables.ts'
import { listPeople } from '#platform/members/people.ts'
import { makeGroup, makeHolder, outcome } from '#test/groups/arrange.ts'
import { auditOf, call, membershipsOf, openOrg, scopeOf } from '#test/invites/arrange.ts'
import { makePerson } from '#test/support/app.ts'
import { submit } from './visit.ts'

const DENIED = '403 permission_denied'

test('whoever edits members neither changes nor removes one with rights he lacks, whatever his role says', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const editor = await makeHolder(org, 'member.edit', 'member.read')
  const strong = [
    await makeHolder(org, 'audit.read'),
    await makeHolder(org, 'org.admin'),
    await makeHolder(org, 'group.edit@group:1'),
  ]
  for (const mate of [...strong, admin]) {
    const path = `/api/members/${mate.userId}`
    expect(await outcome(app, 'PATCH', path, editor, { role: 'viewer' })).toBe(DENIED)
    expect(await outcome(app, 'DELETE', path, editor)).toBe(DENIED)
    expect((await membershipsOf(app, mate.userId))[0]?.role).toBe(mate === admin ? 'admin' : 'designer')
  }
  expect(await auditOf(app, orgId)).toEqual([])
  const equal = await makeHolder(org, 'member.read')
  expect(await outcome(app, 'PATCH', `/api/members/${equal.userId}`, editor, { role: 'viewer' })).toBe('200')
  expect(await outcome(app, 'DELETE', `/api/members/${equal.userId}`, editor)).toBe('204')
  expect(await outcome(app, 'DELETE', `/api/members/${strong[0]?.userId}`, admin)).toBe('204')
})

test('the forms of the page refuse the same', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const editor = await makeHolder(org, 'member.edit', 'member.read')
  const mate = await makePerson(app, org.orgId, 'viewer')
  const raised = await submit(app, `/members/${mate.userId}/role`, { role: 'admin' }, { person: editor })
  const removed = await submit(app, `/members/${admin.userId}/remove`, {}, { person: editor })
  expect([raised.status, removed.status]).toEqual([403, 403])
  expect((await membershipsOf(app, mate.userId))[0]?.role).toBe('viewer')
  expect(await membershipsOf(app, admin.userId)).toHaveLength(1)
  const lowered = await submit(app, `/members/${mate.userId}/role`, { role: 'analyst' }, { person: editor })
  expect([lowered.status, (await membershipsOf(app, mate.userId))[0]?.role]).toEqual([303, 'analyst'])
})

test('the last admin is marked in the list also where a group makes him one', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const marked = async () => {
    const { members } = await listPeople(app.ctx, scopeOf(admin), { filter: 'all', search: '' })
    return members.filter(({ isLastAdmin }) => isLastAdmin).map(({ userId }) => userId)
  }
  const holder = await makeHolder(org, 'org.admin')
  expect(await marked()).toEqual([])
  await app.ctx.db.update(userOrgs).set({ role: 'viewer' }).where(eq(userOrgs.userId, admin.userId))
  expect(await marked()).toEqual([holder.userId])
  await makeGroup(app, orgId, ['org.admin'], [admin])
  expect(await marked()).toEqual([])
  expect((await call(app, 'GET', '/api/members', admin)).status).toBe(200)
})
