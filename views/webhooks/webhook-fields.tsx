import { Field, type FieldFaults, SelectField } from '#views/ui/field.tsx'
import { type EventChoice, EventPicker } from './event-picker.tsx'

/** A form as last sent, or what stands now. */
export type WebhookDraft = Readonly<{
  url?: string | undefined
  events?: readonly string[] | undefined
  schedule?: string | undefined
  faults?: FieldFaults | undefined
}>

const SCHEDULES = [
  { value: 'default', label: 'Five tries in 1½ hours' },
  { value: 'long', label: 'Eight tries in 28 hours' },
]

type WebhookFieldsProps = Readonly<{
  id: string
  draft: WebhookDraft
  choices: readonly EventChoice[]
  hasFocus?: boolean
}>

export function WebhookFields({ id, draft, choices, hasFocus }: WebhookFieldsProps): JSX.Element {
  const { faults = {} } = draft
  return (
    <>
      <Field
        id={`${id}-url`}
        name="url"
        label="Address"
        autocomplete="off"
        maxlength={2000}
        value={draft.url}
        hint="Where your receiver listens, such as https://hooks.example.com/honeyframe."
        fault={faults.url}
        hasFocus={hasFocus}
      />
      <EventPicker id={`${id}-events`} choices={choices} picked={draft.events ?? []} fault={faults.events} />
      <SelectField
        id={`${id}-schedule`}
        name="schedule"
        label="When a delivery fails"
        value={draft.schedule ?? 'default'}
        choices={SCHEDULES}
        hint="A receiver that answers 4xx has said no: then nothing is tried again."
      />
    </>
  )
}
