import { plural } from '#lib/format.ts'
import { LinkButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { Icon } from '#views/ui/icon.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { Pager } from '#views/ui/pager.tsx'
import { CreateDialog } from './create-dialog.tsx'
import type { EventChoice } from './event-picker.tsx'
import { SecretBox } from './secret-box.tsx'
import type { WebhookDraft } from './webhook-fields.tsx'
import { WebhookRow, type WebhookRowProps } from './webhook-row.tsx'

export type WebhooksProps = Readonly<{
  webhooks: readonly WebhookRowProps[]
  choices: readonly EventChoice[]
  now: Date
  /** The form as last sent; undefined leaves the dialog closed. */
  draft?: (WebhookDraft & Readonly<{ fault?: string | undefined }>) | undefined
  /** Of the webhook that was made just now. */
  secret?: string | undefined
}>

export function WebhooksContent(props: WebhooksProps): JSX.Element {
  return (
    <>
      <PageHead
        title="Webhooks"
        text="Sends what happens here to your own systems, signed, within a second."
        action={<NewWebhookButton isPrimary={true} />}
      />
      <WebhooksCard {...props} />
    </>
  )
}

/** A link for those without scripts; app.js opens the dialog that is already in the page instead. */
function NewWebhookButton({ isPrimary }: Readonly<{ isPrimary: boolean }>): JSX.Element {
  return (
    <a class={['btn', isPrimary && 'btn-primary']} href="/webhooks?create=1" data-dialog="webhook-create">
      <Icon name="plus" />
      New webhook
    </a>
  )
}

/** The fragment of every form on this page. */
export function WebhooksCard(props: WebhooksProps): JSX.Element {
  return (
    <div id="webhooks">
      {props.secret !== undefined && <SecretBox secret={props.secret} />}
      <section class="card" aria-label="Webhooks">
        {props.webhooks.length > 0 ? <WebhooksTable {...props} /> : <NoWebhooks />}
      </section>
      <div class="hf-webhook-acts">
        <LinkButton label="See every event with a sample" href="/webhooks/events" icon="eye" />
      </div>
      <CreateDialog draft={props.draft ?? {}} choices={props.choices} isOpen={props.draft !== undefined} />
    </div>
  )
}

function WebhooksTable({ webhooks, now }: WebhooksProps): JSX.Element {
  return (
    <>
      <table class="table hf-table">
        <thead>
          <tr>
            <th scope="col">Address</th>
            <th scope="col">Since</th>
            <th scope="col">Status</th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {webhooks.map((webhook) => (
            <WebhookRow {...webhook} now={now} />
          ))}
        </tbody>
      </table>
      <Pager summary={plural(webhooks.length, 'webhook')} />
    </>
  )
}

function NoWebhooks(): JSX.Element {
  return (
    <Empty
      icon="webhook"
      title="No webhooks yet"
      text="Name an address, and every sign-in, invitation and change is sent to it: to a chat, a pager or a service of yours."
    >
      <NewWebhookButton isPrimary={false} />
    </Empty>
  )
}
