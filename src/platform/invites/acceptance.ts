import { aliasedTable, and, eq, isNull } from 'drizzle-orm'
import type { Person } from '#core/access/person.ts'
import type { Role } from '#core/access/roles.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { findSeats, requireSeat, type Seats } from '#core/license/seats.ts'
import { addMember, isMember } from '#core/tenancy/org.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import { createUser, hashChosen, requireName } from '#core/tenancy/user.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { sha256Hex } from '#lib/token.ts'
import type { Caller } from '#platform/sessions/sign-in.ts'
import { isOpen } from './invite-state.ts'
import { invites } from './tables.ts'

type Org = Readonly<{ id: number; slug: string; name: string }>

/** What a link is good for, told to whoever holds it. */
export type OpenInvite = Readonly<{
  id: number
  email: string
  role: Role
  org: Org
  expiresAt: Date
  /** The inviter's name; null when that account is gone. */
  inviter: string | null
  /** The account the e-mail has already. */
  account: Readonly<{ id: number; name: string; isActive: boolean }> | null
}>

/** `password` and `name` are for a person without an account. */
export type Acceptance = Readonly<{ token: string; password?: string | undefined; name?: string | undefined }>

/** Who holds the link, if he is signed in. */
export type Visitor = Pick<Person, 'userId' | 'mustResetPassword'>

export type Accepted = Readonly<{ userId: number; org: Org; role: Role; isNewAccount: boolean }>

const inviters = aliasedTable(users, 'inviters')

/** The open invitation of a token, for anyone; undefined when it is unknown, replaced, accepted, revoked or expired. */
export async function findOpenInvite(ctx: Context, token: string): Promise<OpenInvite | undefined> {
  const [row] = await ctx.db
    .select({
      id: invites.id,
      email: invites.email,
      role: invites.role,
      org: { id: orgs.id, slug: orgs.slug, name: orgs.name },
      expiresAt: invites.expiresAt,
      inviter: inviters.name,
      account: { id: users.id, name: users.name, isActive: users.isActive },
    })
    .from(invites)
    .innerJoin(orgs, eq(orgs.id, invites.orgId))
    .leftJoin(inviters, eq(inviters.id, invites.invitedBy))
    .leftJoin(users, eq(users.email, invites.email))
    .where(and(eq(invites.tokenHash, sha256Hex(token)), isOpen(ctx.clock.now())))
  return row
}

/** `invite_gone` (gone) where `findOpenInvite` finds nothing. */
export async function requireOpenInvite(ctx: Context, token: string): Promise<OpenInvite> {
  const invite = await findOpenInvite(ctx, token)
  if (!invite) throw inviteGone()
  return invite
}

/**
 * Joins the org with the invitation's role. A person with an account must be signed in as that account, whose password
 * stays as it is; any other gets one. It signs nobody in. Errors: `invite_gone` (gone); `sign_in_required`
 * (unauthenticated); `wrong_account`, `account_deactivated`, `password_reset_required` (forbidden); `already_member`
 * (conflict, and closes the invitation); `license_user_limit` (conflict), `license_missing`, `license_invalid`,
 * `license_expired` (forbidden) by the org's licence; `password_required`, `name_required`, `weak_password`, `invalid_name` (invalid).
 */
export async function acceptInvite(
  ctx: Context,
  caller: Caller,
  visitor: Visitor | undefined,
  input: Acceptance,
): Promise<Accepted> {
  const invite = await requireOpenInvite(ctx, input.token)
  const own = invite.account ? requireOwnAccount(invite.account, visitor) : undefined
  const seats = await findSeats(ctx, invite.org.id)
  const joiner = own ?? (await prepareAccount(ctx, invite.email, input))
  const tokenHash = sha256Hex(input.token)
  const joined = await ctx.db.transaction((tx) => join(ctx, tx, { invite, tokenHash, joiner, caller, seats }))
  if (joined === undefined)
    throw new AppError('conflict', 'already_member', 'You are a member of this organization already.')
  return { userId: joined, org: invite.org, role: invite.role, isNewAccount: joiner.userId === undefined }
}

type Joiner = Readonly<{ userId: number; name: string } | { userId?: undefined; name: string; passwordHash: string }>

function requireOwnAccount(account: NonNullable<OpenInvite['account']>, visitor: Visitor | undefined): Joiner {
  if (!account.isActive) {
    throw new AppError(
      'forbidden',
      'account_deactivated',
      'This account is deactivated and cannot join an organization.',
    )
  }
  if (!visitor) throw signInRequired()
  if (visitor.userId !== account.id) {
    throw new AppError(
      'forbidden',
      'wrong_account',
      'This invitation is for another account than the one you are signed in with.',
    )
  }
  if (visitor.mustResetPassword) {
    throw new AppError('forbidden', 'password_reset_required', 'Choose a new password before doing anything else.')
  }
  return { userId: account.id, name: account.name }
}

async function prepareAccount(ctx: Context, email: string, { password, name }: Acceptance): Promise<Joiner> {
  if (name === undefined) throw missing('name_required', 'name', 'Give a name for the new account.')
  if (password === undefined) throw missing('password_required', 'password', 'Choose a password for the new account.')
  const tidyName = requireName(name)
  return { name: tidyName, passwordHash: await hashChosen(ctx, password, email, 'password') }
}

type Joining = Readonly<{ invite: OpenInvite; tokenHash: string; joiner: Joiner; caller: Caller; seats: Seats }>

/** The new member's user id; undefined when he was one already, and then the invitation is closed without effect. */
async function join(ctx: Context, tx: Tx, joining: Joining): Promise<number | undefined> {
  const { invite, joiner, caller } = joining
  const { id: orgId } = invite.org
  const by = { orgId, requestId: caller.requestId, address: caller.address }
  const actor = (userId: number) => ({ kind: 'person', userId, email: invite.email, name: joiner.name }) as const
  await lockRow(tx, orgs, orgId)
  if (joiner.userId !== undefined && (await isMember(tx, orgId, invite.email))) {
    await claim(ctx, tx, joining, 'revoked')
    await record(ctx, tx, { ...by, actor: actor(joiner.userId) }, 'invite.revoked', {
      invite_id: invite.id,
      email: invite.email,
    })
    return undefined
  }
  await claim(ctx, tx, joining, 'accepted')
  await requireSeat(tx, joining.seats)
  const userId = joiner.userId ?? (await createAccount(ctx, tx, joining))
  await addMember(ctx, tx, orgId, userId, invite.role)
  await tx.update(invites).set({ acceptedBy: userId }).where(eq(invites.id, invite.id))
  await tx
    .update(users)
    .set({ defaultOrgId: orgId })
    .where(and(eq(users.id, userId), isNull(users.defaultOrgId)))
  const subject = { ...by, actor: actor(userId) }
  if (joiner.userId === undefined) {
    await record(ctx, tx, subject, 'user.created', { user_id: userId, email: invite.email, is_superadmin: false })
  }
  const detail = { invite_id: invite.id, user_id: userId, email: invite.email, role: invite.role }
  await record(ctx, tx, subject, 'invite.accepted', detail)
  return userId
}

/** Of any number at once, one gets past here. */
async function claim(
  ctx: Context,
  tx: Tx,
  { invite, tokenHash }: Joining,
  state: 'accepted' | 'revoked',
): Promise<void> {
  const now = ctx.clock.now()
  const claimed = await tx
    .update(invites)
    .set({ state, endedAt: now })
    .where(and(eq(invites.id, invite.id), eq(invites.tokenHash, tokenHash), isOpen(now)))
    .returning({ id: invites.id })
  if (claimed.length === 0) throw inviteGone()
}

async function createAccount(ctx: Context, tx: Tx, { invite, joiner }: Joining): Promise<number> {
  if (joiner.userId !== undefined) return joiner.userId
  const { name, passwordHash } = joiner
  const { email } = invite
  try {
    return await createUser(ctx, tx, { email, name, passwordHash, mustResetPassword: false, isSuperadmin: false })
  } catch (error) {
    // The account came to be since we looked, by another org's invitation: from now on it takes a sign-in.
    if (error instanceof AppError && error.code === 'email_taken') throw signInRequired()
    throw error
  }
}

function inviteGone(): AppError {
  return new AppError(
    'gone',
    'invite_gone',
    'This invitation no longer works. Ask the person who invited you for a new one.',
  )
}

function signInRequired(): AppError {
  return new AppError('unauthenticated', 'sign_in_required', 'This e-mail has an account. Sign in with it to accept.')
}

function missing(code: string, field: string, words: string): AppError {
  return new AppError('invalid', code, words, { field })
}
