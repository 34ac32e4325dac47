import { expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import { and, eq, lte } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { addMs, MINUTE_MS } from '#lib/clock.ts'
import { webhookDeliveries } from '#platform/webhooks/tables.ts'
import { createWebhook } from '#platform/webhooks/webhook.ts'
import { eventually } from '#test/jobs/context.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { startListener } from '#test/support/listener.ts'
import { GROUP_MADE, happen, type Stage, scopeOf, startStage } from './arrange.ts'

const WAITING = 10_000
const AT_ONCE = 500
const BACKLOG = 1_000
const ROUNDS = 5
/** What one org may send at once. */
const ORG_MAX = 8

/** Deliveries of one event that are all due, as a dead endpoint leaves them behind. */
async function fillWaiting({ ctx, orgId }: Stage, webhookId: number, eventId: string, count = WAITING): Promise<void> {
  const createdAt = addMs(ctx.clock.now(), -MINUTE_MS)
  for (let from = 0; from < count; from += AT_ONCE) {
    const ids = Array.from({ length: AT_ONCE }, () => ctx.random.uuid())
    const made = { orgId, webhookId, eventId, eventType: 'group.created', state: 'waiting' as const, createdAt }
    await ctx.db.insert(webhookDeliveries).values(ids.map((id) => ({ ...made, id, origin: `replay:${id}` })))
    const job = { kind: 'webhook.deliver', orgId, state: 'waiting' as const, runAt: createdAt, createdAt }
    await ctx.db.insert(jobs).values(
      ids.map((id) => ({
        ...job,
        id: ctx.random.uuid(),
        payload: JSON.stringify({ plain: { deliveryId: id, number: 1 } }),
      })),
    )
  }
}

/** Deliveries whose time has come and that nobody sends yet. */
function isDue({ clock }: Stage['ctx']) {
  return and(eq(jobs.kind, 'webhook.deliver'), eq(jobs.state, 'waiting'), lte(jobs.runAt, clock.now()))
}

test(`${WAITING} deliveries that wait on one tenant’s dead endpoint delay another’s by less than 2 s`, async () => {
  const held: ServerResponse[] = []
  await using dead = await startListener({ answer: (_, response) => void held.push(response) })
  await using stage = await startStage({ worker: true })
  const { ctx } = stage
  const other = await makePerson(stage.app, (await makeOrg(ctx)).orgId)
  const url = `http://127.0.0.1:${dead.port}/`
  const webhook = await createWebhook(ctx, stage.scope, { url, events: ['group.deleted'] })
  const eventId = await happen(stage, ...GROUP_MADE)
  await fillWaiting(stage, webhook.id, eventId)
  // Only what comes after is measured: 10,000 rows may keep a busy machine for long.
  await eventually(() => dead.heard.length >= ORG_MAX, 30_000)
  await createWebhook(ctx, scopeOf(other), { url: stage.url, events: ['group.*'] })
  const measure = async () => {
    const at = performance.now()
    const sent = await happen({ ctx, scope: scopeOf(other) }, ...GROUP_MADE)
    await eventually(() => stage.receiver.heard.some(({ headers }) => headers['webhook-id'] === sent), 2_000)
    expect(performance.now() - at).toBeLessThan(2_000)
  }
  for (let round = 0; round < ROUNDS; round++) await measure()
  // Held all along: a dead endpoint has no more than what one org may have at once.
  expect(dead.heard).toHaveLength(ORG_MAX)
  for (let round = 1; round <= ROUNDS; round++) {
    // As its time-outs end, all of its places become free and are taken by those that wait.
    for (const response of held.splice(0)) response.writeHead(503).end()
    await measure()
    await eventually(() => dead.heard.length === (round + 1) * ORG_MAX)
  }
  expect(await ctx.db.$count(jobs, isDue(ctx))).toBe(WAITING - (ROUNDS + 1) * ORG_MAX)
}, 60_000)

test('a backlog that is taken as fast as it is sent lets another tenant’s delivery pass', async () => {
  await using busy = await startListener()
  await using stage = await startStage()
  const { ctx } = stage
  const other = await makePerson(stage.app, (await makeOrg(ctx)).orgId)
  const url = `http://127.0.0.1:${busy.port}/`
  const webhook = await createWebhook(ctx, stage.scope, { url, events: ['group.deleted'] })
  await createWebhook(ctx, scopeOf(other), { url: stage.url, events: ['group.*'] })
  await fillWaiting(stage, webhook.id, await happen(stage, ...GROUP_MADE), BACKLOG)
  await eventually(() => busy.heard.length >= ORG_MAX, 30_000)
  const before = busy.heard.length
  await happen({ ctx, scope: scopeOf(other) }, ...GROUP_MADE)
  await eventually(() => stage.receiver.heard.length === 1)
  expect(busy.heard.length - before).toBeLessThan(BACKLOG / 2)
})

test('a receiver never has more than an org may send at once, though what came of others is still being written', async () => {
  let open = 0
  let most = 0
  await using stage = await startStage({
    async answer(_, response) {
      most = Math.max(most, ++open)
      await Bun.sleep(5)
      open--
      response.end('ok')
    },
  })
  const webhook = await createWebhook(stage.ctx, stage.scope, { url: stage.url, events: ['group.deleted'] })
  await fillWaiting(stage, webhook.id, await happen(stage, ...GROUP_MADE), AT_ONCE)
  const isDelivered = eq(webhookDeliveries.state, 'delivered')
  await eventually(async () => (await stage.ctx.db.$count(webhookDeliveries, isDelivered)) === AT_ONCE, 30_000)
  expect([most, stage.receiver.heard.length]).toEqual([ORG_MAX, AT_ONCE])
})
