import { and, eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { users } from '#core/tenancy/tables.ts'
import type { PlacedColumns } from '#db/word-search.ts'
import type { AuditFilter } from './filter.ts'
import type { Place } from './place.ts'

export type FactColumns = Readonly<Record<'action' | 'actorId', SQLWrapper>>

/** The stretch of the log that a filter is about: one org's rows or those of none, between two times, after a place. */
export function stretchOf(
  org: number | null,
  { after, before }: Pick<AuditFilter, 'after' | 'before'>,
  place: Place | undefined,
  on: PlacedColumns = auditLog,
): SQL | undefined {
  const time = (date: Date) => sql.param(date, auditLog.at)
  return and(
    org === null ? sql`${on.orgId} is null` : sql`${on.orgId} = ${org}`,
    after && sql`${on.at} >= ${time(after)}`,
    before && sql`${on.at} < ${time(before)}`,
    place && sql`(${on.at}, ${on.id}) < (${time(place.at)}, ${place.id})`,
  )
}

/** What else a filter asks of a row but its words; undefined when that is nothing. */
export function factsOf(ctx: Context, { action, actor }: AuditFilter): SQL | undefined {
  return and(
    action === undefined ? undefined : sql`${auditLog.action} = ${action}`,
    actor === undefined
      ? undefined
      : sql`${auditLog.actorId} = ${typeof actor === 'number' ? actor : userBy(ctx, actor)}`,
  )
}

/** Nobody's events for an e-mail that no account has. */
function userBy(ctx: Context, email: string): SQL<number> {
  return sql<number>`(${ctx.db.select({ id: users.id }).from(users).where(eq(users.email, email))})`
}
