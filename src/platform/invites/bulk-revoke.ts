import { and, eq, inArray } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { lockRow } from '#db/database.ts'
import { type ClosedStatus, requireBatch, statusesOf } from './batch.ts'
import { isOpen } from './invite-state.ts'
import { invites } from './tables.ts'

/** `requested` counts distinct ids, whatever they stand for; `skipped` counts the org's own. */
export type BulkRevocation = Readonly<{
  revoked: number
  requested: number
  skipped: Readonly<Record<ClosedStatus, number>>
}>

/**
 * Ends up to 200 open invitations in one statement. For `invite.edit`. Ids that are not the org's are left alone, like
 * unknown ones. Errors: `nothing_selected`, `too_many_selected` (invalid).
 */
export async function revokeInvites(ctx: Context, scope: Scope, ids: readonly number[]): Promise<BulkRevocation> {
  const wanted = requireBatch(ids)
  const now = ctx.clock.now()
  return await ctx.db.transaction(async (tx) => {
    // Whoever accepts locks the org first, too: two batches and an acceptance can wait for each other, never in a ring.
    await lockRow(tx, orgs, scope.orgId)
    const rows = await tx
      .update(invites)
      .set({ state: 'revoked', endedAt: now })
      .where(and(eq(invites.orgId, scope.orgId), inArray(invites.id, wanted), isOpen(now)))
      .returning({ id: invites.id })
    const revoked = new Set(rows.map(({ id }) => id))
    const skipped = { accepted: 0, revoked: 0, expired: 0 }
    const others = wanted.filter((id) => !revoked.has(id))
    for (const status of (await statusesOf(tx, scope, others, now)).values()) {
      if (status !== 'pending') skipped[status] += 1
    }
    if (revoked.size > 0) {
      const detail = { requested: wanted.length, revoked: revoked.size, invite_ids: [...revoked].sort((a, b) => a - b) }
      await record(ctx, tx, scope, 'invite.bulk_revoked', detail)
    }
    return { revoked: revoked.size, requested: wanted.length, skipped }
  })
}
