import type { Role } from '#core/access/roles.ts'
import type { Scope } from '#core/scope.ts'
import type { Account } from './account.ts'
import type { AccountMail } from './account-memberships.ts'
import { type Obstacle, obstacleTo } from './management.ts'

/** `reset_due` is an active account whose owner has to choose a password before anything else. */
export const USER_STATES = ['active', 'reset_due', 'deactivated'] as const
export type UserState = (typeof USER_STATES)[number]

export type UserOrg = Readonly<{ orgId: number; slug: string; name: string; role: Role }>

/** An account as somebody may see it. */
export type User = Readonly<{
  id: number
  email: string
  name: string
  state: UserState
  isActive: boolean
  isSuperadmin: boolean
  mustResetPassword: boolean
  /** When the temporary password stops to work; null for one that its owner chose. */
  passwordExpiresAt: Date | null
  lastSignInAt: Date | null
  createdAt: Date
  mail: AccountMail
  /** An admin sees his own org here, a superadmin each. */
  orgs: readonly UserOrg[]
  /** Why the account may not be managed by whoever looks; undefined when it may. */
  obstacle: Obstacle | undefined
}>

/** An account as the scope's person may see it. */
export function userOf(scope: Scope, account: Account): User {
  const { memberships, ...shown } = account
  const visible = scope.isSuperadmin ? memberships : memberships.filter(({ orgId }) => orgId === scope.orgId)
  return {
    ...shown,
    state: stateOf(account),
    orgs: visible.map(({ orgId, slug, name, role }) => ({ orgId, slug, name, role })),
    obstacle: obstacleTo(scope, account),
  }
}

export function stateOf({ isActive, mustResetPassword }: Pick<Account, 'isActive' | 'mustResetPassword'>): UserState {
  if (!isActive) return 'deactivated'
  return mustResetPassword ? 'reset_due' : 'active'
}
