import type { Permission, TargetKind } from '#core/access/permissions.ts'

/** A permission of the catalogue, as pages speak of it. */
export type KnownPermission = Readonly<{
  permission: Permission
  /** What it lets its holder do. */
  words: string
  targetKind: TargetKind | undefined
}>

type ResourceOf<P> = P extends `${infer R}.${string}` ? R : never
type ActionOf<P> = P extends `${string}.${infer A}` ? A : never

const RESOURCES: Readonly<Record<ResourceOf<Permission>, string>> = {
  org: 'Organization',
  member: 'Members',
  invite: 'Invitations',
  user: 'Accounts',
  group: 'Groups',
  license: 'Licence',
  audit: 'Audit log',
  usage: 'Usage',
  health: 'Health',
  webhook: 'Webhooks',
  backup: 'Backups',
}
const ACTIONS: Readonly<Record<ActionOf<Permission>, string>> = { admin: 'All', read: 'See', edit: 'Change' }

/** The columns of one resource. */
export type Columns = Readonly<{ label: string; permissions: readonly KnownPermission[] }>

/** The catalogue by resource, in its own order. */
export function columnsOf(catalogue: readonly KnownPermission[]): Columns[] {
  return [...Map.groupBy(catalogue, ({ permission }) => labelOf(RESOURCES, permission.split('.')[0]))].map(
    ([label, permissions]) => ({ label, permissions }),
  )
}

/** The head of a column: one word, below that of its resource. */
export function actionLabel({ permission }: KnownPermission): string {
  return labelOf(ACTIONS, permission.split('.')[1])
}

/** What a permission lets do, in the middle of a sentence. */
export function midSentence(words: string): string {
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`
}

function labelOf(labels: Readonly<Record<string, string>>, name = ''): string {
  return labels[name] ?? name
}
