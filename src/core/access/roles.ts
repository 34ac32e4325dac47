import { AppError } from '#core/errors.ts'

export const ROLES = ['admin', 'designer', 'analyst', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const PERMISSIONS = ['member.read', 'member.edit', 'invite.edit'] as const
export type Permission = (typeof PERMISSIONS)[number]

const BY_ROLE: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  admin: new Set(PERMISSIONS),
  designer: new Set(),
  analyst: new Set(),
  viewer: new Set(),
}

/** The permissions a role carries in its org. Groups add to them. */
export function permissionsOf(role: Role): ReadonlySet<Permission> {
  return BY_ROLE[role]
}

export function isRole(value: string): value is Role {
  return ROLES.some((role) => role === value)
}

/** A role by its name; `invalid_role` (invalid) for any other text. */
export function requireRole(text: string): Role {
  if (isRole(text)) return text
  throw new AppError('invalid', 'invalid_role', 'There is no such role.', { field: 'role' })
}
