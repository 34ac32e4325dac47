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

/** A refusal of what a form asked for, to be told beside it; the page itself was open to whoever sent it. */
export function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && ['conflict', 'not_found', 'invalid', 'forbidden'].includes(error.kind)
}
