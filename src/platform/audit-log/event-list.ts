import { and } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { factsOf, stretchOf } from './condition.ts'
import { EVENT, NEWEST_FIRST } from './event.ts'
import { type EventPage, type PageRequest, pageOf } from './event-page.ts'
import type { AuditFilter } from './filter.ts'
import { searchEvents } from './search.ts'

/**
 * What happened in the org, newest first: at most `limit` events of a filter, those after `place` in that order; in at most
 * two statements, whose cost does not grow with the log. Only a page without `next` is the last one. For `audit.read`; with
 * `isInstall` for superadmins, which is for the doors to see to.
 */
export async function listEvents(
  ctx: Context,
  scope: Scope,
  filter: AuditFilter,
  { limit, place }: PageRequest,
): Promise<EventPage> {
  const org = filter.isInstall ? null : scope.orgId
  if (filter.words !== undefined)
    return await searchEvents(ctx, org, { ...filter, words: filter.words }, { limit, place })
  const events = await ctx.db
    .select(EVENT)
    .from(auditLog)
    .where(and(stretchOf(org, filter, place), factsOf(ctx, filter)))
    .orderBy(...NEWEST_FIRST)
    .limit(limit + 1)
  return pageOf(events, limit, undefined)
}
