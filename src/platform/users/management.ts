import { holds, type Permission } from '#core/access/permissions.ts'
import { rightsOf } from '#core/access/roles.ts'
import type { Context } from '#core/context.ts'
import { AppError, type ErrorKind } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { type Account, findAccount } from './account.ts'
import type { AccountMembership } from './account-memberships.ts'

/** Why somebody may not manage an account: `code` for programs, `words` for people. */
export type Obstacle = Readonly<{ kind: ErrorKind; code: string; words: string; permission?: Permission }>

/**
 * What keeps the scope's person from managing an account that he may see. An admin manages whoever belongs to his org alone and
 * holds nothing that he does not hold himself; a superadmin manages everybody; nobody manages himself here.
 */
export function obstacleTo(scope: Scope, account: Account): Obstacle | undefined {
  if (account.id === actorIdOf(scope)) {
    return { kind: 'conflict', code: 'self', words: 'This is you: your name and password are on your account page.' }
  }
  if (scope.isSuperadmin) return undefined
  if (account.isSuperadmin) {
    return { kind: 'forbidden', code: 'is_superadmin', words: 'Is an operator of this install.' }
  }
  if (account.memberships.some(({ orgId }) => orgId !== scope.orgId)) {
    return { kind: 'forbidden', code: 'belongs_elsewhere', words: 'Also belongs to another organization.' }
  }
  const missing = account.memberships.flatMap((membership) => missingRight(scope, membership) ?? [])[0]
  if (missing === undefined) return undefined
  return {
    kind: 'forbidden',
    code: 'permission_denied',
    words: 'Holds rights that you do not hold.',
    permission: missing,
  }
}

/**
 * The account, which the scope's person may manage. Errors: `not_found` for an id he may not see, alike for one that does not
 * exist; `self` (conflict); `is_superadmin`, `belongs_elsewhere` and `permission_denied` (forbidden).
 */
export async function requireManaged(ctx: Context, scope: Scope, id: number): Promise<Account> {
  return checkManaged(scope, await findAccount(ctx.db, id))
}

/** The account itself, or the error that `requireManaged` throws. */
export function checkManaged(scope: Scope, account: Account | undefined): Account {
  const isSeen = scope.isSuperadmin || account?.memberships.some(({ orgId }) => orgId === scope.orgId)
  if (!account || !isSeen) throw new AppError('not_found', 'not_found', 'There is no such user.')
  const obstacle = obstacleTo(scope, account)
  if (!obstacle) return account
  const { kind, code, words, permission } = obstacle
  throw new AppError(kind, code, words, permission === undefined ? {} : { permission })
}

/** A right of the membership that the scope's person does not hold, for all of the org or for the one thing it is limited to. */
function missingRight(scope: Scope, { role, grants }: AccountMembership): Permission | undefined {
  const general = [...rightsOf(role, grants).permissions].find((permission) => !holds(scope, permission))
  return general ?? grants.find(({ permission, target }) => !holds(scope, permission, target))?.permission
}

/** The user id of whoever acts; undefined for a job and for the operator. */
export function actorIdOf({ actor }: Scope): number | undefined {
  return actor.kind === 'person' ? actor.userId : undefined
}
