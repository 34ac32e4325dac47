import { SubmitButton } from '#views/ui/button.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { DeliveryLog, type DeliveryLogProps } from './delivery-log.tsx'
import { ReplayDialog, type ReplayDraft } from './replay-dialog.tsx'
import { SecretBox } from './secret-box.tsx'
import { SecretCard } from './secret-card.tsx'
import { SettingsForm } from './settings-form.tsx'
import { Standing } from './standing.tsx'
import { TestResult, type TestResultProps } from './test-result.tsx'
import type { WebhookDraft } from './webhook-fields.tsx'

export type WebhookProps = DeliveryLogProps &
  Readonly<{
    url: string
    events: readonly string[]
    schedule: string
    isActive: boolean
    disabledReason: string | null
    failingSince: Date | null
    secretTail: string
    oldSecretEndsAt: Date | null
    /** The settings as last sent and refused. */
    draft?: WebhookDraft | undefined
    replay?: ReplayDraft | undefined
    /** Made just now. */
    secret?: string | undefined
    tested?: TestResultProps | undefined
  }>

export function WebhookContent(props: WebhookProps): JSX.Element {
  return (
    <>
      <PageHead title="Webhook" text={props.url} action={<TestForm id={props.id} />} />
      <WebhookCard {...props} />
    </>
  )
}

function TestForm({ id }: Readonly<{ id: number }>): JSX.Element {
  return (
    <form
      method="post"
      action={`/webhooks/${id}/test`}
      hx-post={`/webhooks/${id}/test`}
      hx-target="#webhook"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <SubmitButton label="Send test" busyLabel="Sending…" icon="send" />
    </form>
  )
}

/** The fragment of every form on this page. */
export function WebhookCard(props: WebhookProps): JSX.Element {
  return (
    <div id="webhook">
      {props.secret !== undefined && <SecretBox secret={props.secret} />}
      {props.tested !== undefined && <TestResult result={props.tested} />}
      <Standing {...props} />
      <DeliveryLog {...props} />
      <SettingsForm {...props} />
      <SecretCard {...props} />
      <ReplayDialog id={props.id} url={props.url} draft={props.replay} />
    </div>
  )
}
