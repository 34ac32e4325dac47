import { expect, test } from 'bun:test'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { BATCH_MAX } from '#platform/invites/batch.ts'
import { resendInvites } from '#platform/invites/bulk-resend.ts'
import { revokeInvites } from '#platform/invites/bulk-revoke.ts'
import { invites } from '#platform/invites/tables.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import {
  accept,
  auditOf,
  call,
  expire,
  invite,
  inviteRow,
  newcomer,
  type Org,
  openOrg,
  relayOf,
  scopeOf,
} from './arrange.ts'

const REVOKE = '/api/invites/bulk-revoke'
const RESEND = '/api/invites/bulk-resend'
const UNKNOWN = 987_654

/** Invitations straight into the table, `count` of them, each open. */
async function fill({ app, orgId }: Org, count: number, local = 'guest'): Promise<number[]> {
  const createdAt = app.ctx.clock.now()
  const open = { orgId, role: 'viewer', state: 'pending', mailState: 'sent', createdAt } as const
  const rows = Array.from({ length: count }, (_, at) => ({
    ...open,
    email: `${local}-${at}@example.test`,
    tokenHash: `${orgId}-${local}-${at}`,
    expiresAt: addMs(createdAt, DAY_MS),
  }))
  return (await app.ctx.db.insert(invites).values(rows).returning({ id: invites.id })).map(({ id }) => id)
}

/** One open, one accepted, one revoked and one expired invitation, and an open one of another org. */
async function oneOfEach(org: Org) {
  const { app, admin } = org
  const [open, accepted, revoked, expired] = [
    await invite(org, 'open@example.test'),
    await invite(org, 'accepted@example.test'),
    await invite(org, 'revoked@example.test'),
    await invite(org, 'expired@example.test'),
  ]
  await accept(app, newcomer(accepted.token))
  await call(app, 'POST', `/api/invites/${revoked.id}/revoke`, admin)
  await expire(app, expired.id)
  const other = await makeOrg(app.ctx)
  const stranger = await makePerson(app, other.orgId)
  const foreign = await invite({ ...org, ...other, admin: stranger }, 'foreign@example.test')
  return { open, accepted, revoked, expired, foreign }
}

test('a batch is revoked in one statement, with partial counts, a sentence and one line in the log', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const rows = await oneOfEach(org)
  const ids = [...new Set(Object.values(rows).map(({ id }) => id)), UNKNOWN, rows.open.id]
  app.statements.length = 0
  const { status, body } = await call(app, 'POST', REVOKE, admin, { ids })
  expect(app.statements.filter((sql) => /^update \S*invites/i.test(sql))).toHaveLength(1)
  expect([status, body]).toEqual([
    200,
    {
      ...{ revoked: 1, requested: 6, skipped: { accepted: 1, revoked: 1, expired: 1 } },
      message: 'Revoked 1 of 6 (1 already accepted, 1 already revoked, 1 expired)',
    },
  ])
  expect((await inviteRow(app, rows.foreign.id)).state).toBe('pending')
  expect((await accept(app, newcomer(rows.open.token))).status).toBe(410)
  expect((await auditOf(app, orgId)).filter(({ action }) => action === 'invite.bulk_revoked')).toEqual([
    {
      action: 'invite.bulk_revoked',
      by: admin.email,
      detail: { requested: 6, revoked: 1, invite_ids: [rows.open.id] },
    },
  ])
  const again = await call(app, 'POST', REVOKE, admin, { ids: [rows.foreign.id] })
  expect(again.body).toEqual((await call(app, 'POST', REVOKE, admin, { ids: [UNKNOWN] })).body)
  expect(again.body).toMatchObject({ revoked: 0, requested: 1, message: 'Revoked 0 of 1' })
  expect((await accept(app, newcomer(rows.foreign.token))).status).toBe(201)
})

test('200 ids go at once, repeated ones count once, and 201 or anything but ids is refused whole', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const ids = await fill(org, BATCH_MAX + 1)
  for (const path of [REVOKE, RESEND]) {
    for (const body of [
      { ids },
      { ids: [] },
      { ids: ['1'] },
      { ids: [1.5] },
      { ids: [0] },
      { ids: [-1] },
      { ids: [null] },
      { ids: 1 },
      { ids: [9_007_199_254_740_992] },
      { ids: [1], all: true },
      {},
      [],
    ]) {
      const { status, body: refused } = await call(app, 'POST', path, admin, body)
      expect([JSON.stringify(body).slice(0, 40), status, refused.error]).toEqual([
        JSON.stringify(body).slice(0, 40),
        422,
        'invalid_body',
      ])
    }
  }
  const viewer = await makePerson(app, org.orgId, 'viewer')
  expect((await call(app, 'POST', REVOKE, viewer, { ids: [ids[0]] })).body).toMatchObject({
    error: 'permission_denied',
  })
  expect(await app.ctx.db.$count(invites)).toBe(BATCH_MAX + 1)
  expect((await inviteRow(app, ids[0] ?? 0)).state).toBe('pending')
  const most = await call(app, 'POST', REVOKE, admin, { ids: ids.slice(0, BATCH_MAX) })
  expect(most.body).toMatchObject({ revoked: BATCH_MAX, message: `Revoked ${BATCH_MAX} of ${BATCH_MAX}` })
  const twice = await call(app, 'POST', REVOKE, admin, { ids: [ids[BATCH_MAX], ids[BATCH_MAX], ids[0]] })
  expect(twice.body).toMatchObject({ revoked: 1, requested: 2, message: 'Revoked 1 of 2 (1 already revoked)' })
}, 20_000)

test('of a batch and acceptances at the same moment each invitation ends once, and the counts agree with the rows', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const made: { id: number; token: string }[] = []
  for (let at = 0; at < 12; at++) made.push(await invite(org, `racer-${at}@example.test`))
  const ids = made.map(({ id }) => id)
  const [first, second, ...joins] = await Promise.all([
    call(app, 'POST', REVOKE, admin, { ids }),
    call(app, 'POST', REVOKE, admin, { ids: ids.toReversed() }),
    ...made.map(({ token }) => accept(app, newcomer(token))),
  ])
  const joined = joins.filter(({ status }) => status === 201).length
  expect(joins.filter(({ status }) => status === 410)).toHaveLength(made.length - joined)
  const states = await Promise.all(ids.map(async (id) => (await inviteRow(app, id)).state))
  expect(states.filter((state) => state === 'accepted')).toHaveLength(joined)
  expect(states.filter((state) => state === 'revoked')).toHaveLength(made.length - joined)
  expect(Number(first?.body.revoked) + Number(second?.body.revoked)).toBe(made.length - joined)
})

test('a batch is sent again but for those the server refuses, and each of the others by its reason', async () => {
  await using smtp = await startSmtp({
    rejectRcpt: (address) =>
      address.startsWith('guest-1@') ? { code: 550, text: '5.1.1 No such mailbox' } : undefined,
  })
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin, orgId } = org
  const ids = await fill(org, 5)
  const [zero = 0, refused = 0, expired = 0, revoked = 0, last = 0] = ids
  await expire(app, expired)
  await call(app, 'POST', `/api/invites/${revoked}/revoke`, admin)
  const other = await makeOrg(app.ctx)
  const [foreign = 0] = await fill({ ...org, ...other }, 1, 'foreign')
  const before = await inviteRow(app, zero)
  const { status, body } = await call(app, 'POST', RESEND, admin, { ids: [last, ...ids, foreign, UNKNOWN] })
  expect([status, body]).toEqual([
    200,
    {
      sent: [last, zero],
      skipped: [
        { id: refused, reason: 'send_failed' },
        { id: expired, reason: 'expired' },
        { id: revoked, reason: 'revoked' },
      ],
    },
  ])
  expect(smtp.mails.flatMap(({ recipients }) => recipients).toSorted()).toEqual([
    'guest-0@example.test',
    'guest-4@example.test',
  ])
  const after = await inviteRow(app, zero)
  expect([after.mailState, after.tokenHash === before.tokenHash]).toEqual(['sent', false])
  expect(await inviteRow(app, refused)).toMatchObject({
    mailState: 'failed',
    mailError: expect.stringContaining('5.1.1'),
  })
  expect(await inviteRow(app, foreign)).toMatchObject({ tokenHash: `${other.orgId}-foreign-0`, mailState: 'sent' })
  const told = (await auditOf(app, orgId)).filter(({ action }) => /bulk_resent|invite\.resent/.test(action))
  expect(told).toEqual([
    {
      action: 'invite.bulk_resent',
      by: admin.email,
      detail: { requested: 7, resent: 3, invite_ids: [zero, refused, last] },
    },
  ])
})

test('mails of a batch go 8 at a time', async () => {
  const held: (() => void)[] = []
  let [under, most, arrived] = [0, 0, 0]
  await using smtp = await startSmtp({
    async pause() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held.push(resolve)
      arrived += 1
      most = Math.max(most, ++under)
      // Eight wait for each other, and a moment longer for a ninth, which must not come.
      if (held.length === 8 || arrived === 30) {
        await Bun.sleep(60)
        for (const release of held.splice(0)) release()
      }
      await promise
      under -= 1
    },
  })
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const { body } = await call(app, 'POST', RESEND, admin, { ids: await fill(org, 30) })
  expect(body).toMatchObject({ skipped: [] })
  expect([smtp.mails.length, most]).toEqual([30, 8])
}, 20_000)

test('a server that never answers costs 5 seconds for every 8 mails, and after 40 seconds the rest is not tried', async () => {
  const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  await using org = await openOrg({ env: relayOf({ host: '127.0.0.1', port: silent.port }) })
  const { app, admin } = org
  const startedAt = performance.now()
  const nine = await fill(org, 9)
  const { body } = await call(app, 'POST', RESEND, admin, { ids: nine })
  const tookMs = performance.now() - startedAt
  expect([tookMs > 9_000, tookMs < 13_000]).toEqual([true, true])
  expect(body).toEqual({ sent: [], skipped: nine.map((id) => ({ id, reason: 'send_failed' })) })
  const late = await fill(org, 9, 'late')
  const begunAt = performance.now()
  // A clock that leaps while the first 8 wait.
  const leap = () => (performance.now() - begunAt > 2_500 ? 41_000 : 0)
  const clock = { ...app.ctx.clock, now: () => addMs(app.ctx.clock.now(), leap()) }
  const result = await resendInvites({ ...app.ctx, clock }, scopeOf(admin), late)
  expect([result.sent, result.skipped.length, performance.now() - begunAt < 8_000]).toEqual([[], 9, true])
  const words = await Promise.all(late.map(async (id) => (await inviteRow(app, id)).mailError))
  const untried = 'The mail server took too long for the whole list. Send this one again.'
  expect([words[0] === untried, words[8]]).toEqual([false, untried])
  silent.stop(true)
}, 40_000)

test('without a relay nothing of a batch is touched: links that were passed on stay good', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const rows = await oneOfEach(org)
  const lines = (await auditOf(app, orgId)).length
  const { body } = await call(app, 'POST', RESEND, admin, { ids: [rows.open.id, rows.accepted.id, rows.foreign.id] })
  expect(body).toEqual({
    sent: [],
    skipped: [
      { id: rows.open.id, reason: 'send_failed' },
      { id: rows.accepted.id, reason: 'accepted' },
    ],
  })
  expect(await auditOf(app, orgId)).toHaveLength(lines)
  expect((await accept(app, newcomer(rows.open.token))).status).toBe(201)
})

test('the verbs refuse an empty batch and more than 200 by themselves', async () => {
  await using org = await openOrg()
  const scope = scopeOf(org.admin)
  const many = Array.from({ length: BATCH_MAX + 1 }, (_, at) => at + 1)
  for (const verb of [revokeInvites, resendInvites]) {
    expect(verb(org.app.ctx, scope, [])).rejects.toMatchObject({ code: 'nothing_selected' })
    expect(verb(org.app.ctx, scope, many)).rejects.toMatchObject({ code: 'too_many_selected' })
  }
})
