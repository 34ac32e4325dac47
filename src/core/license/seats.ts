import { and, count, eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { requireLicensed } from '#core/license/gate.ts'
import { findLicensedOrg } from '#core/license/licensed-org.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import type { Database, Tx } from '#db/database.ts'

/** How many people the licence of an org allows; `limit` null is no limit. */
export type Seats = Readonly<{ orgId: number; limit: number | null }>

/**
 * The seats of an org, looked up before the transaction in which `requireSeat` counts them. Errors: `license_missing`,
 * `license_invalid`, `license_expired` (forbidden) where the org's licence closes what writes.
 */
export async function findSeats(ctx: Context, orgId: number): Promise<Seats> {
  const { licenseEnforcement } = ctx.config
  const org = licenseEnforcement === 'off' ? undefined : await findLicensedOrg(ctx.db, orgId)
  if (!org) return { orgId, limit: null }
  const resolved = await ctx.license.resolve(org)
  requireLicensed(resolved, licenseEnforcement)
  return { orgId, limit: resolved.usersLimit }
}

/**
 * Refuses one more person where the licence's number is reached. Call it with the org's row locked, before the person is
 * added; `openInvites` counts promises made to others. Error: `license_user_limit` (conflict). Whoever is in already stays.
 */
export async function requireSeat(tx: Tx, { orgId, limit }: Seats, openInvites = 0): Promise<void> {
  if (limit === null || (await countActiveMembers(tx, orgId)) + openInvites < limit) return
  const people = limit === 1 ? 'one person' : `${limit} people`
  const words = `The licence of this organization is for ${people}, and all places are taken.`
  throw new AppError('conflict', 'license_user_limit', words, { users_limit: limit })
}

/** How many members of an org can sign in: each takes a seat. */
export async function countActiveMembers(db: Database | Tx, orgId: number): Promise<number> {
  const [row] = await db
    .select({ members: count() })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, orgId), eq(users.isActive, true)))
  return row?.members ?? 0
}
