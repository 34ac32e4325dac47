import { type Grant, holds, type Permission } from '#core/access/permissions.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'

/**
 * Nobody hands out, or takes from others, what he does not hold himself: a role, a grant, a place in a group, a new password
 * for its holder. Otherwise whoever may edit members could make himself admin. For a grant of one thing the same grant does,
 * or the permission for all. Error: `permission_denied` (forbidden) with the first permission that is missing.
 */
export function requireMayGive(scope: Scope, given: Iterable<Permission | Grant>): void {
  const permission = findMissing(scope, given)
  if (permission === undefined) return
  const words = 'Only someone who holds these rights can give or take them.'
  throw new AppError('forbidden', 'permission_denied', words, { permission })
}

/** The first of them that somebody neither may give nor take; undefined when he may all. */
export function findMissing(
  rights: Pick<Scope, 'permissions' | 'limited'>,
  given: Iterable<Permission | Grant>,
): Permission | undefined {
  for (const one of given) {
    const { permission, target } = typeof one === 'string' ? { permission: one, target: undefined } : one
    if (!holds(rights, permission, target)) return permission
  }
  return undefined
}
