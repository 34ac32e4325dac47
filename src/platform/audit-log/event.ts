import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { users } from '#core/tenancy/tables.ts'
import { newestWithWords, type WordColumns } from '#db/word-search.ts'
import type { AuditFilter } from './filter.ts'
import type { Place } from './place.ts'

/** How many of the newest rows are read one by one before the index of words is asked: a frequent word is among them. */
const WALKED_ROWS_MAX = 1_000

export type AuditEvent = Readonly<{
  /** Orders events of one millisecond; `eventId` is what clients see. */
  id: number
  eventId: string
  /** One of `ACTIONS`, unless a newer version wrote it. */
  action: string
  actorKind: 'person' | 'job' | 'operator' | 'nobody'
  /** Of a person. */
  actorId: number | null
  /** A person's e-mail, a job's id, or the kind again. */
  actorLabel: string
  detail: Record<string, unknown>
  requestId: string | null
  address: string | null
  at: Date
}>

type Page = Readonly<{ limit: number; place?: Place | undefined }>

const EVENT = {
  id: auditLog.id,
  eventId: auditLog.eventId,
  action: auditLog.action,
  actorKind: auditLog.actorKind,
  actorId: auditLog.actorId,
  actorLabel: auditLog.actorLabel,
  detail: auditLog.detail,
  requestId: auditLog.requestId,
  address: auditLog.address,
  at: auditLog.at,
}

const { orgId, action, actorId, at, id, searchText } = auditLog
const WORD_TABLE = { table: auditLog, orgId, action, actorId, at, id, searchText }

/** With the org in front the order is that of the indexes for rows without one, too. */
const NEWEST_FIRST = [desc(auditLog.orgId), desc(auditLog.at), desc(auditLog.id)]

/**
 * What happened in the org, newest first: at most `limit` events of a filter, those after `place` in that order; in at most
 * two statements. For `audit.read`; with `isInstall` for superadmins, which is for the doors to see to.
 */
export async function listEvents(
  ctx: Context,
  scope: Scope,
  filter: AuditFilter,
  page: Page,
): Promise<readonly AuditEvent[]> {
  const org = filter.isInstall ? null : scope.orgId
  const conditionOn = (columns: WordColumns) => conditionOf(ctx, org, filter, page.place, columns)
  const where = conditionOn(auditLog)
  const { words } = filter
  if (words === undefined) return await newest(ctx, where, page.limit)
  if (words.length === 0) return []
  const walked = await walk(ctx, where, words, page.limit)
  if (walked.length === page.limit) return walked
  const found = newestWithWords(ctx.db.engine, WORD_TABLE, {
    ...{
      org,
      words,
      where: conditionOn,
      limit: page.limit,
      now: ctx.clock.now(),
      from: filter.after,
      action: filter.action,
    },
    actorId: typeof filter.actor === 'number' ? filter.actor : undefined,
    below: page.place ?? (filter.before && { at: filter.before }),
  })
  return await newest(ctx, inArray(auditLog.id, found), page.limit)
}

async function newest(ctx: Context, where: SQL | undefined, limit: number): Promise<AuditEvent[]> {
  return await ctx.db
    .select(EVENT)
    .from(auditLog)
    .where(where)
    .orderBy(...NEWEST_FIRST)
    .limit(limit)
}

/** The matches among the newest rows of a filter. A whole page of them is the page. */
async function walk(
  ctx: Context,
  where: SQL | undefined,
  words: readonly string[],
  limit: number,
): Promise<AuditEvent[]> {
  const rows = ctx.db
    .select({ ...EVENT, orgId: auditLog.orgId, searchText: auditLog.searchText })
    .from(auditLog)
    .where(where)
    .orderBy(...NEWEST_FIRST)
    .limit(WALKED_ROWS_MAX)
    .as('newest')
  const { id, eventId, action, actorKind, actorId, actorLabel, detail, requestId, address, at } = rows
  return await ctx.db
    .select({ id, eventId, action, actorKind, actorId, actorLabel, detail, requestId, address, at })
    .from(rows)
    .where(and(...words.map((word) => sql`${rows.searchText} like ${`% ${word}%`}`)))
    .orderBy(desc(at), desc(id))
    .limit(limit)
}

function conditionOf(
  ctx: Context,
  org: number | null,
  { action, actor, after, before }: AuditFilter,
  place: Place | undefined,
  on: WordColumns,
): SQL | undefined {
  const time = (date: Date) => sql.param(date, auditLog.at)
  return and(
    org === null ? sql`${on.orgId} is null` : sql`${on.orgId} = ${org}`,
    action === undefined ? undefined : sql`${on.action} = ${action}`,
    actor === undefined ? undefined : sql`${on.actorId} = ${typeof actor === 'number' ? actor : userBy(ctx, actor)}`,
    after && sql`${on.at} >= ${time(after)}`,
    before && sql`${on.at} < ${time(before)}`,
    place && sql`(${on.at}, ${on.id}) < (${time(place.at)}, ${place.id})`,
  )
}

/** Nobody's events for an e-mail that no account has. */
function userBy(ctx: Context, email: string): SQL<number> {
  return sql<number>`(${ctx.db.select({ id: users.id }).from(users).where(eq(users.email, email))})`
}
