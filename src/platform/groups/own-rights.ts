import { rightsHeld } from '#core/access/held.ts'
import type { Rights } from '#core/access/permissions.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'

/** What changing a group's name and people asks for: a grant for this one group does, too. */
export const EDIT_THIS = { permission: 'group.edit', target: 'group' } as const

type Asking = Readonly<{ door: { ctx: Context }; viewer: { person: { userId: number } }; scope: Scope }>

/** What the viewer may do after a change of groups, which may have been one of his own. */
export async function rightsNow({ door, viewer, scope }: Asking): Promise<Rights> {
  return await rightsHeld(door.ctx.db, scope.orgId, viewer.person.userId)
}

/**
 * A refusal of what a form asked for, to be told beside it. Whoever may send the form and not see the page (`group.edit` without
 * `group.read`) is told by the error page: beside the form would be the rest of the list.
 */
export function isRefusal(error: unknown, { permissions }: Pick<Scope, 'permissions'>): error is AppError {
  const isTold = error instanceof AppError && ['conflict', 'not_found', 'invalid', 'forbidden'].includes(error.kind)
  return isTold && permissions.has('group.read')
}
