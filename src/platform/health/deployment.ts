import { and, desc, eq, isNull } from 'drizzle-orm'
import { build } from '#config/build.ts'
import { record } from '#core/audit/record.ts'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { vaultKeys } from '#core/vault/tables.ts'
import { lockRow } from '#db/database.ts'

type Build = Readonly<{ version: string; commit: string }>

/**
 * Writes down that another build was started than the one before, as one event of the install; of nodes that start it together one
 * does. Answers whether it did. For `honeyframe serve`.
 */
export async function recordDeployment(ctx: Context, { version, commit }: Build = build): Promise<boolean> {
  return await ctx.db.transaction(async (tx) => {
    // The one row that every install has.
    await lockRow(tx, vaultKeys, 1)
    const [last] = await tx
      .select({ detail: auditLog.detail })
      .from(auditLog)
      .where(and(isNull(auditLog.orgId), eq(auditLog.action, 'system.deployed')))
      .orderBy(desc(auditLog.at), desc(auditLog.id))
      .limit(1)
    if (last && last.detail.version === version && last.detail.commit === commit) return false
    const from = typeof last?.detail.version === 'string' ? last.detail.version : null
    await record(ctx, tx, { actor: { kind: 'operator' } }, 'system.deployed', { version, commit, from })
    return true
  })
}
