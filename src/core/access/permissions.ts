/**
 * What can be held in an org, with what it lets its holder do. `target` is the kind of thing a grant of it may be limited to,
 * `limited` what that lets do with the thing it names.
 */
const CATALOGUE = {
  'org.admin': { words: 'Everything in this organization' },
  'org.edit': { words: 'Change the name, logo and colour' },
  'member.read': { words: 'See members and invitations' },
  'member.edit': { words: 'Change roles and remove members' },
  'invite.edit': { words: 'Invite people, resend and revoke' },
  'user.read': { words: 'See accounts and their last sign-in' },
  'user.edit': { words: 'Deactivate accounts and reset passwords' },
  'group.read': { words: 'See groups and their permissions' },
  'group.edit': {
    words: 'Change groups, their members and permissions',
    target: 'group',
    limited: 'Change the name and people of',
  },
  'license.edit': { words: 'Install and remove the licence' },
  'audit.read': { words: 'Read the audit log' },
  'usage.read': { words: 'See what is used' },
  'health.read': { words: 'See the health of the system' },
  'smtp.edit': { words: 'Change the mail server, which carries reset links' },
  'webhook.edit': { words: 'Change webhooks, read events and deliveries' },
  'backup.edit': { words: 'Create, download and delete backups' },
} as const satisfies Record<string, { words: string; target?: string; limited?: string }>

export type Permission = keyof typeof CATALOGUE

/** The kinds of things that a grant can be limited to. */
export type TargetKind = Extract<(typeof CATALOGUE)[Permission], { target: string }>['target']

/** In the order in which people should meet them. */
export const PERMISSIONS: readonly Permission[] = Object.keys(CATALOGUE).filter(isPermission)

/** A permission as its group gives it: for all of the org's, or for one thing, such as `group:5`. */
export type Grant = Readonly<{ permission: Permission; target: string | undefined }>

/** What a person may do in one org. */
export type Rights = Readonly<{
  permissions: ReadonlySet<Permission>
  /** Grants for one thing each, as `limitedTo` writes them. */
  limited: ReadonlySet<string>
}>

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(CATALOGUE, text)
}

/** What a permission lets its holder do, in words. */
export function wordsOf(permission: Permission): string {
  return CATALOGUE[permission].words
}

/** The same of a grant for one thing, by its name. */
export function limitedWordsOf(permission: Permission, targetName: string): string {
  const entry = CATALOGUE[permission]
  return 'limited' in entry ? `${entry.limited} ${targetName}` : `${entry.words}: only ${targetName}`
}

/** The kind of thing a grant of this permission may be limited to; undefined when it is for all or nothing. */
export function targetKindOf(permission: Permission): TargetKind | undefined {
  const entry = CATALOGUE[permission]
  return 'target' in entry ? entry.target : undefined
}

/** A limited grant as one text: `group.edit@group:5`. */
export function limitedTo(permission: Permission, target: string): string {
  return `${permission}@${target}`
}

/** Whether somebody may do this at all, or to this one thing. */
export function holds(rights: Partial<Rights>, permission: Permission, target?: string): boolean {
  if (rights.permissions?.has(permission)) return true
  return target !== undefined && rights.limited?.has(limitedTo(permission, target)) === true
}
