import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { build } from '#config/build.ts'
import type { Context } from '#core/context.ts'
import { connectionCounts, databaseBytes } from '#db/condition.ts'
import { licenseMetrics } from '#http/license-gauges.ts'
import { readBacklog } from '#jobs/backlog.ts'
import { SECOND_MS } from '#lib/clock.ts'
import type { Metric, Sample } from '#lib/exposition.ts'

const DATABASE_WAIT_MS = 3 * SECOND_MS
const LOOP_RESOLUTION_MS = 20

/** What can be read at the moment it is asked for. A database that does not answer shows as 0 in `honeyframe_database_up`. */
export async function readGauges(ctx: Context, lag: LoopLag): Promise<Metric[]> {
  const own = [...processMetrics(ctx), ...lag.metrics()]
  const [database, licenses] = await Promise.all([databaseMetrics(ctx), licenseMetrics(ctx)])
  return [...own, ...database, ...licenses]
}

export type LoopLag = ReturnType<typeof createLoopLag>

/** How late the event loop runs. It is watched from the first question on, so a program nobody asks does not pay for it. */
export function createLoopLag() {
  let delay: ReturnType<typeof monitorEventLoopDelay> | undefined
  return {
    metrics(): Metric[] {
      if (!delay) {
        delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
        delay.enable()
        return []
      }
      const seconds = { mean: delay.mean / 1e9, max: delay.max / 1e9 }
      delay.reset()
      if (!Number.isFinite(seconds.mean)) return []
      return [
        gauge('event_loop_lag_mean_seconds', 'Mean delay of the event loop since the last scrape.', seconds.mean),
        gauge('event_loop_lag_max_seconds', 'Longest delay of the event loop since the last scrape.', seconds.max),
      ]
    },
  }
}

function processMetrics({ clock }: Context): Metric[] {
  const { rss, heapUsed } = process.memoryUsage()
  const cpu = process.cpuUsage()
  const uptime = process.uptime()
  const startedAt = clock.now().getTime() / 1000 - uptime
  const labels = { version: build.version, commit: build.commit }
  return [
    { ...gauge('build_info', 'Always 1; which build this is.', 1), samples: [{ labels, value: 1 }] },
    gauge('uptime_seconds', 'Since this process began.', uptime),
    own('process_start_time_seconds', 'gauge', 'When this process began, since the Unix epoch.', startedAt),
    own('process_cpu_seconds_total', 'counter', 'CPU time, user and system.', (cpu.user + cpu.system) / 1e6),
    own('process_resident_memory_bytes', 'gauge', 'Memory that is resident.', rss),
    own('process_open_fds', 'gauge', 'Open file descriptors.', openFiles()),
    gauge('heap_used_bytes', 'Memory that JavaScript objects take.', heapUsed),
  ]
}

async function databaseMetrics(ctx: Context): Promise<Metric[]> {
  const { db } = ctx
  const up = (value: number): Metric => ({
    ...gauge('database_up', '1 while the database answers.', value),
    samples: [{ labels: { engine: db.engine }, value }],
  })
  const waited = new AbortController()
  const late = ctx.clock.sleep(DATABASE_WAIT_MS, waited.signal).then(() => undefined)
  const state = await Promise.race([readDatabase(ctx).catch(() => undefined), late])
  waited.abort()
  if (!state) return [up(0)]
  const { backlog, bytes, connections } = state
  const counts: Sample[] = (['waiting', 'running', 'failed'] as const).map((name) => ({
    labels: { state: name },
    value: backlog[name],
  }))
  const oldest = backlog.oldestDueMs / 1000
  return [
    up(1),
    gauge('database_size_bytes', 'What the database takes on disk.', bytes),
    ...(connections
      ? [
          gauge('database_connections', 'Connections to the database, of every node and tool.', connections.open),
          gauge('database_lock_waits', 'Connections that wait for a lock.', connections.waiting),
        ]
      : []),
    { ...gauge('jobs', 'Jobs by state, over all nodes.', 0), samples: counts },
    gauge('jobs_oldest_due_seconds', 'How long the job that has been due longest has waited.', oldest),
  ]
}

async function readDatabase(ctx: Context) {
  const [backlog, bytes, connections] = await Promise.all([
    readBacklog(ctx),
    databaseBytes(ctx.db),
    connectionCounts(ctx.db),
  ])
  return { backlog, bytes, connections }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name: `honeyframe_${name}`, kind: 'gauge', help, samples: [{ value }] }
}

/** A name that every program's dashboards know. */
function own(name: string, kind: 'gauge' | 'counter', help: string, value: number | undefined): Metric {
  return { name, kind, help, samples: value === undefined ? [] : [{ value }] }
}

/** Linux only. */
function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
