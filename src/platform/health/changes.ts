import { and, desc, eq, gte, inArray, isNull } from 'drizzle-orm'
import { ACTION_NAMES, type Action } from '#core/audit/actions.ts'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { dateOfMs } from '#lib/clock.ts'

/** Marks on a band at most: nearer to each other they are one. */
export const MARKERS_MAX = 50
const CHANGES_READ_MAX = 500

const INSTALL_ACTIONS: readonly Action[] = ['system.deployed', 'system.migrated']
const ORG_PREFIXES = ['license.', 'backup.', 'smtp.', 'webhook.']
/** Looking, trying and sending again changes nothing. */
const NO_CHANGES: readonly Action[] = [
  ...(['license.refused', 'smtp.tested', 'backup.downloaded', 'backup.proven'] as const),
  ...(['webhook.replayed', 'webhook.redelivered'] as const),
]
const ORG_ACTIONS = ACTION_NAMES.filter(
  (action) => ORG_PREFIXES.some((prefix) => action.startsWith(prefix)) && !NO_CHANGES.includes(action),
)

/** What was changed, by the audit log. */
export type Change = Readonly<{ action: string; detail: Record<string, unknown>; at: Date }>

/** Changes that lie so near to each other that they are one mark. */
export type Marker = Readonly<{ fromMs: number; toMs: number; changes: readonly Change[] }>

/** Starts of other versions, and migrations, since a time; the newest ones. One statement. */
export async function listInstallChanges(ctx: Pick<Context, 'db'>, sinceMs: number): Promise<Change[]> {
  return await listChanges(ctx, null, INSTALL_ACTIONS, sinceMs)
}

/** What was changed in an org that its health may follow: licence, backups, mail server, webhooks. One statement. */
export async function listOrgChanges(ctx: Pick<Context, 'db'>, orgId: number, sinceMs: number): Promise<Change[]> {
  return await listChanges(ctx, orgId, ORG_ACTIONS, sinceMs)
}

async function listChanges(
  { db }: Pick<Context, 'db'>,
  org: number | null,
  actions: readonly Action[],
  sinceMs: number,
): Promise<Change[]> {
  const { orgId, action, detail, at } = auditLog
  const isOwned = org === null ? isNull(orgId) : eq(orgId, org)
  return await db
    .select({ action, detail, at })
    .from(auditLog)
    .where(and(isOwned, inArray(action, [...actions]), gte(at, dateOfMs(sinceMs))))
    .orderBy(desc(at))
    .limit(CHANGES_READ_MAX)
}

/** Groups changes, in any order, into at most `MARKERS_MAX` marks of a time, oldest first. */
export function groupChanges(
  changes: readonly Change[],
  { fromMs, toMs }: Readonly<{ fromMs: number; toMs: number }>,
): Marker[] {
  const widthMs = (toMs - fromMs) / MARKERS_MAX
  const places = new Map<number, Change[]>()
  for (const change of changes) {
    const ms = change.at.getTime()
    if (ms < fromMs || ms >= toMs) continue
    const place = Math.floor((ms - fromMs) / widthMs)
    places.set(place, [...(places.get(place) ?? []), change])
  }
  return [...places.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, near]) => markerOf(near.sort((a, b) => a.at.getTime() - b.at.getTime())))
}

function markerOf(changes: readonly Change[]): Marker {
  const times = changes.map(({ at }) => at.getTime())
  return { fromMs: Math.min(...times), toMs: Math.max(...times), changes }
}
