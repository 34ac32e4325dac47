import { eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Self } from '#core/scope.ts'
import { users } from '#core/tenancy/tables.ts'
import { requireName } from '#core/tenancy/user.ts'

export type ProfileChange = Readonly<{ name?: string | undefined; defaultOrgId?: number | undefined }>

/**
 * Changes one's own name and default org; what is absent stays. `orgIds` are the orgs the person belongs to.
 * Errors: `invalid_name` (invalid), `not_a_member` (forbidden).
 */
export async function updateProfile(
  ctx: Context,
  self: Self,
  orgIds: readonly number[],
  change: ProfileChange,
): Promise<{ name: string }> {
  const name = change.name === undefined ? self.actor.name : requireName(change.name)
  if (change.defaultOrgId !== undefined && !orgIds.includes(change.defaultOrgId)) {
    throw new AppError('forbidden', 'not_a_member', 'You are not a member of that organization.', {
      field: 'default_org_id',
    })
  }
  await ctx.db.transaction(async (tx) => {
    const changed = { name, ...(change.defaultOrgId !== undefined && { defaultOrgId: change.defaultOrgId }) }
    await tx.update(users).set(changed).where(eq(users.id, self.actor.userId))
    await record(ctx, tx, self, 'user.updated', { user_id: self.actor.userId, fields: changedFields(change) })
  })
  return { name }
}

function changedFields(change: ProfileChange): string[] {
  return [
    ...(change.name === undefined ? [] : ['name']),
    ...(change.defaultOrgId === undefined ? [] : ['default_org_id']),
  ]
}
