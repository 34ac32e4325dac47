import { attribute } from '#views/ui/attribute.ts'
import { IconAvatar } from '#views/ui/avatar.tsx'
import { Badge } from '#views/ui/badge.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { Time } from '#views/ui/time.tsx'
import { eventsWords, webhookBadge } from './status.ts'
import { TestResult, type TestResultProps } from './test-result.tsx'

export type WebhookRowProps = Readonly<{
  id: number
  url: string
  events: readonly string[]
  isActive: boolean
  disabledReason: string | null
  failingSince: Date | null
  createdAt: Date
  /** What came of a test that was sent just now. */
  tested?: TestResultProps | undefined
}>

export function WebhookRow(props: WebhookRowProps & Readonly<{ now: Date }>): JSX.Element {
  const { id, url, events, disabledReason, failingSince, now } = props
  return (
    <tr>
      <td class="hf-cell-who">
        <div class="hf-who">
          <IconAvatar icon="webhook" />
          <div class="hf-who-lines">
            <a href={attribute(`/webhooks/${id}`)} safe>
              {url}
            </a>
            <small safe>{disabledReason ?? eventsWords(events)}</small>
            {props.tested !== undefined && <TestResult result={props.tested} />}
          </div>
        </div>
      </td>
      <td class="hf-cell-time" data-label={failingSince ? 'Failing since' : 'Made'}>
        <Time at={failingSince ?? props.createdAt} now={now} />
      </td>
      <td class="hf-cell-badge">
        <Badge {...webhookBadge(props)} />
      </td>
      <td class="hf-cell-menu">
        <form
          method="post"
          action={`/webhooks/${id}/test`}
          hx-post={`/webhooks/${id}/test`}
          hx-target="#webhooks"
          hx-swap="outerHTML"
          hx-disable="find [type=submit]"
        >
          <input type="hidden" name="from" value="list" />
          <SubmitButton label="Send test" busyLabel="Sending…" look="ghost" />
        </form>
      </td>
    </tr>
  )
}
