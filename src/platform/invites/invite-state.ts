import { and, eq, gt, lte, or, type SQL } from 'drizzle-orm'
import { AppError } from '#core/errors.ts'
import { invites } from './tables.ts'

export const INVITE_STATUSES = ['pending', 'accepted', 'revoked', 'expired'] as const
export type InviteStatus = (typeof INVITE_STATUSES)[number]

/** What an invitation is now: a `pending` row whose time is over reads as expired. */
export function statusOf(row: Readonly<{ state: InviteStatus; expiresAt: Date }>, now: Date): InviteStatus {
  return row.state === 'pending' && row.expiresAt <= now ? 'expired' : row.state
}

/** Only such a row can be accepted, revoked or sent again. */
export function isOpen(now: Date): SQL | undefined {
  return and(eq(invites.state, 'pending'), gt(invites.expiresAt, now))
}

/** Its time is over, and nobody has invited the same person again since. */
export function isLapsed(now: Date): SQL | undefined {
  return and(eq(invites.state, 'pending'), lte(invites.expiresAt, now))
}

export function hasStatus(status: InviteStatus, now: Date): SQL | undefined {
  if (status === 'pending') return isOpen(now)
  if (status === 'expired') return or(eq(invites.state, 'expired'), isLapsed(now))
  return eq(invites.state, status)
}

/** Why nothing more can be done with an invitation (conflict): `already_accepted`, `already_revoked` or `invite_expired`. */
export function closedError(status: InviteStatus): AppError {
  if (status === 'accepted') {
    return new AppError('conflict', 'already_accepted', 'This invitation has been accepted.')
  }
  if (status === 'revoked') return new AppError('conflict', 'already_revoked', 'This invitation has been revoked.')
  return new AppError('conflict', 'invite_expired', 'This invitation has expired. Invite the person again.')
}
