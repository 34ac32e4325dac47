import { describe, expect, test } from 'bun:test'
import { asc, eq, isNull } from 'drizzle-orm'
import { smtpSettings } from '#core/mail/tables.ts'
import { HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { sampleOrgs } from '#platform/health/org-sampling.ts'
import { sampleInstall } from '#platform/health/sampling.ts'
import { healthSamples, healthStates } from '#platform/health/tables.ts'
import { makeOrg } from '#test/support/app.ts'
import { boardWith, type Health, openHealth, playedProbe, START } from './arrange.ts'

const never = new AbortController().signal

async function samplesOf({ ctx }: Health, orgId: number | null) {
  const { component, at, status, message } = healthSamples
  const rows = await ctx.db
    .select({ component, at, status, message })
    .from(healthSamples)
    .where(orgId === null ? isNull(healthSamples.orgId) : eq(healthSamples.orgId, orgId))
    .orderBy(asc(at), asc(healthSamples.id))
  return rows.map((row) => `${row.component} ${(row.at.getTime() - START) / MINUTE_MS} ${row.status}`)
}

function giveRelay({ ctx }: Health, orgId: number) {
  const relay = { host: 'mail.example.test', port: 587, tls: 'starttls', username: 'u', passwordSealed: 'x' } as const
  return ctx.db.insert(smtpSettings).values({ orgId, ...relay, from: 'a@example.test', updatedAt: ctx.clock.now() })
}

describe('of the install', () => {
  test('a sample is written at a flip and every five minutes, whatever happens in between', async () => {
    await using health = await openHealth()
    const { ctx, time } = health
    const played = playedProbe()
    const board = boardWith(ctx, [played.probe])
    for (let minute = 0; minute < 13; minute++) {
      played.say(minute === 7 || minute === 8 ? 'error' : 'ok', `minute ${minute}`)
      await sampleInstall(ctx, board)
      time.advance(MINUTE_MS)
    }
    expect(await samplesOf(health, null)).toEqual(['db 0 ok', 'db 5 ok', 'db 7 error', 'db 9 ok'])
    const [state] = await ctx.db.select().from(healthStates).where(eq(healthStates.key, '0:db'))
    expect(state).toMatchObject({ status: 'ok', orgId: null, badInARow: 0 })
    expect(state?.since.getTime()).toBe(START + 9 * MINUTE_MS)
    expect(state?.checkedAt.getTime()).toBe(START + 12 * MINUTE_MS)
  })

  test('a job that runs twice in a minute writes no second sample', async () => {
    await using health = await openHealth()
    const { ctx, time } = health
    const board = boardWith(ctx, [playedProbe('error').probe])
    await sampleInstall(ctx, board)
    time.advance(2_000)
    await sampleInstall(ctx, board)
    expect(await samplesOf(health, null)).toEqual(['db 0 error'])
  })
})

describe('of an org', () => {
  test('a sample is written when it is first seen and at each flip, and nothing else is ever written', async () => {
    await using health = await openHealth()
    const { ctx, app, time, orgId } = health
    await sampleOrgs(ctx, never)
    const first = ['smtp 0 warn', 'llm 0 warn', 'backup 0 ok']
    expect((await samplesOf(health, orgId)).toSorted()).toEqual(first.toSorted())
    time.advance(MINUTE_MS)
    app.statements.length = 0
    await sampleOrgs(ctx, never)
    expect(app.statements.filter((sql) => !/^select/i.test(sql))).toEqual([])
    await giveRelay(health, orgId)
    time.advance(MINUTE_MS)
    await sampleOrgs(ctx, never)
    expect((await samplesOf(health, orgId)).slice(3)).toEqual(['smtp 2 ok'])
    time.advance(48 * HOUR_MS)
    await sampleOrgs(ctx, never)
    expect((await samplesOf(health, orgId)).slice(4)).toEqual([`backup ${2 + 48 * 60} warn`])
  })

  test('its change is its own: another org has no row of it', async () => {
    await using health = await openHealth()
    const { ctx, time, orgId } = health
    const other = await makeOrg(ctx)
    await sampleOrgs(ctx, never)
    await giveRelay(health, orgId)
    time.advance(MINUTE_MS)
    await sampleOrgs(ctx, never)
    expect(await samplesOf(health, orgId)).toHaveLength(4)
    expect(await samplesOf(health, other.orgId)).toHaveLength(3)
  })

  test('a thousand of them are read with a few statements, and none is written when nothing changed', async () => {
    await using health = await openHealth()
    const { ctx, app } = health
    const { orgs } = await import('#core/tenancy/tables.ts')
    const many = Array.from({ length: 1_000 }, (_, place) => ({
      ...{ slug: `many-${place}`, name: 'Many', createdAt: ctx.clock.now() },
    }))
    await ctx.db.insert(orgs).values(many)
    await sampleOrgs(ctx, never)
    expect(await ctx.db.$count(healthSamples)).toBe(3 * 1_001)
    app.statements.length = 0
    await sampleOrgs(ctx, never)
    expect(app.statements).toHaveLength(7)
  })
})
