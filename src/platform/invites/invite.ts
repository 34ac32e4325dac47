import { and, count, desc, eq, lt, sql } from 'drizzle-orm'
import { requireMayGive } from '#core/access/giving.ts'
import { permissionsOf, type Role, requireRole } from '#core/access/roles.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { findSeats, requireSeat, type Seats } from '#core/license/seats.ts'
import type { Scope } from '#core/scope.ts'
import { isMember } from '#core/tenancy/org.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import { requireEmail } from '#core/tenancy/user.ts'
import { type Database, lockRow, type Tx } from '#db/database.ts'
import { acceptUrl, newLink } from './invite-link.ts'
import { enqueueInviteMail } from './invite-mail.ts'
import { closedError, hasStatus, type InviteStatus, isLapsed, isOpen, statusOf } from './invite-state.ts'
import { invites } from './tables.ts'

export type Invite = Readonly<{
  id: number
  email: string
  role: Role
  status: InviteStatus
  /** The inviter's name; null when that account is gone. */
  invitedBy: string | null
  createdAt: Date
  expiresAt: Date
  /** When it was accepted or revoked, or gave way to a new invitation after it had expired. */
  endedAt: Date | null
  mailState: (typeof invites.$inferSelect)['mailState']
  /** The words of the mail server; beside `queued` those of the last try, with another to come. */
  mailError: string | null
}>

/** `acceptUrl` is there only when no mail can be sent, and only this once. */
export type IssuedInvite = Readonly<{ invite: Invite; acceptUrl: string | undefined }>

const SHOWN = {
  id: invites.id,
  email: invites.email,
  role: invites.role,
  state: invites.state,
  invitedBy: users.name,
  createdAt: invites.createdAt,
  expiresAt: invites.expiresAt,
  endedAt: invites.endedAt,
  mailState: invites.mailState,
  mailError: invites.mailError,
}

/**
 * Invites a person to the org by e-mail, for 7 days; the mail goes through the queue. For `invite.edit`. Errors:
 * `invalid_email`, `invalid_role` (invalid); `permission_denied` (forbidden) beyond one's own rights; `already_member`, `already_invited` (conflict; an expired invitation does not block); `license_user_limit`
 * (conflict) when members and open invitations fill the licence's seats.
 */
export async function createInvite(
  ctx: Context,
  scope: Scope,
  input: Readonly<{ email: string; role: string }>,
): Promise<IssuedInvite> {
  const email = requireEmail(input.email)
  const role = requireRole(input.role)
  requireMayGive(scope, permissionsOf(role))
  const { token, tokenHash, issuedAt, expiresAt } = newLink(ctx)
  const { orgId } = scope
  const seats = await findSeats(ctx, orgId)
  const isMailed = await ctx.mail.isConfigured(orgId)
  const mailState = isMailed ? ('queued' as const) : ('link' as const)
  const values = {
    orgId,
    email,
    role,
    tokenHash,
    invitedBy: inviterId(scope),
    createdAt: issuedAt,
    expiresAt,
    mailState,
  }
  const id = await ctx.db.transaction(async (tx) => {
    // Nobody accepts an invitation of a locked org, so the person cannot become a member between this look and the commit.
    await lockRow(tx, orgs, orgId)
    if (await isMember(tx, orgId, email)) throw alreadyMember()
    const inviteId = (await insertOpen(tx, values)) ?? (await replaceLapsed(tx, values, issuedAt))
    if (inviteId === undefined) throw alreadyInvited()
    await requireSeatForInvite(tx, seats, issuedAt)
    await record(ctx, tx, scope, 'invite.created', { invite_id: inviteId, email, role })
    if (isMailed) await enqueueInviteMail(ctx, tx, { orgId, inviteId, token })
    return inviteId
  })
  const shown = { id, email, role, createdAt: issuedAt, expiresAt, mailState, endedAt: null, mailError: null }
  return {
    invite: { ...shown, status: 'pending', invitedBy: inviterName(scope) },
    acceptUrl: isMailed ? undefined : acceptUrl(ctx, token),
  }
}

/** The org's invitations, newest first: at most `limit`, with ids below `before`. For `member.read`. */
export async function listInvites(
  ctx: Context,
  scope: Scope,
  page: Readonly<{ status?: InviteStatus | undefined; limit: number; before?: number | undefined }>,
): Promise<Invite[]> {
  const now = ctx.clock.now()
  const isWanted = page.status === undefined ? undefined : hasStatus(page.status, now)
  const isLater = page.before === undefined ? undefined : lt(invites.id, page.before)
  const rows = await ctx.db
    .select(SHOWN)
    .from(invites)
    .leftJoin(users, eq(users.id, invites.invitedBy))
    .where(and(eq(invites.orgId, scope.orgId), isWanted, isLater))
    .orderBy(desc(invites.id))
    .limit(page.limit)
  return rows.map((row) => inviteOf(row, now))
}

/**
 * Ends an open invitation: its link is gone at once. For `invite.edit`. Errors: `not_found`; `already_accepted`,
 * `already_revoked`, `invite_expired` (conflict).
 */
export async function revokeInvite(ctx: Context, scope: Scope, id: number): Promise<Invite> {
  const now = ctx.clock.now()
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .update(invites)
      .set({ state: 'revoked', endedAt: now })
      .where(and(eq(invites.id, id), eq(invites.orgId, scope.orgId), isOpen(now)))
      .returning({ email: invites.email })
    if (!row) throw closedError((await requireInvite(tx, scope, id, now)).status)
    await record(ctx, tx, scope, 'invite.revoked', { invite_id: id, email: row.email })
  })
  return await requireInvite(ctx.db, scope, id, now)
}

/** One invitation of the org as it stands; `not_found` for any other id. */
export async function requireInvite(db: Database | Tx, scope: Scope, id: number, now: Date): Promise<Invite> {
  const [row] = await db
    .select(SHOWN)
    .from(invites)
    .leftJoin(users, eq(users.id, invites.invitedBy))
    .where(and(eq(invites.id, id), eq(invites.orgId, scope.orgId)))
  if (!row) throw new AppError('not_found', 'not_found', 'There is no such invitation.')
  return inviteOf(row, now)
}

/** Called with the new invitation in place: it is not counted against itself. */
async function requireSeatForInvite(tx: Tx, seats: Seats, now: Date): Promise<void> {
  if (seats.limit === null) return
  const [row] = await tx
    .select({ open: count() })
    .from(invites)
    .where(and(eq(invites.orgId, seats.orgId), isOpen(now)))
  await requireSeat(tx, seats, (row?.open ?? 1) - 1)
}

type NewRow = Omit<typeof invites.$inferInsert, 'state'> & { orgId: number; email: string }

async function insertOpen(tx: Tx, values: NewRow): Promise<number | undefined> {
  const [row] = await tx
    .insert(invites)
    .values({ ...values, state: 'pending' })
    .onConflictDoNothing()
    .returning({ id: invites.id })
  return row?.id
}

/** Closes the expired invitation that still holds the place of an open one, and takes it; undefined when there is none. */
async function replaceLapsed(tx: Tx, values: NewRow, now: Date): Promise<number | undefined> {
  const closed = await tx
    .update(invites)
    .set({ state: 'expired', endedAt: sql`${invites.expiresAt}` })
    .where(and(eq(invites.orgId, values.orgId), eq(invites.email, values.email), isLapsed(now)))
    .returning({ id: invites.id })
  return closed.length > 0 ? await insertOpen(tx, values) : undefined
}

type Row = Omit<Invite, 'status'> & { state: InviteStatus }

function inviteOf({ state, ...row }: Row, now: Date): Invite {
  return { ...row, status: statusOf({ state, expiresAt: row.expiresAt }, now) }
}

function inviterId({ actor }: Scope): number | null {
  return actor.kind === 'person' ? actor.userId : null
}

function inviterName({ actor }: Scope): string | null {
  return actor.kind === 'person' ? actor.name : null
}

function alreadyMember(): AppError {
  return new AppError('conflict', 'already_member', 'This person is a member already.', { field: 'email' })
}

function alreadyInvited(): AppError {
  const words = 'This e-mail has an open invitation. Send it again, or revoke it first.'
  return new AppError('conflict', 'already_invited', words, { field: 'email' })
}
