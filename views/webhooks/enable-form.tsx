import { SubmitButton } from '#views/ui/button.tsx'

export function EnableForm({ id }: Readonly<{ id: number }>): JSX.Element {
  return (
    <form
      method="post"
      action={`/webhooks/${id}/enable`}
      hx-post={`/webhooks/${id}/enable`}
      hx-target="#webhook"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <SubmitButton label="Enable" busyLabel="Enabling…" look="plain" icon="check" />
    </form>
  )
}
