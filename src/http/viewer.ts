import type { Permission, Rights } from '#core/access/permissions.ts'
import type { Membership, Person } from '#core/access/person.ts'
import { rightsOf } from '#core/access/roles.ts'
import { AppError } from '#core/errors.ts'
import type { Scope, Self } from '#core/scope.ts'

export type Session = Readonly<{ jti: string; startedAt: Date; expiresAt: Date }>

/** The person who sent a request, and the org he sent it for. */
export type Viewer = Readonly<{
  person: Person
  org: Membership | undefined
  permissions: ReadonlySet<Permission>
  /** Grants for one thing each. */
  limited: Rights['limited']
  /** Absent when a personal access token was used. */
  session: Session | undefined
  /** The person acting for himself. */
  self: Self
}>

const NONE: Rights = { permissions: new Set(), limited: new Set() }

/** `superadmin_only` (forbidden) for everybody but the operator's own accounts. */
export function requireSuperadmin({ person }: Pick<Viewer, 'person'>): void {
  if (person.isSuperadmin) return
  throw new AppError('forbidden', 'superadmin_only', 'Only the operator of this install can do this.')
}

export function viewerOf(
  person: Person,
  org: Membership | undefined,
  session: Session | undefined,
  request: { requestId: string; address: string },
): Viewer {
  const actor = { kind: 'person', userId: person.userId, email: person.email, name: person.name } as const
  const { requestId, address } = request
  return {
    person,
    org,
    ...(org ? rightsOf(org.role, org.grants) : NONE),
    session,
    self: { ...(org && { orgId: org.orgId }), actor, requestId, address },
  }
}

/** The scope of a person in his org: the first of the three places that make one. */
export function scopeOf(viewer: Viewer, org: Membership): Scope {
  const { self, permissions, limited, person } = viewer
  const { orgId, role } = org
  return { ...self, orgId, role, permissions, limited, ...(person.isSuperadmin && { isSuperadmin: true }) }
}
