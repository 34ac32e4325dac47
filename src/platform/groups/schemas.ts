import { t } from 'elysia'

export const AnId = t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
/** A person's place in a group. */
export const PlaceParams = t.Object({ id: AnId, user_id: AnId })

/** What changing a group's name and people asks for: a grant for this one group does, too. */
export const EDIT_THIS = { permission: 'group.edit', target: 'group' } as const
