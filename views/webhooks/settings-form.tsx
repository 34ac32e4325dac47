import { SubmitButton } from '#views/ui/button.tsx'
import type { EventChoice } from './event-picker.tsx'
import { type WebhookDraft, WebhookFields } from './webhook-fields.tsx'

export type SettingsFormProps = Readonly<{
  id: number
  url: string
  events: readonly string[]
  schedule: string
  choices: readonly EventChoice[]
  /** As last sent and refused. */
  draft?: WebhookDraft | undefined
}>

export function SettingsForm(props: SettingsFormProps): JSX.Element {
  const { id, url, events, schedule } = props
  return (
    <section class="card hf-card-form" aria-labelledby="settings-title">
      <h2 id="settings-title">Settings</h2>
      <form
        method="post"
        action={`/webhooks/${id}`}
        hx-post={`/webhooks/${id}`}
        hx-target="#webhook"
        hx-swap="outerHTML"
        hx-disable="find [type=submit]"
      >
        <WebhookFields id="webhook" draft={props.draft ?? { url, events, schedule }} choices={props.choices} />
        <SubmitButton label="Save" busyLabel="Saving…" look="plain" />
      </form>
    </section>
  )
}
