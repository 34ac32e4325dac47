import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, goTo } from '#http/page.tsx'
import { IdParams } from '#http/schemas.ts'
import { plural } from '#lib/format.ts'
import type { TestResultProps } from '#views/webhooks/test-result.tsx'
import { replaySince } from './replay.ts'
import { secretPages } from './secret-pages.tsx'
import { testWebhook } from './test-send.ts'
import { logStateOf, show, tell, type Visit, visitOf } from './visit-pages.tsx'
import { updateWebhook } from './webhook-change.ts'
import { deleteWebhook } from './webhook-deletion.ts'
import { draftOf, scheduleOf } from './webhook-form.ts'

type Tested = Readonly<{ id: number; result: TestResultProps }>
type ShowList = (visit: Visit, tested: Tested) => Promise<Response>

/** `/webhooks/{id}`: one webhook, its settings and its secret. `showList` draws the list with the result of a test. */
export function webhookPages(door: Door, showList: ShowList) {
  const { ctx } = door
  return new Elysia()
    .use(secretPages(door))
    .use(gate(door))
    .get(
      '/:id',
      ({ request, viewer, scope, params, query }) => {
        const visit = { door, request, viewer, scope, id: params.id, state: logStateOf(query) }
        return show(visit, { cursor: fieldOf(query, 'cursor') || undefined })
      },
      { requires: 'webhook.edit', params: IdParams },
    )
    .post(
      '/:id',
      ({ request, viewer, scope, params, body }) => save(visitOf(door, request, viewer, scope, params.id), body),
      { requires: 'webhook.edit', params: IdParams },
    )
    .post(
      '/:id/test',
      async ({ request, viewer, scope, params, body }) => {
        const visit = visitOf(door, request, viewer, scope, params.id)
        const result = await testOf(visit)
        return fieldOf(body, 'from') === 'list'
          ? showList(visit, { id: params.id, result })
          : show(visit, { tested: result })
      },
      { requires: 'webhook.edit', params: IdParams },
    )
    .post(
      '/:id/enable',
      async ({ request, viewer, scope, params }) => {
        await updateWebhook(ctx, scope, params.id, { isActive: true })
        return await tell(visitOf(door, request, viewer, scope, params.id), 'The webhook is enabled.')
      },
      { requires: 'webhook.edit', params: IdParams },
    )
    .post(
      '/:id/disable',
      async ({ request, viewer, scope, params }) => {
        await updateWebhook(ctx, scope, params.id, { isActive: false })
        return await tell(visitOf(door, request, viewer, scope, params.id), 'The webhook is disabled.')
      },
      { requires: 'webhook.edit', params: IdParams },
    )
    .post(
      '/:id/replay',
      ({ request, viewer, scope, params, body }) =>
        replay(visitOf(door, request, viewer, scope, params.id), fieldOf(body, 'since')),
      { requires: 'webhook.edit', params: IdParams },
    )
    .post(
      '/:id/delete',
      async ({ request, scope, params }) => {
        await deleteWebhook(ctx, scope, params.id)
        return goTo(request, '/webhooks', { tone: 'success', text: 'The webhook is deleted.' })
      },
      { requires: 'webhook.edit', params: IdParams },
    )
}

async function save(visit: Visit, form: unknown): Promise<Response> {
  const { door, scope, id } = visit
  const draft = draftOf(form)
  try {
    await updateWebhook(door.ctx, scope, id, { ...draft, schedule: scheduleOf(draft.schedule) })
    return await tell(visit, 'The settings are saved.')
  } catch (error) {
    const { status, faults } = refusalFor(error, ['invalid'])
    return await show(visit, { draft: { ...draft, faults } }, { status })
  }
}

/** What a `datetime-local` field sends has no zone; the page says that it is UTC. */
async function replay(visit: Visit, typed: string): Promise<Response> {
  const { door, scope, id } = visit
  try {
    const since = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(typed) ? `${typed}Z` : typed
    const { events } = await replaySince(door.ctx, scope, id, { since })
    return await tell(
      visit,
      events === 0 ? 'Nothing has happened since then.' : `${plural(events, 'event')} will be sent again.`,
    )
  } catch (error) {
    const { status, fault } = refusalFor(error, ['invalid', 'conflict'])
    return await show(visit, { replay: { since: typed, fault } }, { status })
  }
}

/** A refusal of the receiver's or of ours is what the test has shown. */
async function testOf({ door, scope, id }: Visit): Promise<TestResultProps> {
  try {
    const { statusCode, excerpt, durationMs } = await testWebhook(door.ctx, scope, id)
    return { statusCode, excerpt, ms: durationMs }
  } catch (error) {
    const isTold = error instanceof AppError && ['invalid', 'upstream', 'conflict'].includes(error.kind)
    if (!isTold) throw error
    return { fault: typeof error.facts.detail === 'string' ? error.facts.detail : error.message }
  }
}
