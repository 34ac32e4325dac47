import { AppError } from '#core/errors.ts'
import { cursorOf, idOfCursor } from '#lib/cursor.ts'

/** Where a page of the list of members, then invitations, begins. */
export type Place = Readonly<{ list: 'members' | 'invites'; after: number | undefined }>

const CURSOR = /^([mi])\.([\w-]+)$/

/** The place a cursor stands for, the list's beginning without one; `invalid_query` (invalid) when it is none of ours. */
export function placeOf(cursor: string | undefined): Place {
  if (cursor === undefined) return { list: 'members', after: undefined }
  const [, letter, rest = ''] = CURSOR.exec(cursor) ?? []
  const after = idOfCursor(rest)
  if (letter === undefined || after === undefined) {
    throw new AppError('invalid', 'invalid_query', 'The cursor is not one of ours.', { field: 'cursor' })
  }
  return { list: letter === 'm' ? 'members' : 'invites', after }
}

/** The cursor of the place after the last rows shown. */
export function placeAfter(member: { id: number } | undefined, invite: { id: number } | undefined): string | undefined {
  if (invite) return `i.${cursorOf(invite.id)}`
  return member && `m.${cursorOf(member.id)}`
}
