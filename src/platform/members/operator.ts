import { eq } from 'drizzle-orm'
import type { Role } from '#core/access/roles.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { findSeats, requireSeat } from '#core/license/seats.ts'
import { addMember } from '#core/tenancy/org.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { createUser, hashChosen, requireEmail, requireName } from '#core/tenancy/user.ts'
import { lockRow } from '#db/database.ts'

type NewMember = Readonly<{ email: string; name: string; password: string; orgSlug: string; role: Role }>

/**
 * The operator makes a person with a password, who is a member of an existing org from then on. Errors: `no_such_org` (not_found),
 * `email_taken`, `license_user_limit` (conflict), `license_missing`, `license_invalid`, `license_expired` (forbidden), `invalid_email`, `invalid_name` and `weak_password` (invalid).
 */
export async function createMemberByOperator(ctx: Context, input: NewMember): Promise<{ userId: number; role: Role }> {
  const email = requireEmail(input.email)
  const name = requireName(input.name)
  const [org] = await ctx.db.select({ id: orgs.id }).from(orgs).where(eq(orgs.slug, input.orgSlug))
  if (!org) throw new AppError('not_found', 'no_such_org', `There is no organization with the slug "${input.orgSlug}".`)
  const passwordHash = await hashChosen(ctx, input.password, email, 'password')
  const seats = await findSeats(ctx, org.id)
  const userId = await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, org.id)
    await requireSeat(tx, seats)
    const created = await createUser(ctx, tx, {
      email,
      name,
      passwordHash,
      mustResetPassword: false,
      isSuperadmin: false,
    })
    await addMember(ctx, tx, org.id, created, input.role)
    const by = { orgId: org.id, actor: { kind: 'operator' } } as const
    await record(ctx, tx, by, 'user.created', { user_id: created, email, is_superadmin: false })
    return created
  })
  return { userId, role: input.role }
}
