import type { Permission } from '#core/access/roles.ts'

/** What a route that wants a person, but no permission, lets through. */
export type SignedIn = Readonly<{
  /** Open while a password reset is due: change-password, me and sign-out only. */
  resetDue?: true
  /** A personal access token does not do: it can neither mint a token nor change a password (403 `interactive_only`). */
  interactive?: true
}>

/** Every route names one: anyone, a signed-in person, or a permission in the request's org. */
export type Need =
  | Readonly<{ kind: 'anyone' }>
  | Readonly<{ kind: 'person' } & SignedIn>
  | Readonly<{ kind: 'permission'; permission: Permission }>
