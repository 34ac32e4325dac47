import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { groupMembers, tokens } from '#core/access/tables.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'
import { invites } from '#platform/invites/tables.ts'
import { createToken } from '#platform/tokens/token.ts'
import { makeGroup } from '#test/groups/arrange.ts'
import { json, makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { fillWebhooks, makeWebhookOf } from '#test/webhooks/rows.ts'
import { routesOf } from './route-table.ts'

const LIST_STATEMENTS_MAX = 4
const ROWS = [0, 5, 120]

/** Statements of a request that a signed-in person makes, at most; BEGIN and COMMIT do not count. Reads first. */
const BUDGET: Readonly<Record<string, number>> = {
  'GET /api/health': 0,
  'GET /api/version': 0,
  'GET /api/me': 1,
  'GET /api/auth/tokens': 2,
  'GET /api/members': 2,
  'GET /api/invites': 2,
  'GET /api/groups': 3,
  'GET /api/groups/permissions': 1,
  'GET /api/groups/me/permissions': 2,
  'GET /api/groups/{id}/members': 3,
  'GET /groups': 3,
  'GET /groups/{id}': 4,
  'GET /api/users': 3,
  'GET /api/audit-log': 3,
  'GET /api/audit-log/export.csv': 3,
  'GET /audit-log': 3,
  'GET /audit-log/export.csv': 2,
  'GET /api/smtp': 2,
  'GET /smtp': 2,
  'GET /api/usage': 4,
  'GET /usage': 4,
  'GET /api/webhooks': 2,
  'GET /api/webhooks/event-types': 1,
  'GET /api/webhooks/{id}': 2,
  'GET /api/webhooks/{id}/deliveries': 4,
  'GET /api/events': 3,
  'GET /webhooks': 2,
  'GET /webhooks/events': 1,
  'GET /webhooks/{id}': 4,
  'GET /api/license': 2,
  'GET /api/license/simulate': 1,
  'GET /license': 1,
  'GET /settings/license': 3,
  'GET /api/backups': 2,
  'GET /api/backups/settings': 2,
  'GET /api/backups/{id}': 2,
  'GET /api/backups/{id}/download': 2,
  'GET /api/backups/{id}/preview': 2,
  'GET /api/restores/{id}': 2,
  'GET /backups': 3,
  'GET /backups/restores/{id}': 2,
  'GET /backups/{id}/download': 2,
  'GET /backups/{id}/preview': 3,
  'GET /backups/{id}/row': 2,
  // On the second request, as a page that is looked at again: what was looked at seconds ago does for everybody.
  'GET /api/system/health': 1,
  'GET /api/system/health/history': 3,
  'GET /api/system/health/alerts': 2,
  'GET /health': 4,
  'GET /members': 4,
  'GET /users': 4,
  'GET /tokens': 2,
  'GET /account': 2,
  'GET /account/password': 1,
  'GET /orgs': 1,
  'GET /orgs/slug': 1,
  'GET /settings/organization': 1,
  'GET /api/orgs': 2,
  'GET /api/organization': 1,
  'GET /api/branding': 0,
  'GET /branding/{slug}/logo/{hash}': 1,
  'GET /branding/{slug}/{sheet}': 1,
  'GET /': 1,
  'GET /metrics': 4,
  'GET /login': 1,
  'GET /forgot-password': 1,
  'GET /setup': 1,
  'GET /reset-password': 1,
  'GET /accept-invite': 1,
  'GET /api/invites/accept': 1,
}

const UNCOUNTED = new Set([
  'GET /api/openapi.json',
  'GET /api/docs',
  'GET /assets/{name}',
  'GET /assets/{name}/{fingerprint}',
])

/** What goes beyond its budget, or has none. */
function budgetFaults(counted: Readonly<Record<string, number>>, budget = BUDGET): string[] {
  return Object.entries(counted).flatMap(([name, count]) => {
    const most = budget[name]
    if (most === undefined) return [`${name} has no budget`]
    return count > most ? [`${name} takes ${count} statements (at most ${most})`] : []
  })
}

/** Counted on the second request: the first one stamps that the person was here. */
async function statementsOf(app: TestApp, path: string, headers: Record<string, string>): Promise<string[]> {
  const ask = async () => (await app.fetch(path, { headers, redirect: 'manual' })).text()
  await ask()
  app.statements.length = 0
  await ask()
  return [...app.statements]
}

async function fill(app: TestApp, { orgId, userId }: TestPerson, rows: number): Promise<void> {
  const { db, clock } = app.ctx
  const createdAt = clock.now()
  const expiresAt = addMs(createdAt, DAY_MS)
  for (let row = 0; row < rows; row++) {
    const name = `row-${orgId}-${row}`
    const tokenHash = sha256Hex(name)
    const [user] = await db
      .insert(users)
      .values({ email: `${name}@example.test`, name, createdAt })
      .returning({ id: users.id })
    await db.insert(userOrgs).values({ orgId, userId: user?.id ?? 0, role: 'viewer', createdAt })
    const invitation = { email: `${name}@invited.test`, role: 'viewer', state: 'pending', mailState: 'link' } as const
    await db.insert(invites).values({ orgId, tokenHash, createdAt, expiresAt, invitedBy: userId, ...invitation })
    await db.insert(tokens).values({ userId, name, tokenHash, tail: 'abcd', createdAt })
  }
}

/** One group more, and one with all of the org's people in it, whose id is the answer. */
async function fillGroups(app: TestApp, person: TestPerson, rows: number): Promise<number> {
  const { db, clock } = app.ctx
  const { orgId } = person
  const full = await makeGroup(app, orgId, ['member.read', 'audit.read'], [person])
  const of = await db
    .select({ id: userOrgs.id, userId: userOrgs.userId })
    .from(userOrgs)
    .where(eq(userOrgs.orgId, orgId))
  for (const { id: membershipId, userId } of of) {
    if (userId === person.userId) continue
    await db.insert(groupMembers).values({ orgId, groupId: full, membershipId, createdAt: clock.now() })
  }
  for (let row = 0; row <= rows; row++) {
    await makeGroup(app, orgId, ['member.read', `group.edit@group:${full}`], row < 5 ? [person] : [], `row ${row}`)
  }
  return full
}

describe('the budget of a request', () => {
  test('is one statement for /api/me, by a session’s token as by an access token, with groups or without', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeOrg(app.ctx)
    const person = await makePerson(app, orgId)
    await fillGroups(app, person, 5)
    const actor = { kind: 'person', userId: person.userId, email: person.email, name: '' } as const
    const { token } = await createToken(app.ctx, { actor }, { name: 'script' })
    for (const headers of [person.bearer, { authorization: `Bearer ${token}` }]) {
      expect(await statementsOf(app, '/api/me', headers)).toHaveLength(1)
    }
  })

  test('is at most four statements for a list, the same at any number of rows', async () => {
    await using app = await startTestApp()
    const lists = [
      '/members',
      '/members?filter=pending&q=row',
      '/tokens',
      '/api/members',
      '/users',
      '/users?filter=active&q=e',
      '/api/invites',
      '/api/users',
      '/api/auth/tokens',
      '/groups',
      '/groups?q=row',
      '/groups/{group}',
      '/groups/{group}?q=row',
      '/api/groups',
      '/api/groups/{group}/members',
      '/api/groups/me/permissions',
      '/backups',
      '/api/backups',
      '/usage',
      '/usage?period=all',
      '/api/usage?period=30d',
      '/audit-log',
      '/audit-log?q=user',
      '/audit-log?q=user+example+zebra',
      '/audit-log?q=zebra&actor=ada@example.test&action=user.created&from=2026-01-01',
      '/api/audit-log',
      '/api/audit-log?q=user&actor=1',
      '/webhooks',
      '/webhooks/{webhook}',
      '/webhooks/{webhook}?status=delivered&event=group.created',
      '/api/webhooks',
      '/api/webhooks/{webhook}/deliveries',
      '/api/events',
    ]
    const counts: Record<string, number[]> = {}
    for (const rows of ROWS) {
      const { orgId } = await makeOrg(app.ctx)
      const person = await makePerson(app, orgId)
      await fill(app, person, rows)
      const group = await fillGroups(app, person, rows)
      const webhook = await fillWebhooks(app, person, rows)
      const headers = { ...person.bearer, cookie: `hf_session=${person.jwt}` }
      for (const path of lists) {
        const taken = await statementsOf(
          app,
          path.replace('{group}', String(group)).replace('{webhook}', String(webhook)),
          headers,
        )
        counts[path] = [...(counts[path] ?? []), taken.length]
      }
    }
    for (const [path, taken] of Object.entries(counts)) {
      expect([path, Math.max(...taken) <= LIST_STATEMENTS_MAX]).toEqual([path, true])
      // A page that is full with members asks for no invitations: fewer may be, more may not.
      expect([path, Math.max(...taken.slice(1)) <= (taken[0] ?? 0)]).toEqual([path, true])
    }
    expect(counts['/api/members']).toEqual([2, 2, 2])
  })

  test('is kept by every route that reads', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeOrg(app.ctx)
    const { bearer, jwt, userId } = await makePerson(app, orgId)
    const headers = { ...bearer, cookie: `hf_session=${jwt}` }
    const reads = routesOf(app.app).filter(({ name, method }) => method === 'GET' && !UNCOUNTED.has(name))
    const counted: Record<string, number> = {}
    const group = await makeGroup(app, orgId)
    await makeWebhookOf(app, { orgId, userId })
    for (const { name, path } of reads) {
      const there = path.replace('{id}', String(group))
      counted[name] = (await statementsOf(app, `${there}?token=unknown`, headers)).length
    }
    expect(Object.keys(counted).toSorted()).toEqual(Object.keys(BUDGET).toSorted())
    expect(budgetFaults(counted)).toEqual([])
  })

  test('of an invitation is the same in an org of 120 people', async () => {
    await using app = await startTestApp()
    const taken: number[] = []
    for (const rows of [0, 120]) {
      const { orgId } = await makeOrg(app.ctx)
      const person = await makePerson(app, orgId)
      await fill(app, person, rows)
      for (const email of ['warm@example.test', 'grace@example.test']) {
        app.statements.length = 0
        const response = await app.fetch('/api/invites', json('POST', { email, role: 'viewer' }, person.bearer))
        expect(response.status).toBe(201)
      }
      taken.push(app.statements.length)
    }
    expect(taken[0]).toBe(taken[1] ?? 0)
    // Person, licence, relay, lock, membership, invitation, audit line, its event.
    expect(taken[0]).toBeLessThanOrEqual(8)
  })
})

describe('the budget of a batch', () => {
  test('that is revoked is the same for one invitation and for 120', async () => {
    await using app = await startTestApp()
    const taken: number[] = []
    for (const rows of [1, 1, 120]) {
      const { orgId } = await makeOrg(app.ctx)
      const person = await makePerson(app, orgId)
      await fill(app, person, rows)
      await app.fetch('/api/me', { headers: person.bearer })
      const of = await app.ctx.db.select({ id: invites.id }).from(invites).where(eq(invites.orgId, orgId))
      app.statements.length = 0
      const body = { ids: of.map(({ id }) => id) }
      const response = await app.fetch('/api/invites/bulk-revoke', json('POST', body, person.bearer))
      expect(await response.json()).toMatchObject({ revoked: rows })
      taken.push(app.statements.length)
    }
    expect(taken[2]).toBe(taken[1] ?? 0)
    expect(taken[2]).toBeLessThanOrEqual(5)
  })
})

describe('this sweep sees', () => {
  test('a statement too many, and a route without a budget', () => {
    expect(budgetFaults({ 'GET /api/me': 2, 'GET /nowhere': 1, 'GET /tokens': 2 })).toEqual([
      'GET /api/me takes 2 statements (at most 1)',
      'GET /nowhere has no budget',
    ])
  })

  test('a statement for each row', async () => {
    await using app = await startTestApp()
    app.statements.length = 0
    for (let row = 0; row < 3; row++) await app.ctx.db.select().from(users)
    expect(app.statements).toHaveLength(3)
  })
})
