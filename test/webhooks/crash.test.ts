import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { inArray } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { addMs } from '#lib/clock.ts'
import { webhooksJobs } from '#platform/webhooks/jobs.ts'
import { webhookAttempts, webhookDeliveries } from '#platform/webhooks/tables.ts'
import { eventually } from '#test/jobs/context.ts'
import { deliveriesOf, GROUP_MADE, happen, makeWebhook, OPEN_LOOPBACK, type Stage, startStage } from './arrange.ts'

/** Another node of the same install, with a worker only. */
function startNode({ app }: Stage, concurrency = 8) {
  const { config, database } = app
  const env = {
    ...{ PATH: process.env.PATH ?? '', DATABASE_URL: database.url, DATA_DIR: config.dataDir },
    ...{ ...OPEN_LOOPBACK, PUBLIC_URL: config.publicUrl },
  }
  const argv = [process.execPath, join(import.meta.dir, 'children/work.ts'), String(concurrency)]
  return Bun.spawn(argv, { env, stdout: 'ignore', stderr: 'inherit' })
}

/** As if the dead node's leases had run out, and the time of what waits had come. */
async function passTime({ ctx }: Stage): Promise<void> {
  const now = ctx.clock.now()
  await ctx.db
    .update(jobs)
    .set({ runAt: now, lockedUntil: addMs(now, -1) })
    .where(inArray(jobs.state, ['waiting', 'running']))
}

test('a node killed between the commit and the send loses nothing', async () => {
  await using stage = await startStage({ worker: false })
  const webhook = await makeWebhook(stage, { events: ['group.*'] })
  const eventId = await happen(stage, ...GROUP_MADE)
  expect(stage.receiver.heard).toHaveLength(0)
  await using _worker = startWorker(stage.ctx, webhooksJobs, { pollMs: 20 })
  await eventually(() => stage.receiver.heard.length === 1)
  expect(stage.receiver.heard[0]?.headers['webhook-id']).toBe(eventId)
  expect(webhook.is_active).toBe(true)
})

for (const [what, sends] of [
  ['while its request is under way', 2],
  ['before it has looked for work', 1],
] as const) {
  test(`a node killed ${what}: the event comes ${sends === 1 ? 'once' : 'again with its id'}`, async () => {
    let node: ReturnType<typeof startNode> | undefined
    await using stage = await startStage({
      worker: false,
      answer: (_, response) => {
        // The receiver has it, and the sender never learns of it.
        if (node) node.kill('SIGKILL')
        else response.end('ok')
      },
    })
    const { id } = await makeWebhook(stage, { events: ['group.*'] })
    if (sends === 2) {
      await happen(stage, ...GROUP_MADE)
      node = startNode(stage)
    } else {
      node = startNode(stage)
      node.kill('SIGKILL')
      await happen(stage, ...GROUP_MADE)
    }
    await node.exited
    node = undefined
    expect((await deliveriesOf(stage, id)).every(({ attempts }) => attempts.length === 0)).toBe(true)
    await passTime(stage)
    await using _worker = startWorker(stage.ctx, webhooksJobs, { pollMs: 20 })
    await eventually(async () => (await deliveriesOf(stage, id))[0]?.status === 'delivered')
    const { heard } = stage.receiver
    expect(heard).toHaveLength(sends)
    expect(new Set(heard.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(heard.map(({ body }) => body.toString())).size).toBe(1)
    expect(await stage.ctx.db.$count(webhookAttempts)).toBe(1)
    await eventually(async () => (await stage.ctx.db.$count(jobs)) === 0)
  }, 60_000)
}

test('two live nodes share the deliveries, and no attempt is sent twice', async () => {
  await using stage = await startStage({ worker: false })
  const { ctx } = stage
  const { id } = await makeWebhook(stage, { events: ['group.*'] })
  const nodes = [startNode(stage, 16), startNode(stage, 16)]
  try {
    const ids: string[] = []
    for (let n = 1; n <= 150; n++) ids.push(await happen(stage, 'group.created', { group_id: n, name: `Team ${n}` }))
    await eventually(async () => (await ctx.db.$count(webhookAttempts)) === ids.length, 30_000)
    await eventually(async () => (await ctx.db.$count(jobs)) === 0)
    const sent = stage.receiver.heard.map(({ headers }) => String(headers['webhook-id']))
    expect(sent.toSorted()).toEqual(ids.toSorted())
    expect(await ctx.db.$count(webhookDeliveries)).toBe(ids.length)
    expect((await deliveriesOf(stage, id, '?limit=200')).every(({ attempts }) => attempts.length === 1)).toBe(true)
    // Each node keeps connections of its own: both have worked.
    expect(stage.receiver.counts.connections).toBeGreaterThan(1)
  } finally {
    for (const node of nodes) node.kill('SIGKILL')
    await Promise.all(nodes.map((node) => node.exited))
  }
}, 90_000)
