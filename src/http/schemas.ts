import { Type } from '@sinclair/typebox'
import { t } from 'elysia'

/** An object with these members and no others: a misspelt name is an error and not silently dropped. */
export function exactly<T extends Parameters<typeof Type.Object>[0]>(members: T) {
  return Type.Object(members, { additionalProperties: false })
}

export const Id = Type.Integer({ minimum: 1, description: 'Never used again.' })
export const Time = Type.String({ format: 'date-time', description: 'RFC 3339, UTC.' })
export const MaybeTime = Type.Union([Time, Type.Null()])

/** A path's id. What is no positive integer is an unknown id (404). Elysia turns the text into the number. */
export const PathId = t.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
export const IdParams = t.Object({ id: PathId })

export const LIMIT_DEFAULT = 50
export const LIMIT_MAX = 200

/** Arrives as text and is read by `pageRequest`: what Elysia would make a number it refuses without the field's name. */
const Limit = Type.Unknown({
  type: 'integer',
  minimum: 1,
  maximum: LIMIT_MAX,
  description: `Items a page; ${LIMIT_DEFAULT} unless given.`,
})

export const PageQuery = {
  limit: t.Optional(Limit),
  cursor: t.Optional(t.String({ maxLength: 200, description: '`next_cursor` of the page before.' })),
}

export const ListQuery = t.Object(PageQuery, { additionalProperties: false })

/** One page of a list. */
export function pageOf<T extends Parameters<typeof Type.Array>[0]>(item: T) {
  return Type.Object({ items: Type.Array(item), next_cursor: Type.Union([Type.String(), Type.Null()]) })
}

export const Message = Type.Object({ message: Type.String() })

export const ErrorBody = Type.Object(
  {
    error: Type.String({ description: 'For programs.' }),
    message: Type.String({ description: 'One sentence for people.' }),
    request_id: Type.String(),
    field: Type.Optional(Type.String({ description: 'The member of the body that is at fault.' })),
    permission: Type.Optional(Type.String({ description: 'The permission that is missing.' })),
    feature: Type.Optional(Type.String({ description: 'The feature that is not licensed.' })),
    users_limit: Type.Optional(Type.Integer({ description: 'How many people the licence is for.' })),
    reason: Type.Optional(Type.String({ description: 'Why a licence document is refused.' })),
    retry_after: Type.Optional(Type.Integer({ description: 'Seconds to wait.' })),
    detail: Type.Optional(Type.String({ description: "An upstream's own words." })),
  },
  { $id: 'Error' },
)
