import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { type Heard, startListener } from '#test/support/listener.ts'
import { header, isGithubSigned, isStandardSigned } from '#test/webhooks/verifiers.ts'
import { call, signIn, until, untilAskedThroughNginx } from './node-requests.ts'
import { type Installation, startTwoNodes } from './nodes.ts'

setDefaultTimeout(60_000)

const CALLS_AT_ONCE = 8
/** What one node sends of one org at once. */
const SENT_AT_ONCE = 8
const CHANGES = 6 * SENT_AT_ONCE

type Receiver = Awaited<ReturnType<typeof startListener>>

let made: Installation
let receiver: Receiver
let admin = ''
let secret = ''
let named = 0
/** What runs before the receiver answers. */
let beforeAnswer: () => unknown = () => undefined
/** The worker that sends for the node which is not killed first. */
let secondSender = ''

beforeAll(async () => {
  receiver = await startListener({
    async answer(_, response) {
      await beforeAnswer()
      response.end('ok')
    },
  })
  made = await startTwoNodes({ env: { EGRESS_ALLOW: '127.0.0.1/32' } })
  admin = await signIn(made)
  const url = `http://127.0.0.1:${receiver.port}/`
  const { body } = await call(made, 'POST', '/api/webhooks', admin, { url })
  secret = body.secret
})
afterAll(async () => {
  await made?.[Symbol.asyncDispose]()
  await receiver?.[Symbol.asyncDispose]()
})

/**
 * Causes events through nginx, as several clients that do not repeat what got lost: answers how many changes were told to be
 * made. `onFirst` is called when the first one was.
 */
async function cause(count: number, onFirst: () => void = () => {}): Promise<number> {
  const names = Array.from({ length: count }, () => `Team ${++named}`)
  let done = 0
  const work = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const answer = await call(made, 'POST', '/api/groups', admin, { name }).catch(() => ({ status: 0 }))
      expect([0, 201, 502]).toContain(answer.status)
      if (answer.status === 201 && ++done === 1) onFirst()
    }
  }
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work))
  return done
}

/** The receiver answers nobody until `open`. */
function closeGate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  const gate = { held: 0, open: resolve }
  beforeAnswer = async () => {
    gate.held++
    await promise
  }
  return gate
}

async function senders(): Promise<string[]> {
  const rows = await made.sql`
    select distinct locked_by from jobs where kind = 'webhook.deliver' and state = 'running' order by locked_by`
  return rows.map((row) => String(row.locked_by))
}

/** Waits until nothing waits, and only what `lost` sends for has not ended; then lets a minute pass for it. */
async function passLeaseOf(lost: string): Promise<void> {
  await until(async () => {
    const [row] =
      await made.sql`select count(*)::int as jobs from jobs where kind in ('event.dispatch', 'webhook.deliver')
      and (state = 'waiting' or (kind = 'webhook.deliver' and state = 'running' and locked_by <> ${lost}))`
    return row?.jobs === 0
  }, 'an end of what the other node does')
  // Making deliveries of an event is one transaction: whoever has a part in it, a second run adds nothing.
  await made.sql`update jobs set locked_until = now()
    where state = 'running' and (locked_by = ${lost} or kind = 'event.dispatch')`
}

async function untilAllSent(): Promise<void> {
  await until(async () => {
    const [row] = await made.sql`select count(*)::int as jobs from jobs
      where kind in ('event.dispatch', 'webhook.deliver') and state in ('waiting', 'running')`
    return row?.jobs === 0
  }, 'an end of all deliveries')
}

/** The ids of all events since the webhook was made, as `GET /api/events` tells them once it tells what the audit log holds. */
async function committed(): Promise<string[]> {
  const rows = await made.sql`select event_id, action from audit_log where org_id = 1 order by at, id`
  const audit = rows.map((row) => String(row.event_id))
  let told: string[] = []
  await until(async () => {
    told = await feed()
    return told.length >= audit.length
  }, 'an end of the feed')
  expect(told).toEqual(audit)
  return audit.slice(rows.findIndex(({ action }) => action === 'webhook.created'))
}

async function feed(): Promise<string[]> {
  const ids: string[] = []
  for (let after: string | null = ''; after !== null; ) {
    const { body } = await call(made, 'GET', `/api/events?limit=200${after && `&after=${after}`}`, admin)
    ids.push(...body.items.map(({ id }: { id: string }) => id))
    after = body.next_cursor
  }
  return ids
}

function idOf(heard: Heard): string {
  return header(heard, 'webhook-id')
}

/** The ids that came more than once since the `from`th request. Each came twice, and with one body. */
function doublesSince(from: number): string[] {
  const byId = Map.groupBy(receiver.heard.slice(from), idOf)
  const doubles = [...byId].filter(([, heard]) => heard.length > 1)
  for (const [id, heard] of doubles) {
    const bodies = heard.map(({ body }) => body.toString())
    expect([id, bodies.length, bodies[0]]).toEqual([id, 2, bodies[1] ?? ''])
  }
  return doubles.map(([id]) => id)
}

async function expectAllArrived(): Promise<void> {
  expect(new Set(receiver.heard.map(idOf))).toEqual(new Set(await committed()))
}

test('while both nodes live they share the deliveries, and every event arrives once', async () => {
  const gate = closeGate()
  const causing = cause(CHANGES)
  await until(() => gate.held === 2 * SENT_AT_ONCE, 'deliveries of both nodes')
  expect(await senders()).toHaveLength(2)
  gate.open()
  expect(await causing).toBe(CHANGES)
  await untilAllSent()
  await expectAllArrived()
  expect(doublesSince(0)).toEqual([])
})

test('what a killed node was sending comes again with its id and its body, and no event is lost', async () => {
  const from = receiver.heard.length
  const gate = closeGate()
  await cause(2 * SENT_AT_ONCE)
  await until(() => gate.held === 2 * SENT_AT_ONCE, 'deliveries of both nodes')
  const both = await senders()
  const underWay = receiver.heard.slice(from).map(idOf)
  const first = Promise.withResolvers<void>()
  const causing = cause(CHANGES, first.resolve)
  await first.promise
  await made.nodes[0]?.kill()
  gate.open()
  await causing
  const left = async () => {
    const [row] =
      await made.sql`select count(*)::int as jobs from jobs where kind = 'webhook.deliver' and state <> 'done'`
    return row?.jobs
  }
  await until(async () => (await left()) === SENT_AT_ONCE, 'all but the deliveries of the lost node')
  const [lost = ''] = await senders()
  secondSender = both.find((sender) => sender !== lost) ?? ''
  await passLeaseOf(lost)
  await untilAllSent()
  await expectAllArrived()
  const doubles = doublesSince(from)
  expect(doubles).toHaveLength(SENT_AT_ONCE)
  expect(underWay).toEqual(expect.arrayContaining(doubles))
})

test('the other node, killed in the middle of the flow once the first is back, loses nothing either', async () => {
  await made.nodes[0]?.start()
  for (const node of made.nodes) await untilAskedThroughNginx(made, node)
  const from = receiver.heard.length
  let killing: Promise<void> | undefined
  // It has their requests, and never learns of the answers.
  beforeAnswer = () => {
    if (receiver.heard.length - from < CHANGES / 2) return undefined
    killing ??= made.nodes[1]?.kill()
    return killing
  }
  await cause(CHANGES)
  await until(() => killing !== undefined, 'the kill')
  await killing
  await passLeaseOf(secondSender)
  await untilAllSent()
  await expectAllArrived()
  expect(doublesSince(from).length).toBeLessThanOrEqual(SENT_AT_ONCE)
})

test('every request bears the signatures that both libraries take', async () => {
  expect(receiver.heard.length).toBeGreaterThan(2 * CHANGES)
  for (const heard of receiver.heard) {
    const isSigned = [await isGithubSigned(heard, secret), isStandardSigned(heard, secret)]
    expect([idOf(heard), ...isSigned]).toEqual([JSON.parse(heard.body.toString()).id, true, true])
  }
})
