import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { exactly } from '#http/schemas.ts'
import { stepsFor } from '#http/tour.ts'
import { moveTour } from './tour.ts'

const Step = Type.Object({ id: Type.String(), title: Type.String(), href: Type.String() })
const Tour = Type.Object({
  steps: Type.Array(Step, { description: 'Those you are shown, in order.' }),
  step: Type.Union([Type.String(), Type.Null()], { description: 'Where you are; null before the first step.' }),
  done: Type.Boolean(),
})
const Move = Type.Union([
  exactly({ step: Type.String({ maxLength: 100 }) }),
  exactly({ done: Type.Literal(true) }),
  exactly({ reset: Type.Literal(true) }),
])
const MOVE = describe({
  tag: 'Account',
  summary: 'Move through the welcome tour',
  description: 'Your own only. `step` goes to a step, `done` ends the tour, `reset` shows it again from its start.',
  answers: {
    200: {
      description: 'Where you are now.',
      schema: Tour,
      example: { steps: [{ id: 'members', title: 'Members', href: '/members' }], step: 'members', done: false },
    },
  },
  errors: { 422: ['unknown_step'] },
  requestExample: { step: 'members' },
})

/** `/api/me/tour`. */
export function tourApi(door: Door) {
  return new Elysia({ prefix: '/api/me/tour' }).use(gate(door)).post(
    '',
    async ({ viewer, body }) => {
      const steps = stepsFor(door.tour, viewer)
      const ids = steps.map(({ id }) => id)
      const { step, isDone } = await moveTour(door.ctx, viewer.self, ids, body)
      return { steps: steps.map(({ id, title, href }) => ({ id, title, href })), step, done: isDone }
    },
    { signedIn: true, body: Move, detail: MOVE },
  )
}
