import { Elysia } from 'elysia'
import type { Scope } from '#core/scope.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, isPartial, shellPage } from '#http/page.tsx'
import { LIMIT_MAX } from '#http/schemas.ts'
import type { Viewer } from '#http/viewer.ts'
import { CatalogueContent } from '#views/webhooks/catalogue.tsx'
import type { TestResultProps } from '#views/webhooks/test-result.tsx'
import { WebhooksCard, WebhooksContent, type WebhooksProps } from '#views/webhooks/webhooks-page.tsx'
import { deliveryPages } from './delivery-pages.tsx'
import { listEventTypes } from './event-catalogue.ts'
import { createWebhook, listWebhooks } from './webhook.ts'
import { draftOf, EVENT_CHOICES, scheduleOf } from './webhook-form.ts'
import { webhookPages } from './webhook-pages.tsx'

type Visit = Readonly<{ door: Door; request: Request; viewer: Viewer; scope: Scope }>
type Shown = Pick<WebhooksProps, 'draft' | 'secret'> &
  Readonly<{ tested?: Readonly<{ id: number; result: TestResultProps }> }>

/** `/webhooks`: where events are sent to. */
export function webhooksPages(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/webhooks' })
    .use(webhookPages(door, (visit, tested) => show(visit, { tested })))
    .use(deliveryPages(door))
    .use(gate(door))
    .get(
      '',
      ({ request, viewer, scope, query }) =>
        show({ door, request, viewer, scope }, fieldOf(query, 'create') === '1' ? { draft: {} } : {}),
      { requires: 'webhook.edit' },
    )
    .get(
      '/events',
      ({ request, viewer, scope }) => {
        const types = listEventTypes(ctx, scope).map(({ sample, schema, ...type }) => ({
          ...type,
          ...{ sample: JSON.stringify(sample, undefined, 2), schema: JSON.stringify(schema, undefined, 2) },
        }))
        return shellPage(door, request, viewer, { title: 'Events', section: 'Webhooks' }, CatalogueContent({ types }))
      },
      { requires: 'webhook.edit' },
    )
    .post('', ({ request, viewer, scope, body }) => create({ door, request, viewer, scope }, body), {
      requires: 'webhook.edit',
    })
}

/** Without a script the secret is in this answer itself: it is not kept anywhere for the page after a redirect. */
async function create(visit: Visit, form: unknown): Promise<Response> {
  const draft = draftOf(form)
  try {
    const { door, scope } = visit
    const { secret } = await createWebhook(door.ctx, scope, { ...draft, schedule: scheduleOf(draft.schedule) })
    return await show(visit, { secret })
  } catch (error) {
    const { status, faults, fault, field } = refusalFor(error, ['invalid', 'conflict'])
    return await show(visit, { draft: { ...draft, faults, ...(field === undefined && { fault }) } }, status)
  }
}

async function show(visit: Visit, shown: Shown, status = 200): Promise<Response> {
  const { door, request, viewer, scope } = visit
  const { tested, ...rest } = shown
  const rows = await listWebhooks(door.ctx, scope, { limit: LIMIT_MAX })
  const webhooks = rows.map((row) => (row.id === tested?.id ? { ...row, tested: tested.result } : row))
  const props = { webhooks, choices: EVENT_CHOICES, now: door.ctx.clock.now(), ...rest }
  if (isPartial(request)) return fragment({ status }, WebhooksCard(props))
  return shellPage(door, request, viewer, { title: 'Webhooks', section: 'Workspace', status }, WebhooksContent(props))
}
