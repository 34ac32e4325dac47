import { describe, expect, test } from 'bun:test'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { schedules } from '#jobs/tables.ts'
import { addMs, DAY_MS, dateOfMs, HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { judgeBackups } from '#platform/health/backup-probe.ts'
import { dbtProbe } from '#platform/health/dbt-probe.ts'
import { judgeRoom } from '#platform/health/disk-probe.ts'
import { HEARTBEAT } from '#platform/health/heartbeat.ts'
import { llmProbe } from '#platform/health/llm-probe.ts'
import { runProbe } from '#platform/health/probing.ts'
import { judgeBacklog } from '#platform/health/queue-probe.ts'
import { readHealth } from '#platform/health/report.ts'
import { judgeHeartbeat } from '#platform/health/scheduler-probe.ts'
import { smtpProbe } from '#platform/health/smtp-probe.ts'
import { judgeSealed } from '#platform/health/vault-probe.ts'
import { boardWith, openHealth, playedProbe, START } from './arrange.ts'

const NOW = dateOfMs(START)
const ago = (ms: number) => addMs(NOW, -ms)

describe('the disk', () => {
  const CASES = [
    [15, 'ok'],
    [14.99, 'warn'],
    [5, 'warn'],
    [4.99, 'error'],
    [0, 'error'],
  ] as const
  for (const [percent, status] of CASES) {
    test(`with ${percent} % free is ${status}`, () => {
      expect(judgeRoom({ freeBytes: percent * 1e9, totalBytes: 100e9 }).status).toBe(status)
    })
  }
})

describe('the scheduler', () => {
  const CASES = [
    [4 * MINUTE_MS, 'ok'],
    [5 * MINUTE_MS, 'warn'],
    [29 * MINUTE_MS, 'warn'],
    [30 * MINUTE_MS, 'error'],
  ] as const
  for (const [ageMs, status] of CASES) {
    test(`with a heartbeat ${ageMs / MINUTE_MS} min old is ${status}`, () => {
      expect(judgeHeartbeat({ lastAt: ago(ageMs), nextAt: NOW }, NOW).status).toBe(status)
      expect(judgeHeartbeat({ lastAt: null, nextAt: ago(ageMs) }, NOW).status).toBe(status)
    })
  }

  test('that never ran is a warning, and one that has just begun is not', () => {
    expect(judgeHeartbeat(undefined, NOW).status).toBe('warn')
    expect(judgeHeartbeat({ lastAt: null, nextAt: addMs(NOW, MINUTE_MS) }, NOW).status).toBe('ok')
  })

  test('is judged by the clock table that every node shares', async () => {
    await using health = await openHealth()
    const { ctx } = health
    const row = { name: HEARTBEAT, cron: '* * * * *', nextRunAt: NOW, lastRunAt: ago(7 * MINUTE_MS) }
    await ctx.db.insert(schedules).values(row)
    const { components } = await readHealth(ctx, health)
    const found = components.find(({ component }) => component === 'scheduler')
    expect(found).toMatchObject({ status: 'warn', message: 'The last heartbeat was 7 min ago.' })
  })
})

describe('the queue', () => {
  test('is judged by the job that has been due longest', () => {
    const backlog = { waiting: 3, running: 1, failed: 2 }
    const statusAt = (oldestDueMs: number) => judgeBacklog({ ...backlog, oldestDueMs }).status
    expect([0, 5 * MINUTE_MS - 1, 5 * MINUTE_MS, 30 * MINUTE_MS].map(statusAt)).toEqual(['ok', 'ok', 'warn', 'error'])
  })
})

describe('the vault', () => {
  test('is red for a single value that does not open', () => {
    const good = { column: 'a', readable: 5, unreadable: 0 }
    expect(judgeSealed([good]).status).toBe('ok')
    expect(judgeSealed([good, { column: 'b', readable: 9, unreadable: 1 }])).toMatchObject({
      ...{ status: 'error', message: '1 sealed value does not open.', meta: { sealed_values: 15, unreadable: 1 } },
    })
  })

  test('finds a sealed value of the database that was altered', async () => {
    await using health = await openHealth()
    const { ctx } = health
    const seal = () =>
      ctx.db.transaction((tx) => ctx.jobs.enqueue(tx, { kind: 'a.kind', payload: 'canary', isSecret: true }))
    await seal()
    const vaultOf = async () => {
      health.time.advance(HOUR_MS)
      const { components } = await readHealth(ctx, health)
      return components.find(({ component }) => component === 'vault')
    }
    expect((await vaultOf())?.status).toBe('ok')
    const { jobs } = await import('#jobs/tables.ts')
    await ctx.db.update(jobs).set({ payload: '{"sealed":"v1.1.AAAA.BBBB"}' })
    expect(await vaultOf()).toMatchObject({ status: 'error', meta: { unreadable: 1 } })
  })
})

describe('backups', () => {
  const org = { createdAt: ago(30 * DAY_MS), firstBackupAt: ago(20 * DAY_MS), provenAt: null }
  test('are amber after 48 hours without a proof', () => {
    expect(judgeBackups({ ...org, provenAt: ago(47 * HOUR_MS) }, NOW).status).toBe('ok')
    expect(judgeBackups({ ...org, provenAt: ago(49 * HOUR_MS) }, NOW).status).toBe('warn')
    expect(judgeBackups(org, NOW).status).toBe('warn')
  })

  test('are not missed in an org of yesterday, nor is the proof of a first one', () => {
    expect(judgeBackups({ ...org, createdAt: ago(DAY_MS), firstBackupAt: null }, NOW).status).toBe('ok')
    expect(judgeBackups({ ...org, firstBackupAt: ago(DAY_MS) }, NOW).status).toBe('ok')
    expect(judgeBackups({ ...org, firstBackupAt: null }, NOW).status).toBe('warn')
  })
})

describe('dbt', () => {
  const run = async (script: string) => {
    await using health = await openHealth()
    const path = join(health.ctx.config.dataDir, 'dbt')
    await Bun.write(path, `#!/bin/sh\n${script}\n`)
    await chmod(path, 0o700)
    return await dbtProbe.check({ ...health.ctx, config: { ...health.ctx.config, dbtBin: path } })
  }

  test('tells its version', async () => {
    const reading = await run('printf "Core:\\n  - installed: 1.9.1\\n"')
    expect(reading).toMatchObject({ status: 'ok', meta: { is_installed: true, version: '1.9.1' } })
  })

  test('that fails is a warning that repeats nothing of what it said', async () => {
    const reading = await run('echo "/home/me/secret"; exit 3')
    expect(reading.status).toBe('warn')
    expect(JSON.stringify(reading)).not.toContain('secret')
  })

  test('that is not there is all right', async () => {
    await using health = await openHealth({ env: { DBT_BIN: '/nowhere/dbt' } })
    expect(await dbtProbe.check(health.ctx)).toMatchObject({ status: 'ok', meta: { is_installed: false } })
  })
})

describe('the org’s own probes', () => {
  const facts = { orgId: 1, createdAt: NOW, provenAt: null, firstBackupAt: null, isAlerting: false, hasOwnRelay: false }

  test('say by presence alone which providers and which relay there are', async () => {
    const env = { OPENAI_API_KEY: 'sk-canary-1234567890', SMTP_HOST: 'relay.canary.test', SMTP_PASSWORD: 'pw-canary' }
    await using health = await openHealth({ env })
    const readings = [llmProbe, smtpProbe].map((probe) => probe.judge(health.ctx, facts))
    expect(readings.map(({ status }) => status)).toEqual(['ok', 'ok'])
    expect(readings[0]?.meta).toEqual({ openai: true, anthropic: false, ollama: false })
    expect(JSON.stringify(readings)).not.toContain('canary')
  })

  test('are a warning where there is neither, and the org’s relay is enough', async () => {
    await using health = await openHealth()
    expect([llmProbe, smtpProbe].map((probe) => probe.judge(health.ctx, facts).status)).toEqual(['warn', 'warn'])
    expect(smtpProbe.judge(health.ctx, { ...facts, hasOwnRelay: true }).status).toBe('ok')
  })
})

describe('a probe', () => {
  test('that throws, at once or later, or hangs says so itself, and takes no other with it', async () => {
    await using health = await openHealth()
    const { ctx, app } = health
    const { probe } = playedProbe()
    const now = () => {
      throw new Error('/var/lib/secret at once')
    }
    const board = boardWith(ctx, [
      probe,
      { ...probe, component: 'disk', check: now },
      { ...probe, component: 'vault', check: () => Promise.reject(new Error('postgres://u:p@h/later')) },
      { ...probe, component: 'queue', timeoutMs: 30, check: () => new Promise(() => {}) },
    ])
    const { status, components } = await readHealth(ctx, health, { board })
    expect(status).toBe('error')
    expect(components.map(({ component, status }) => `${component} ${status}`)).toEqual([
      ...['db ok', 'queue error', 'disk error', 'vault error'],
    ])
    expect(components.find(({ component }) => component === 'queue')?.message).toBe('No answer within 0.03 s.')
    expect(JSON.stringify(components)).not.toMatch(/secret|postgres/)
    expect(app.lines.filter((line) => line.includes('a probe of the health failed'))).toHaveLength(2)
  })

  test('tells how long it took', async () => {
    await using health = await openHealth()
    const { latencyMs } = await runProbe(health.ctx, {
      ...playedProbe().probe,
      check: async () => {
        await Bun.sleep(30)
        return { status: 'ok', message: '', meta: {} }
      },
    })
    expect(latencyMs).toBeGreaterThanOrEqual(25)
  })

  test('is asked once by a hundred who look at the same time, and again when its answer is old or was asked for anew', async () => {
    await using health = await openHealth()
    const { ctx, time } = health
    let asked = 0
    const { probe } = playedProbe()
    const check = async () => {
      asked += 1
      return { status: 'ok' as const, message: '', meta: {} }
    }
    const board = boardWith(ctx, [{ ...probe, freshMs: 5_000, check }])
    await Promise.all(Array.from({ length: 100 }, () => readHealth(ctx, health, { board })))
    expect(asked).toBe(1)
    time.advance(4_999)
    await readHealth(ctx, health, { board })
    expect(asked).toBe(1)
    await readHealth(ctx, health, { board, isForced: true })
    await readHealth(ctx, health, { board, isForced: true })
    expect(asked).toBe(2)
    time.advance(5_000)
    await readHealth(ctx, health, { board })
    expect(asked).toBe(3)
  })
})
