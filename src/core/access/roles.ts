import { type Grant, limitedTo, PERMISSIONS, type Permission, type Rights } from '#core/access/permissions.ts'
import { AppError } from '#core/errors.ts'

export const ROLES = ['admin', 'designer', 'analyst', 'viewer'] as const
export type Role = (typeof ROLES)[number]

const ALL: ReadonlySet<Permission> = new Set(PERMISSIONS)
const BY_ROLE: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  admin: ALL,
  designer: new Set(),
  analyst: new Set(),
  viewer: new Set(),
}
const UNLIMITED: Rights['limited'] = new Set()

/** The permissions a role carries in its org. Groups add to them. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return BY_ROLE[role]
}

/** What a role and the grants of one's groups come to. `org.admin` is everything, for whoever holds it. */
export function rightsOf(role: Role, grants: readonly Grant[]): Rights {
  if (grants.length === 0) return { permissions: BY_ROLE[role], limited: UNLIMITED }
  const general = grants.flatMap(({ permission, target }) => (target === undefined ? [permission] : []))
  const permissions = new Set([...BY_ROLE[role], ...general])
  const limited = grants.flatMap(({ permission, target }) =>
    target === undefined ? [] : [limitedTo(permission, target)],
  )
  return { permissions: permissions.has('org.admin') ? ALL : permissions, limited: new Set(limited) }
}

export function isRole(value: string): value is Role {
  return ROLES.some((role) => role === value)
}

/** A role by its name; `invalid_role` (invalid) for any other text. */
export function requireRole(text: string): Role {
  if (isRole(text)) return text
  throw new AppError('invalid', 'invalid_role', 'There is no such role.', { field: 'role' })
}
