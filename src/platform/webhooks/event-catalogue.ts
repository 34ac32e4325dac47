import type { TObject } from '@sinclair/typebox'
import { ACTIONS } from '#core/audit/actions.ts'
import { EVENT_SAMPLES } from '#core/audit/event-samples.ts'
import { EVENT_TYPES, schemaOf } from '#core/audit/event-types.ts'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import type { Event } from './event.ts'

export type EventType = Readonly<{
  type: string
  description: string
  /** JSON Schema of the event's `data`. */
  schema: TObject
  sample: Event
}>

const SAMPLE_ID = '019c1a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b'

/** Every type of event that an org can subscribe to, with a sample of this org and this moment. For `webhook.edit`. */
export function listEventTypes({ clock }: Pick<Context, 'clock'>, { orgId }: Pick<Scope, 'orgId'>): EventType[] {
  const head = { created_at: clock.now().toISOString(), org_id: orgId }
  return EVENT_TYPES.map((type) => ({
    type,
    description: ACTIONS[type],
    schema: schemaOf(type),
    sample: { id: SAMPLE_ID, type, ...head, data: EVENT_SAMPLES[type] },
  }))
}
