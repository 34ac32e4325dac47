import type { Role } from '#core/access/roles.ts'

/** Names what was installed; the document itself is never told. */
type LicenseDetail = { license_id: string; customer: string; tier: string; expires: string; sha256: string }

/**
 * What can happen, and what is told about it. The names are public: the audit page shows them, and webhooks and
 * notifications subscribe to them. Details hold ids and names, never a secret.
 */
export type ActionDetails = {
  'org.created': { org_id: number; slug: string; name: string }
  'org.updated': { fields: string[] }
  'org.logo_changed': { media_type: string; bytes: number }
  'org.logo_removed': Record<string, never>
  'user.created': { user_id: number; email: string; is_superadmin: boolean }
  'user.signed_in': { user_id: number }
  'user.signed_out': { user_id: number }
  'user.signed_out_everywhere': { user_id: number; tokens: boolean }
  'user.updated': { user_id: number; fields: string[] }
  'user.deactivated': { user_id: number; email: string }
  'user.reactivated': { user_id: number; email: string }
  'password.changed': { user_id: number }
  'password.reset_requested': { user_id: number }
  'password.reset': { user_id: number }
  'password.reset_by_admin': { user_id: number; email: string; is_mailed: boolean }
  'password.mail_failed': { user_id: number; email: string; error: string }
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
  'group.created': { group_id: number; name: string }
  'group.renamed': { group_id: number; from: string; to: string }
  'group.deleted': { group_id: number; name: string }
  'group.member_added': { group_id: number; name: string; user_id: number; email: string }
  'group.member_removed': { group_id: number; name: string; user_id: number; email: string }
  'group.permission_granted': { group_id: number; name: string; permission: string; target: string | null }
  'group.permission_revoked': { group_id: number; name: string; permission: string; target: string | null }
  'license.installed': LicenseDetail & { origin: 'upload' | 'file' }
  'license.removed': Partial<LicenseDetail> & { status: string }
  'license.file_lost': Partial<LicenseDetail> & { status: string }
  'license.refused': { reason: string; sha256: string }
  'audit.trimmed': { before: string; deleted: number }
  'smtp.updated': { host: string; port: number; tls: string; from: string; is_password_changed: boolean }
  'smtp.removed': { host: string }
  'smtp.tested': { to: string; is_taken: boolean; detail: string }
  'webhook.created': { webhook_id: number; url: string; events: string[] }
  'webhook.updated': { webhook_id: number; url: string; fields: string[] }
  'webhook.deleted': { webhook_id: number; url: string }
  'webhook.secret_rotated': { webhook_id: number; url: string; old_secret_ends_at: string | null }
  'webhook.disabled': { webhook_id: number; url: string; reason: string }
  'webhook.replayed': { webhook_id: number; url: string; since: string; events: number }
  'webhook.redelivered': { webhook_id: number; url: string; event_id: string; event_type: string }
  'health.alerts_changed': { is_alerting: boolean }
  'health.changed': { component: string; from: string; to: string; message: string }
  'system.deployed': { version: string; commit: string; from: string | null }
  'system.migrated': { migrations: string[] }
  'backup.created': { backup_id: number; name: string; kind: string; rows: number; bytes: number }
  'backup.failed': { backup_id: number; name: string; error: string }
  'backup.deleted': { backup_id: number; name: string }
  'backup.downloaded': { backup_id: number | null; name: string }
  'backup.restored': { backup_id: number | null; name: string; safety_backup_id: number | null; rows: number }
  'backup.restore_failed': { backup_id: number | null; name: string; error: string }
  'backup.proven': { backup_id: number; name: string; tables: number; differences: number }
  'backup.proof_failed': { backup_id: number; name: string; error: string }
  'backup.settings_changed': { fields: string[] }
  'backup.upload_failed': { backup_id: number; name: string; error: string }
}

export type Action = keyof ActionDetails

/** One sentence for each action, for the audit page and the list of event types. */
export const ACTIONS: Readonly<Record<Action, string>> = {
  'org.created': 'An organization was created.',
  'org.updated': 'The name or colour of the organization was changed.',
  'org.logo_changed': 'A logo was uploaded.',
  'org.logo_removed': 'The logo was removed.',
  'user.created': 'A user account was created.',
  'user.signed_in': 'A user signed in.',
  'user.signed_out': 'A user signed out.',
  'user.signed_out_everywhere': 'A user ended all of their sessions.',
  'user.updated': 'The name or the default organization of a user was changed.',
  'user.deactivated': 'A user account was deactivated.',
  'user.reactivated': 'A user account was made active again.',
  'password.changed': 'A user changed their password.',
  'password.reset_requested': 'A password reset link was asked for.',
  'password.reset': 'A password was reset.',
  'password.reset_by_admin': 'An admin gave a user a temporary password.',
  'password.mail_failed': 'The mail with a temporary password could not be delivered.',
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
  'group.created': 'A group was created.',
  'group.renamed': 'A group was renamed.',
  'group.deleted': 'A group was deleted.',
  'group.member_added': 'A member was added to a group.',
  'group.member_removed': 'A member was taken out of a group.',
  'group.permission_granted': 'A group was given a permission.',
  'group.permission_revoked': 'A permission of a group was revoked.',
  'license.installed': 'A licence was installed.',
  'license.removed': 'The licence was removed.',
  'license.file_lost': 'The licence is gone, because its file was deleted.',
  'license.refused': 'A licence was uploaded and refused.',
  'audit.trimmed': 'Audit lines beyond their retention were deleted.',
  'smtp.updated': 'The mail server of the organization was changed.',
  'smtp.removed': 'The mail server of the organization was removed.',
  'smtp.tested': 'A test mail was sent through the mail server of the organization.',
  'webhook.created': 'A webhook was created.',
  'webhook.updated': 'A webhook was changed.',
  'webhook.deleted': 'A webhook was deleted.',
  'webhook.secret_rotated': 'The signing secret of a webhook was replaced.',
  'webhook.disabled': 'A webhook was disabled, because its receiver refuses or does not answer.',
  'webhook.replayed': 'Events were sent to a webhook again.',
  'webhook.redelivered': 'One event was sent to a webhook again.',
  'health.alerts_changed': 'Mails about the health of the system were switched on or off.',
  'health.changed': 'The health of a component changed.',
  'system.deployed': 'Another version of Honeyframe was started.',
  'system.migrated': 'The database was migrated.',
  'backup.created': 'A backup was made.',
  'backup.failed': 'A backup could not be made.',
  'backup.deleted': 'A backup was deleted.',
  'backup.downloaded': 'A backup was downloaded.',
  'backup.restored': 'A backup was restored.',
  'backup.restore_failed': 'A backup could not be restored; nothing was changed.',
  'backup.proven': 'A backup was restored into a scratch database and compared.',
  'backup.proof_failed': 'A backup could not be proven to be restorable.',
  'backup.settings_changed': 'The schedule or the object store of backups was changed.',
  'backup.upload_failed': 'A backup could not be copied to the object store.',
}

export const ACTION_NAMES: readonly Action[] = Object.keys(ACTIONS).filter(isAction)

export function isAction(value: string): value is Action {
  return Object.hasOwn(ACTIONS, value)
}
