import type { Membership } from '#core/access/person.ts'
import { endedSessions } from '#core/access/tables.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Self } from '#core/scope.ts'

/**
 * Makes one of one's own orgs that of the next session, and ends the present one (`jti`). The caller signs the new session.
 * Errors: `invalid_org` (invalid) for what is no id; `not_a_member` (forbidden), alike for an org that does not exist.
 */
export async function switchOrg(
  ctx: Context,
  self: Self,
  memberships: readonly Membership[],
  to: Readonly<{ orgId: string; jti: string }>,
): Promise<Membership> {
  const wanted = requireOwnOrg(memberships, to.orgId)
  const ended = { jti: to.jti, userId: self.actor.userId, endedAt: ctx.clock.now() }
  await ctx.db.insert(endedSessions).values(ended).onConflictDoNothing()
  return wanted
}

/** One of one's own orgs, by its id as text. Errors as `switchOrg`. */
export function requireOwnOrg(memberships: readonly Membership[], text: string): Membership {
  if (!/^[1-9]\d*$/.test(text)) {
    throw new AppError('invalid', 'invalid_org', 'Choose an organization.', { field: 'org_id' })
  }
  const wanted = memberships.find((membership) => String(membership.orgId) === text)
  if (!wanted) throw new AppError('forbidden', 'not_a_member', 'You are not a member of that organization.')
  return wanted
}
