import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { localPath } from '#http/local-path.ts'
import { fieldOf, goTo } from '#http/page.tsx'
import { stepsFor } from '#http/tour.ts'
import type { Viewer } from '#http/viewer.ts'
import { moveTour, type TourMove } from './tour.ts'

/** `/tour`: the buttons of the welcome tour. Each step leads to the page it speaks of. */
export function tourPages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .post('/tour', ({ request, viewer, body }) => move(door, request, viewer, body), { signedIn: true })
}

async function move(door: Door, request: Request, viewer: Viewer, form: unknown): Promise<Response> {
  const steps = stepsFor(door.tour, viewer)
  const ids = steps.map(({ id }) => id)
  const place = await moveTour(door.ctx, viewer.self, ids, moveOf(form))
  if (place.isDone) return goTo(request, localPath(fieldOf(form, 'next')))
  const step = steps.find(({ id }) => id === place.step) ?? steps[0]
  return goTo(request, step?.href ?? '/')
}

function moveOf(form: unknown): TourMove {
  if (fieldOf(form, 'reset') !== '') return { reset: true }
  return fieldOf(form, 'done') === '' ? { step: fieldOf(form, 'step') } : { done: true }
}
