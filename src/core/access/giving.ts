import type { Permission } from '#core/access/permissions.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'

/**
 * Nobody hands out, or takes from others, what he does not hold himself: a role, a grant, a place in a group, a new password
 * for its holder. Otherwise whoever may edit members could make himself admin. Error: `permission_denied` (forbidden) with the
 * first permission that is missing.
 */
export function requireMayGive(scope: Scope, permissions: Iterable<Permission>): void {
  for (const permission of permissions) {
    if (scope.permissions.has(permission)) continue
    const words = 'Only someone who holds these rights can give or take them.'
    throw new AppError('forbidden', 'permission_denied', words, { permission })
  }
}
