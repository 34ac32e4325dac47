import { eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Self } from '#core/scope.ts'
import { users } from '#core/tenancy/tables.ts'

/** `step` goes to one of the steps, `done` ends the tour, `reset` begins it again. */
export type TourMove = Readonly<{ step: string } | { done: true } | { reset: true }>

export type TourPlace = Readonly<{ step: string | null; isDone: boolean }>

/**
 * Moves oneself through the welcome tour, of which `stepIds` are the steps one may see. There is no way to move anybody else.
 * It is not audited: it changes nothing but what one's own pages show. Error: `unknown_step` (invalid).
 */
export async function moveTour(
  ctx: Context,
  self: Self,
  stepIds: readonly string[],
  move: TourMove,
): Promise<TourPlace> {
  const place = placeAfter(move, stepIds)
  const tourEndedAt = place.isDone ? ctx.clock.now() : null
  const change = { tourEndedAt, ...(!place.isDone && { tourStep: place.step }) }
  const [row] = await ctx.db
    .update(users)
    .set(change)
    .where(eq(users.id, self.actor.userId))
    .returning({ step: users.tourStep })
  return { step: row?.step ?? null, isDone: place.isDone }
}

function placeAfter(move: TourMove, stepIds: readonly string[]): TourPlace {
  if ('done' in move) return { step: null, isDone: true }
  if ('reset' in move) return { step: null, isDone: false }
  if (stepIds.includes(move.step)) return { step: move.step, isDone: false }
  throw new AppError('invalid', 'unknown_step', 'The tour has no such step.', { field: 'step' })
}
