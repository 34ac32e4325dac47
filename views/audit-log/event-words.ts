import type { Action } from '#core/audit/actions.ts'

type Detail = Readonly<Record<string, unknown>>

/** What an actor did. `{name}` is a value of the detail; `{user}` the person it is about, by e-mail where it is known. */
const WORDS: Readonly<Partial<Record<Action, string>>> = {
  'org.created': 'Created the organization {name}',
  'org.updated': 'Changed the organization: {fields}',
  'org.logo_changed': 'Uploaded a logo ({media_type}, {bytes} bytes)',
  'org.logo_removed': 'Removed the logo',
  'user.created': 'Created the account {user}',
  'user.signed_in': 'Signed in',
  'user.signed_out': 'Signed out',
  'user.signed_out_everywhere': 'Ended every session of {user}',
  'user.updated': 'Changed the profile of {user}: {fields}',
  'user.deactivated': 'Deactivated {user}',
  'user.reactivated': 'Made {user} active again',
  'password.changed': 'Changed the password of {user}',
  'password.reset_requested': 'Asked for a reset link for {user}',
  'password.reset': 'Reset the password of {user}',
  'password.reset_by_admin': 'Gave {user} a temporary password',
  'token.created': 'Created the access token {name}',
  'token.revoked': 'Revoked the access token {name}',
  'invite.created': 'Invited {email} as {role}',
  'invite.resent': 'Sent the invitation of {email} again',
  'invite.revoked': 'Revoked the invitation of {email}',
  'invite.bulk_resent': 'Sent {resent} of {requested} invitations again',
  'invite.bulk_revoked': 'Revoked {revoked} of {requested} invitations',
  'invite.accepted': '{email} joined as {role}',
  'invite.mail_failed': 'The invitation of {email} could not be delivered: {error}',
  'member.role_changed': 'Changed the role of {user} from {from} to {to}',
  'member.removed': 'Removed {user} from the organization',
  'group.created': 'Created the group {name}',
  'group.renamed': 'Renamed the group {from} to {to}',
  'group.deleted': 'Deleted the group {name}',
  'group.member_added': 'Added {user} to the group {name}',
  'group.member_removed': 'Took {user} out of the group {name}',
  'group.permission_granted': 'Gave the group {name} the permission {permission}',
  'group.permission_revoked': 'Took the permission {permission} from the group {name}',
  'license.installed': 'Installed a licence: {customer}, {tier}, until {expires}',
  'license.refused': 'Uploaded a licence that was refused: {reason}',
  'smtp.updated': 'Changed the mail server to {host}:{port}, from {from}',
  'smtp.removed': 'Removed the mail server {host}',
  'smtp.tested': 'Sent a test mail to {to}: {detail}',
  'health.changed': 'The health of {component} went from {from} to {to}: {message}',
  'system.deployed': 'Started version {version}',
  'system.migrated': 'Migrated the database: {migrations}',
  'audit.trimmed': 'Deleted {deleted} audit lines from before {before}',
}

const ACTORS: Readonly<Record<string, string>> = {
  job: 'A background job',
  operator: 'The operator',
  nobody: 'A visitor',
}

const VALUE_CHARS_MAX = 200

/**
 * What happened in words, with the names from the detail. `fallback` is the sentence of the action, for one that has no words
 * here; `emails` are of users by their id.
 */
export function eventWords(
  event: Readonly<{ action: string; detail: Detail; fallback: string }>,
  emails: ReadonlyMap<number, string>,
): string {
  const words = new Map<string, string>(Object.entries(WORDS)).get(event.action)
  if (words === undefined) return event.fallback || event.action
  return words.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const text = name === 'user' ? personOf(event.detail, emails) : textOf(event.detail[name])
    return text.length > VALUE_CHARS_MAX ? `${text.slice(0, VALUE_CHARS_MAX)}…` : text
  })
}

/** Who did it; a person by e-mail. */
export function actorWords({ actorKind, actorLabel }: Readonly<{ actorKind: string; actorLabel: string }>): string {
  return ACTORS[actorKind] ?? actorLabel
}

function personOf({ email, user_id: id }: Detail, emails: ReadonlyMap<number, string>): string {
  if (typeof email === 'string') return email
  return typeof id === 'number' ? (emails.get(id) ?? `user ${id}`) : 'a user'
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '…'
}
