import { join } from 'node:path'
import { runToEnd } from '#scripts/bench/child.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Engine, type Install, makeInstall, type Served } from '#scripts/bench/install.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'

const SHARE_MIN = 0.3
/** As many orgs as fill the lane: each may have 8 deliveries under way. */
const ORGS = 12
const AT_ONCE = 96
const WAIT_MS = 120_000
const BODY = JSON.stringify({
  id: 'x'.repeat(36),
  type: 'group.created',
  created_at: 'x'.repeat(24),
  org_id: 1,
  data: {},
})

/** Deliveries a second to a receiver on this machine, as a share of a bare loop that commits one row and sends one request. */
export async function measureWebhooks(stage: Stage): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const engine of ENGINES) findings.push(...(await measureEngine(stage, engine)))
  return findings
}

async function measureEngine(stage: Stage, engine: Engine): Promise<Finding[]> {
  const deliveries = stage.isQuick ? 2_400 : 12_000
  const receiver = startReceiver()
  try {
    const install = await makeInstall(stage, engine)
    await using served = await install.serve({ EGRESS_ALLOW: '127.0.0.1/32', LOG_LEVEL: 'warn' })
    const hooks = await makeHooks(served, receiver.url)
    let round = 0
    const taken = await alternate(stage.rounds, {
      ours: () => drain(install, hooks, { deliveries, receiver, round: ++round }),
      bare: () => runBare(stage, install, receiver.url, deliveries),
    })
    const of = `webhooks ${engine}`
    return [
      {
        what: `${of}, of a bare loop`,
        value: ratioOf(taken.ours, taken.bare),
        unit: 'times',
        target: { atLeast: SHARE_MIN },
      },
      { what: `${of}, deliveries`, value: spreadOf(taken.ours), unit: 'a second' },
      { what: `${of}, bare loop`, value: spreadOf(taken.bare), unit: 'a second' },
    ]
  } finally {
    await receiver.stop()
  }
}

type Receiver = ReturnType<typeof startReceiver>
type Hook = Readonly<{ orgId: number; webhookId: number }>

function startReceiver() {
  const counts = { seen: 0 }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      await request.text()
      counts.seen++
      return new Response('ok')
    },
  })
  return { url: `http://127.0.0.1:${server.port}/`, counts, stop: () => server.stop(true) }
}

/** A webhook in each of some orgs, made by the API. Nothing that happens on the way is sent: none of it is subscribed to. */
async function makeHooks(served: Served, url: string): Promise<Hook[]> {
  const authorization = `Bearer ${await served.signIn()}`
  const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<number> => {
    const init = { method: 'POST', body: JSON.stringify(body) }
    const type = { authorization, 'content-type': 'application/json', ...headers }
    const response = await fetch(served.origin + path, { ...init, headers: type })
    if (response.status !== 201) throw new Error(`${path}: ${await response.text()}`)
    return (await response.json()).id
  }
  const hooks: Hook[] = []
  for (let place = 1; place <= ORGS; place++) {
    const orgId = await post('/api/orgs', { slug: `bench-${place}`, name: `Bench ${place}` })
    const webhookId = await post('/api/webhooks', { url, events: ['health.changed'] }, { 'x-org-id': String(orgId) })
    hooks.push({ orgId, webhookId })
  }
  return hooks
}

/** Makes events, deliveries and their jobs, due at once, and counts how fast they come. */
async function drain(
  { sql, engine }: Install,
  hooks: readonly Hook[],
  { deliveries, receiver, round }: Readonly<{ deliveries: number; receiver: Receiver; round: number }>,
): Promise<number> {
  const now = engine === 'sqlite' ? String(Date.now()) : 'now()'
  const detail = `'{"group_id":1,"name":"Bench"}'`
  const each = Math.ceil(deliveries / hooks.length)
  const series =
    engine === 'sqlite'
      ? `with recursive n(n) as (select 1 union all select n + 1 from n where n < ${each})`
      : `with n(n) as (select generate_series(1, ${each}))`
  for (const { orgId, webhookId } of hooks) {
    const key = `'${round}-${orgId}-' || n`
    const event = `insert into audit_log (event_id, org_id, action, actor_kind, actor_label, detail, at, search_text)
      ${series} select ${key}, ${orgId}, 'group.created', 'operator', 'operator', ${detail}, ${now}, '' from n`
    const delivery = `insert into webhook_deliveries (id, org_id, webhook_id, event_id, event_type, origin, state, created_at)
      ${series} select ${key}, ${orgId}, ${webhookId}, ${key}, 'group.created', 'event', 'waiting', ${now} from n`
    const payload = `'{"plain":{"deliveryId":"' || ${key} || '","number":1}}'`
    const job = `insert into jobs (id, kind, org_id, payload, state, run_at, created_at)
      ${series} select ${key}, 'webhook.deliver', ${orgId}, ${payload}, 'failed', ${now}, ${now} from n`
    await sql(event, delivery, job)
  }
  receiver.counts.seen = 0
  await sql(`update jobs set state = 'waiting', run_at = ${now} where kind = 'webhook.deliver'`)
  const end = performance.now() + WAIT_MS
  while (receiver.counts.seen === 0 && performance.now() < end) await Bun.sleep(1)
  const startedAt = performance.now()
  while (receiver.counts.seen < each * hooks.length) {
    if (performance.now() > end) throw new Error(`only ${receiver.counts.seen} deliveries came`)
    await Bun.sleep(2)
  }
  return (each * hooks.length * 1000) / (performance.now() - startedAt)
}

async function runBare(stage: Stage, { databaseUrl, engine }: Install, target: string, count: number): Promise<number> {
  const own = engine === 'sqlite' ? `sqlite:${join(stage.folder, 'bare.db')}` : databaseUrl
  const script = join(import.meta.dir, '../peers/deliveries.ts')
  const argv = [process.execPath, script, own, target, String(count), String(AT_ONCE), BODY]
  const { perSecond }: { perSecond: number } = JSON.parse(await runToEnd(argv, {}))
  return perSecond
}
