import { and, eq, inArray } from 'drizzle-orm'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Database, Tx } from '#db/database.ts'
import { type InviteStatus, statusOf } from './invite-state.ts'
import { invites } from './tables.ts'

/** How many invitations one request may name. */
export const BATCH_MAX = 200

export type ClosedStatus = Exclude<InviteStatus, 'pending'>

/** The distinct ids in the order of mention; `nothing_selected` and `too_many_selected` (invalid). */
export function requireBatch(ids: readonly number[]): number[] {
  const distinct = [...new Set(ids)]
  if (distinct.length === 0)
    throw new AppError('invalid', 'nothing_selected', 'Select at least one pending invitation.')
  if (distinct.length > BATCH_MAX) {
    throw new AppError('invalid', 'too_many_selected', `At most ${BATCH_MAX} invitations go at once.`)
  }
  return distinct
}

/** What the org's own among them are now; other ids are left out. */
export async function statusesOf(
  db: Database | Tx,
  scope: Scope,
  ids: readonly number[],
  now: Date,
): Promise<Map<number, InviteStatus>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: invites.id, state: invites.state, expiresAt: invites.expiresAt })
    .from(invites)
    .where(and(eq(invites.orgId, scope.orgId), inArray(invites.id, [...ids])))
  return new Map(rows.map((row) => [row.id, statusOf(row, now)]))
}
