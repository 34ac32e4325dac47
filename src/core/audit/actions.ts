import type { Role } from '#core/access/roles.ts'

/**
 * What can happen, and what is told about it. The names are public: the audit page shows them, and webhooks and
 * notifications subscribe to them. Details hold ids and names, never a secret.
 */
export type ActionDetails = {
  'org.created': { org_id: number; slug: string; name: string }
  'user.created': { user_id: number; email: string; is_superadmin: boolean }
  'user.signed_in': { user_id: number }
  'user.signed_out': { user_id: number }
  'user.signed_out_everywhere': { user_id: number; tokens: boolean }
  'user.updated': { user_id: number; fields: string[] }
  'password.changed': { user_id: number }
  'password.reset_requested': { user_id: number }
  'password.reset': { user_id: number }
  'token.created': { token_id: number; name: string; expires_at: string | null }
  'token.revoked': { token_id: number; name: string }
  'invite.created': { invite_id: number; email: string; role: Role }
  'invite.resent': { invite_id: number; email: string }
  'invite.revoked': { invite_id: number; email: string }
  'invite.bulk_resent': { requested: number; resent: number; invite_ids: number[] }
  'invite.bulk_revoked': { requested: number; revoked: number; invite_ids: number[] }
  'invite.accepted': { invite_id: number; user_id: number; email: string; role: Role }
  'invite.mail_failed': { invite_id: number; email: string; error: string }
  'member.role_changed': { user_id: number; from: Role; to: Role }
  'member.removed': { user_id: number; email: string }
}

export type Action = keyof ActionDetails

/** One sentence for each action, for the audit page and the list of event types. */
export const ACTIONS: Readonly<Record<Action, string>> = {
  'org.created': 'An organization was created.',
  'user.created': 'A user account was created.',
  'user.signed_in': 'A user signed in.',
  'user.signed_out': 'A user signed out.',
  'user.signed_out_everywhere': 'A user ended all of their sessions.',
  'user.updated': 'A user changed their profile.',
  'password.changed': 'A user changed their password.',
  'password.reset_requested': 'A password reset link was asked for.',
  'password.reset': 'A password was reset.',
  'token.created': 'A personal access token was created.',
  'token.revoked': 'A personal access token was revoked.',
  'invite.created': 'A person was invited to the organization.',
  'invite.resent': 'An invitation was sent again.',
  'invite.revoked': 'An invitation was revoked.',
  'invite.bulk_resent': 'Several invitations were sent again.',
  'invite.bulk_revoked': 'Several invitations were revoked.',
  'invite.accepted': 'An invitation was accepted.',
  'invite.mail_failed': 'The mail of an invitation could not be delivered.',
  'member.role_changed': "A member's role was changed.",
  'member.removed': 'A member was removed from the organization.',
}

export const ACTION_NAMES: readonly Action[] = Object.keys(ACTIONS).filter(isAction)

export function isAction(value: string): value is Action {
  return Object.hasOwn(ACTIONS, value)
}
