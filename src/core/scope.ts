import type { Permission, Rights } from '#core/access/permissions.ts'
import type { Role } from '#core/access/roles.ts'

export type Actor =
  | Readonly<{ kind: 'person'; userId: number; email: string; name: string }>
  | Readonly<{ kind: 'job'; jobId: string }>
  | Readonly<{ kind: 'operator' }>

export type PersonActor = Extract<Actor, { kind: 'person' }>

/** Who did something that concerns no org, or not only one: his own password, his own tokens. */
export type Author<A extends Actor = Actor> = Readonly<{
  orgId?: number
  actor: A
  requestId?: string
  address?: string
}>

/** A person acting for himself: his password, his sessions, his tokens. */
export type Self = Author<PersonActor>

/**
 * Who does something, and in which org. Made in three places only, which a sweep lists: `http/` (a person),
 * `jobs/worker` (the row's org) and `cli/` (the operator). Every tenant verb takes one, so none can forget the org.
 */
export type Scope = Readonly<{
  orgId: number
  actor: Actor
  /** Absent for a job and for the operator. */
  role?: Role
  permissions: ReadonlySet<Permission>
  /** Grants for one thing each; absent for a job and for the operator. */
  limited?: Rights['limited']
  /** A superadmin, who goes beyond his org where a verb says so. */
  isSuperadmin?: true
  requestId?: string
  address?: string
}>
