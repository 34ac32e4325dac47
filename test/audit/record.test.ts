import { expect, test } from 'bun:test'
import { ACTION_NAMES, ACTIONS, isAction } from '#core/audit/actions.ts'
import { type AuditSubject, record } from '#core/audit/record.ts'
import { auditLog } from '#core/audit/tables.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import type { Database } from '#db/database.ts'
import { systemClock } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'
import { openTestDatabase } from '#test/support/database.ts'

const NOW = new Date('2026-03-01T09:00:00.123Z')
const CTX = { clock: { ...systemClock, now: () => NOW }, random: systemRandom, jobs: { enqueue } }
const DETAIL = { invite_id: 4, email: 'grace@example.org', role: 'viewer' } as const

async function enqueue(): Promise<never> {
  throw new Error('nobody listens in this org')
}

async function makeOrg(db: Database): Promise<number> {
  const [org] = await db.insert(orgs).values({ slug: 'acme', name: 'Acme', createdAt: NOW }).returning({ id: orgs.id })
  return org?.id ?? 0
}

test('what a person did is one row with who, where, when and what', async () => {
  await using test = await openTestDatabase()
  const orgId = await makeOrg(test.db)
  const scope: Scope = {
    orgId,
    actor: { kind: 'person', userId: 9, email: 'ada@example.org', name: 'Ada' },
    role: 'admin',
    permissions: new Set(['invite.edit']),
    requestId: 'request-1',
    address: '192.0.2.1',
  }
  const eventId = await test.db.transaction((tx) => record(CTX, tx, scope, 'invite.created', DETAIL))
  expect(await test.db.select().from(auditLog)).toEqual([
    {
      id: 1,
      eventId,
      orgId,
      action: 'invite.created',
      actorKind: 'person',
      actorId: 9,
      actorLabel: 'ada@example.org',
      detail: DETAIL,
      requestId: 'request-1',
      address: '192.0.2.1',
      at: NOW,
      searchText: ' invite created ada example org 4 grace viewer 192x0x2x1 request 1',
    },
  ])
  expect(eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
})

const SUBJECTS: readonly [AuditSubject, object][] = [
  [{ actor: { kind: 'operator' } }, { actorKind: 'operator', actorId: null, actorLabel: 'operator', orgId: null }],
  [{ actor: { kind: 'nobody' } }, { actorKind: 'nobody', actorId: null, actorLabel: 'nobody', orgId: null }],
  [{ actor: { kind: 'job', jobId: 'job-1' } }, { actorKind: 'job', actorId: null, actorLabel: 'job-1', orgId: null }],
]

for (const [subject, row] of SUBJECTS) {
  test(`what a ${subject.actor.kind} did is told as such`, async () => {
    await using test = await openTestDatabase()
    await test.db.transaction((tx) => record(CTX, tx, subject, 'password.reset_requested', { user_id: 1 }))
    expect(await test.db.select().from(auditLog)).toMatchObject([row])
  })
}

test('a change that rolls back leaves no row, and the next one does', async () => {
  await using test = await openTestDatabase()
  const orgId = await makeOrg(test.db)
  const subject: AuditSubject = { orgId, actor: { kind: 'operator' } }
  const change = test.db.transaction(async (tx) => {
    await record(CTX, tx, subject, 'invite.created', DETAIL)
    throw new Error('changed my mind')
  })
  await expect(change).rejects.toThrow('changed my mind')
  expect(await test.db.$count(auditLog)).toBe(0)
  await test.db.transaction((tx) => record(CTX, tx, subject, 'invite.created', DETAIL))
  expect(await test.db.$count(auditLog)).toBe(1)
})

test('every action is <noun>.<verb> and has a sentence', () => {
  expect(ACTION_NAMES.length).toBeGreaterThan(10)
  for (const action of ACTION_NAMES) {
    expect(action).toMatch(/^[a-z]+\.[a-z_]+$/)
    expect(ACTIONS[action]).toMatch(/^[A-Z].*\.$/)
  }
  expect(isAction('toString')).toBe(false)
})
