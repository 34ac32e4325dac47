import { sql } from 'drizzle-orm'
import type { Scope } from '#core/scope.ts'
import { usageDays, usageLevels } from '#core/usage/tables.ts'
import { monthName, recordUsage, type UsageEvent } from '#core/usage/usage.ts'
import { dateOfMs } from '#lib/clock.ts'
import type { LevelKind } from '#platform/usage/levels.ts'
import { makeOrg, makePerson, startTestApp } from '#test/support/app.ts'

/** Noon of a Sunday. */
export const NOON = Date.UTC(2026, 2, 15, 12)

/** An org with an admin, at a time that tests move. */
export async function openUsage(ms = NOON) {
  const time = { ms }
  const clock = { now: () => dateOfMs(time.ms), sleep: () => Promise.resolve() }
  const app = await startTestApp({ overrides: { clock } })
  const { orgId, slug } = await makeOrg(app.ctx)
  const admin = await makePerson(app, orgId)
  const scopeIn = (id: number): Scope => ({ orgId: id, actor: { kind: 'operator' }, permissions: new Set() })
  return {
    ...{ app, orgId, slug, admin, time, scope: scopeIn(orgId), scopeIn },
    /** As a room built later does. */
    use: (event: UsageEvent, id = orgId) =>
      app.ctx.db.transaction((tx) => recordUsage(app.ctx, tx, scopeIn(id), event)),
    /** The count of a day and in its month, past the verb. */
    count: async (day: string, events: number, more: Partial<typeof usageDays.$inferInsert> = {}) => {
      const row = { ...({ orgId, kind: 'llm.call', source: 'chat', outcome: 'ok', events } as const), ...more }
      const { orgId: org, kind, source, outcome } = usageDays
      await app.ctx.db
        .insert(usageDays)
        .values([day, monthName(day)].map((each) => ({ ...row, day: each })))
        .onConflictDoUpdate({
          target: [org, usageDays.day, kind, source, outcome],
          set: { events: sql`${usageDays.events} + ${events}` },
        })
    },
    level: (day: string, kind: LevelKind, value: number, id = orgId) =>
      app.ctx.db.insert(usageLevels).values({ orgId: id, day, kind, value }),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

export type Usage = Awaited<ReturnType<typeof openUsage>>

/** What a series holds, from its first to its last value. */
export function values({ series }: Readonly<{ series: readonly Readonly<{ value: number | null }>[] }>) {
  return series.map(({ value }) => value)
}
