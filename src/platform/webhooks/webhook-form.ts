import { ACTIONS } from '#core/audit/actions.ts'
import { EVENT_TYPES } from '#core/audit/event-types.ts'
import type { Schedule } from './webhook.ts'

/** What a form offers to tick. */
export const EVENT_CHOICES = EVENT_TYPES.map((type) => ({ type, description: ACTIONS[type] }))

/** As `views/webhooks/event-picker.tsx` names its fields. */
const EVENT_FIELD = /^event\.(.+)$/

/** The settings as a form sent them: a field for each event that is ticked. */
export function draftOf(form: unknown): { url: string; events: string[]; schedule: string } {
  const fields = typeof form === 'object' && form !== null ? Object.entries(form) : []
  const textIn = (name: string) => String(fields.find(([key]) => key === name)?.[1] ?? '')
  const events = fields.flatMap(([name]) => EVENT_FIELD.exec(name)?.[1] ?? [])
  return { url: textIn('url').trim(), events, schedule: textIn('schedule') }
}

export function scheduleOf(text: string): Schedule {
  return text === 'long' ? 'long' : 'default'
}
