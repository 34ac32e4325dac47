import { eq } from 'drizzle-orm'
import { accountOf, forgiveAccount } from '#core/access/attempts.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import { findUserByEmail, hashChosen, setOwnPassword } from '#core/tenancy/user.ts'
import { contains } from '#db/text-search.ts'
import { normalizeEmail } from '#lib/email.ts'
import { voidResets } from '#platform/sessions/password.ts'
import { type Account, findAccount, listAccounts } from './account.ts'
import { recordForAccount } from './account-log.ts'
import { type IssuedPassword, issue, makeTemporaryPassword } from './temporary-password.ts'

const PAGE_ROWS = 200
const BY = { actor: { kind: 'operator' } } as const

/**
 * The operator's list: the accounts of an org, or of all of them, the newest first and a page at a time. `search` is part of a name
 * or an e-mail. Error: `no_such_org` (not_found).
 */
export async function* listAccountsByOperator(
  ctx: Context,
  wanted: Readonly<{ orgSlug?: string | undefined; search: string }>,
): AsyncGenerator<readonly Account[]> {
  const orgId = wanted.orgSlug === undefined ? undefined : await requireOrgId(ctx, wanted.orgSlug)
  const where = contains(wanted.search, users.name, users.email)
  let before: number | undefined
  do {
    const page = await listAccounts(ctx.db, { orgId, where, limit: PAGE_ROWS, before })
    if (page.length > 0) yield page
    before = page.length < PAGE_ROWS ? undefined : page.at(-1)?.id
  } while (before !== undefined)
}

/**
 * The operator gives an account a password of his choice, which may stay. Sessions and reset links die, access tokens stay. Errors:
 * `no_such_user` (not_found), `deactivated` (conflict), `weak_password` (invalid).
 */
export async function choosePasswordByOperator(ctx: Context, email: string, password: string): Promise<Account> {
  const account = await requireAccount(ctx, email)
  const passwordHash = await hashChosen(ctx, password, account.email, 'password')
  await ctx.db.transaction(async (tx) => {
    await voidResets(ctx, tx, account.id)
    await forgiveAccount(tx, accountOf(account.email))
    await setOwnPassword(tx, account.id, passwordHash)
    await recordForAccount(ctx, tx, BY, account, 'password.reset', { user_id: account.id })
  })
  return account
}

/** The operator gives an account a temporary password, shown here once, as an admin does; there is no limit to it. Errors as above. */
export async function resetPasswordByOperator(ctx: Context, email: string): Promise<IssuedPassword> {
  const account = await requireAccount(ctx, email)
  const temporary = await makeTemporaryPassword(ctx)
  await ctx.db.transaction((tx) => issue(ctx, tx, BY, account, { temporary, isMailed: false }))
  const { password, expiresAt } = temporary
  return { userId: account.id, email: account.email, expiresAt, password }
}

async function requireOrgId(ctx: Context, slug: string): Promise<number> {
  const [org] = await ctx.db.select({ id: orgs.id }).from(orgs).where(eq(orgs.slug, slug))
  if (!org) throw new AppError('not_found', 'no_such_org', `There is no organization with the slug "${slug}".`)
  return org.id
}

async function requireAccount(ctx: Context, email: string): Promise<Account> {
  const user = await findUserByEmail(ctx.db, normalizeEmail(email) ?? email)
  const account = user && (await findAccount(ctx.db, user.id))
  if (!account) throw new AppError('not_found', 'no_such_user', `There is no account with the e-mail "${email}".`)
  if (!account.isActive) {
    throw new AppError('conflict', 'deactivated', 'This account is deactivated: activate it on /users first.')
  }
  return account
}
