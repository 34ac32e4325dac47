import { and, desc, eq, inArray } from 'drizzle-orm'
import { ACTION_NAMES } from '#core/audit/actions.ts'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'

const EVENTS_MAX = 10
const LICENSE_ACTIONS = ACTION_NAMES.filter((action) => action.startsWith('license.'))

export type LicenseEvent = Pick<typeof auditLog.$inferSelect, 'action' | 'actorKind' | 'actorLabel' | 'detail' | 'at'>

/** The last ten things that happened to the org's licence, newest first. For `license.edit`. */
export async function listLicenseEvents(ctx: Context, { orgId }: Scope): Promise<LicenseEvent[]> {
  const { action, actorKind, actorLabel, detail, at } = auditLog
  return await ctx.db
    .select({ action, actorKind, actorLabel, detail, at })
    .from(auditLog)
    .where(and(eq(auditLog.orgId, orgId), inArray(action, LICENSE_ACTIONS)))
    .orderBy(desc(auditLog.orgId), desc(at), desc(auditLog.id))
    .limit(EVENTS_MAX)
}
