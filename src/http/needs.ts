import type { Permission, TargetKind } from '#core/access/permissions.ts'
import type { Feature } from '#core/license/features.ts'

/** What a route reads as its body, where that is not JSON (at `/api`) or an URL-encoded form (at a page) of the usual size. */
export type Reading = Readonly<{
  /** Absent for the usual kind. `picture`: the bytes of one picture, as they are. `multipart`: a form with a file in it (RFC 7578). */
  as?: 'picture' | 'multipart'
  bytesMax: number
}>

/** What a route that wants a person, but no permission, lets through. */
export type SignedIn = Readonly<{
  /** Open while a password reset is due: change-password, me and sign-out only. */
  resetDue?: true
  /** A personal access token does not do: it can neither mint a token nor change a password (403 `interactive_only`). */
  interactive?: true
  /** Only the operator's own accounts (403 `superadmin_only`). */
  superadmin?: true
}>

/** A permission for all of the org's; with `target`, one that is limited to the thing the path's `id` names does, too. */
export type Required = Permission | Readonly<{ permission: Permission; target?: TargetKind; reads?: Reading }>

/** A permission, and a feature that the licence of the request's org must list (403 `feature_not_licensed`). */
export type RequiredFeature = Readonly<{ feature: Feature; permission: Permission }>

/** Every route names one: anyone, a signed-in person, or a permission in the request's org. */
export type Need = Readonly<{ reads?: Reading }> &
  (
    | Readonly<{ kind: 'anyone' }>
    | Readonly<{ kind: 'person' } & SignedIn>
    | Readonly<{ kind: 'permission'; permission: Permission; target?: string; feature?: Feature }>
  )
