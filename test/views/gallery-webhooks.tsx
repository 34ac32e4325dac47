import { CatalogueContent } from '#views/webhooks/catalogue.tsx'
import type { DeliveryRowProps } from '#views/webhooks/delivery-row.tsx'
import { WebhookContent, type WebhookProps } from '#views/webhooks/webhook-page.tsx'
import { WebhooksContent, type WebhooksProps } from '#views/webhooks/webhooks-page.tsx'
import { hoursFromNow, NOW, type Say } from './gallery-data.tsx'

type Shown = Readonly<{ content: JSX.Element }>

const EVENT_ID = '019c1a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b'

export function webhooksPages(say: Say): Record<string, Shown> {
  const choices = ['group.created', 'group.deleted', 'invite.created'].map((type) => ({
    type: say(type),
    description: say('Something happened.'),
  }))
  const url = say('https://hooks.example.com/honeyframe/a-rather-long-path-that-somebody-made')
  const bare: WebhooksProps = { webhooks: [], choices, now: NOW }
  const one = {
    id: 3,
    url,
    events: [],
    isActive: true,
    disabledReason: null,
    failingSince: null,
    createdAt: hoursFromNow(-90),
  }
  const rows = [
    { ...one, events: [say('group.*'), say('invite.created')] },
    { ...one, id: 4, failingSince: hoursFromNow(-5) },
    { ...one, id: 5, isActive: false, disabledReason: say('The receiver answered 410 Gone.') },
    { ...one, id: 6, isActive: false, tested: { fault: say('The host refused the connection.') } },
  ]
  const page = webhookOf(say, { ...one, choices })
  return {
    webhooks: { content: <WebhooksContent {...bare} webhooks={rows} secret={say('whsec_MDEyMzQ1Njc4OWFiY2RlZg==')} /> },
    'webhooks-empty': { content: <WebhooksContent {...bare} /> },
    'webhooks-refused': {
      content: (
        <WebhooksContent
          {...bare}
          draft={{
            ...{ url, events: [say('group.created')], fault: say('An organization has at most 20 webhooks.') },
            faults: { url: say('This host is closed.'), events: say('There is no such event.') },
          }}
        />
      ),
    },
    webhook: {
      content: <WebhookContent {...page} tested={{ statusCode: 503, excerpt: say('<b>busy</b>'), ms: 84 }} />,
    },
    'webhook-disabled': {
      content: (
        <WebhookContent
          {...page}
          {...{
            isActive: false,
            disabledReason: say('Every delivery failed for 5 days.'),
            deliveries: [],
            oldSecretEndsAt: null,
          }}
          replay={{ since: '2026-03-01T09:00', fault: say('since is a time in the past.') }}
        />
      ),
    },
    'webhook-events': {
      content: (
        <CatalogueContent
          types={choices.map((choice) => ({
            ...choice,
            sample: say('{\n  "id": 1\n}'),
            schema: say('{\n  "type": "object"\n}'),
          }))}
        />
      ),
    },
  }
}

type Standing = Pick<WebhookProps, 'id' | 'url' | 'events' | 'isActive' | 'disabledReason' | 'failingSince' | 'choices'>

function webhookOf(say: Say, standing: Standing): WebhookProps {
  const row: DeliveryRowProps = {
    ...{
      id: say(EVENT_ID),
      eventId: say(EVENT_ID),
      eventType: say('group.created'),
      origin: say('event'),
      status: 'delivered',
    },
    attempts: [{ number: 1, statusCode: 200, excerpt: say('ok'), error: null, ms: 84, at: hoursFromNow(-1) }],
    ...{ nextRetryAt: null, createdAt: hoursFromNow(-1) },
  }
  const failed = {
    number: 1,
    statusCode: null,
    excerpt: '',
    error: say('The host did not answer in time.'),
    ms: 15_000,
    at: NOW,
  }
  const deliveries: DeliveryRowProps[] = [
    { ...row, status: 'waiting', attempts: [failed], nextRetryAt: hoursFromNow(1) },
    {
      ...row,
      status: 'failed',
      attempts: [{ ...failed, statusCode: 404, error: null, excerpt: say('x'.repeat(512)) }],
    },
    { ...row, status: 'dropped', origin: say('replay'), attempts: [] },
    row,
  ]
  return {
    ...{ ...standing, deliveries, schedule: 'default', failingSince: hoursFromNow(-5), secretTail: say('kR4fw=') },
    ...{ state: { status: 'failed', event: say('group.created') }, now: NOW, oldSecretEndsAt: hoursFromNow(20) },
    ...{ nextCursor: say('abc'), cursor: say('xyz') },
  }
}
