import { type Static, type TObject, Type } from '@sinclair/typebox'
import { ACTION_NAMES, type Action, type ActionDetails, isAction } from './actions.ts'

/** What happens to the whole install and never to an org. */
const OF_THE_INSTALL = new Set<Action>([
  'audit.trimmed',
  'password.reset_requested',
  'system.deployed',
  'system.migrated',
])

const id = Type.Integer({ minimum: 1 })
const count = Type.Integer({ minimum: 0 })
const text = Type.String()
const flag = Type.Boolean()
const time = Type.String({ format: 'date-time' })
const texts = Type.Array(text)
const ids = Type.Array(id)
const role = Type.Union([
  ...[Type.Literal('admin'), Type.Literal('designer'), Type.Literal('analyst'), Type.Literal('viewer')],
])
const maybeText = Type.Union([text, Type.Null()])
const maybeTime = Type.Union([time, Type.Null()])
const maybeId = Type.Union([id, Type.Null()])

const user = Type.Object({ user_id: id })
const account = Type.Object({ user_id: id, email: text })
const invitation = Type.Object({ invite_id: id, email: text })
const group = Type.Object({ group_id: id, name: text })
const groupMember = Type.Object({ group_id: id, name: text, user_id: id, email: text })
const grant = Type.Object({ group_id: id, name: text, permission: text, target: maybeText })
const token = Type.Object({ token_id: id, name: text })
const document = { license_id: text, customer: text, tier: text, expires: text, sha256: text }
const goneDocument = Type.Object({
  license_id: Type.Optional(text),
  customer: Type.Optional(text),
  tier: Type.Optional(text),
  expires: Type.Optional(text),
  sha256: Type.Optional(text),
  status: text,
})
const webhook = Type.Object({ webhook_id: id, url: text })
const backup = Type.Object({ backup_id: id, name: text })
const failedBackup = Type.Object({ backup_id: id, name: text, error: text })

/** The JSON Schema of each action's detail, which is an event's `data`. */
const SCHEMAS = {
  'org.created': Type.Object({ org_id: id, slug: text, name: text }),
  'org.updated': Type.Object({ fields: texts }),
  'org.logo_changed': Type.Object({ media_type: text, bytes: count }),
  'org.logo_removed': Type.Object({}),
  'user.created': Type.Object({ user_id: id, email: text, is_superadmin: flag }),
  'user.signed_in': user,
  'user.signed_out': user,
  'user.signed_out_everywhere': Type.Object({ user_id: id, tokens: flag }),
  'user.updated': Type.Object({ user_id: id, fields: texts }),
  'user.deactivated': account,
  'user.reactivated': account,
  'password.changed': user,
  'password.reset_requested': user,
  'password.reset': user,
  'password.reset_by_admin': Type.Object({ user_id: id, email: text, is_mailed: flag }),
  'password.mail_failed': Type.Object({ user_id: id, email: text, error: text }),
  'token.created': Type.Object({ token_id: id, name: text, expires_at: maybeTime }),
  'token.revoked': token,
  'invite.created': Type.Object({ invite_id: id, email: text, role }),
  'invite.resent': invitation,
  'invite.revoked': invitation,
  'invite.bulk_resent': Type.Object({ requested: count, resent: count, invite_ids: ids }),
  'invite.bulk_revoked': Type.Object({ requested: count, revoked: count, invite_ids: ids }),
  'invite.accepted': Type.Object({ invite_id: id, user_id: id, email: text, role }),
  'invite.mail_failed': Type.Object({ invite_id: id, email: text, error: text }),
  'member.role_changed': Type.Object({ user_id: id, from: role, to: role }),
  'member.removed': account,
  'group.created': group,
  'group.renamed': Type.Object({ group_id: id, from: text, to: text }),
  'group.deleted': group,
  'group.member_added': groupMember,
  'group.member_removed': groupMember,
  'group.permission_granted': grant,
  'group.permission_revoked': grant,
  'license.installed': Type.Object({
    ...document,
    origin: Type.Union([Type.Literal('upload'), Type.Literal('file')]),
  }),
  'license.removed': goneDocument,
  'license.file_lost': goneDocument,
  'license.refused': Type.Object({ reason: text, sha256: text }),
  'audit.trimmed': Type.Object({ before: time, deleted: count }),
  'smtp.updated': Type.Object({ host: text, port: count, tls: text, from: text, is_password_changed: flag }),
  'smtp.removed': Type.Object({ host: text }),
  'smtp.tested': Type.Object({ to: text, is_taken: flag, detail: text }),
  'webhook.created': Type.Object({ webhook_id: id, url: text, events: texts }),
  'webhook.updated': Type.Object({ webhook_id: id, url: text, fields: texts }),
  'webhook.deleted': webhook,
  'webhook.secret_rotated': Type.Object({ webhook_id: id, url: text, old_secret_ends_at: maybeTime }),
  'webhook.disabled': Type.Object({ webhook_id: id, url: text, reason: text }),
  'webhook.replayed': Type.Object({ webhook_id: id, url: text, since: time, events: count }),
  'webhook.redelivered': Type.Object({ webhook_id: id, url: text, event_id: text, event_type: text }),
  'health.alerts_changed': Type.Object({ is_alerting: flag }),
  'health.changed': Type.Object({ component: text, from: text, to: text, message: text }),
  'system.deployed': Type.Object({ version: text, commit: text, from: maybeText }),
  'system.migrated': Type.Object({ migrations: texts }),
  'backup.created': Type.Object({ backup_id: id, name: text, kind: text, rows: count, bytes: count }),
  'backup.failed': failedBackup,
  'backup.deleted': backup,
  'backup.downloaded': Type.Object({ backup_id: maybeId, name: text }),
  'backup.restored': Type.Object({ backup_id: maybeId, name: text, safety_backup_id: maybeId, rows: count }),
  'backup.restore_failed': Type.Object({ backup_id: maybeId, name: text, error: text }),
  'backup.proven': Type.Object({ backup_id: id, name: text, tables: count, differences: count }),
  'backup.proof_failed': failedBackup,
  'backup.settings_changed': Type.Object({ fields: texts }),
  'backup.upload_failed': failedBackup,
} satisfies Readonly<Record<Action, TObject>>

type Described = { [A in Action]: Static<(typeof SCHEMAS)[A]> }

/** Holds when both say the same of every action: a schema that is too narrow or too wide does not compile. */
type Agreed = Described extends ActionDetails ? (ActionDetails extends Described ? true : never) : never
const AGREED: Agreed = true

/** What an org can subscribe to: every action that can concern one. */
export const EVENT_TYPES: readonly Action[] = ACTION_NAMES.filter((name) => AGREED && !OF_THE_INSTALL.has(name))

export function isEventType(name: string): name is Action {
  return isAction(name) && !OF_THE_INSTALL.has(name)
}

/** The JSON Schema (draft-07 and later) of an event's `data`. */
export function schemaOf(type: Action): TObject {
  return SCHEMAS[type]
}
