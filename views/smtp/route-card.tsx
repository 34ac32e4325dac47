import { Alert } from '#views/ui/alert.tsx'
import { Badge, type BadgeProps } from '#views/ui/badge.tsx'
import { RemoveSmtp } from './remove-smtp.tsx'
import { TLS_WORDS, type Tls } from './smtp-words.ts'

export type RouteCardProps = Readonly<{
  orgName: string
  relay: 'own' | 'platform' | 'none'
  /** What readers see as the sender; null where no mail can leave. */
  sender: string | null
  own: Readonly<{ host: string; port: number; tls: Tls; isPasswordReadable: boolean }> | undefined
}>

const BADGES: Readonly<Record<RouteCardProps['relay'], BadgeProps>> = {
  own: { tone: 'normal', label: 'Your own mail server' },
  platform: { tone: 'pending', label: 'The platform’s mail server' },
  none: { tone: 'warning', label: 'No mail server' },
}

const WORDS: Readonly<Record<RouteCardProps['relay'], string>> = {
  own: 'Invitations, password resets and notices of this organization go through it. Whoever also belongs to another organization gets resets from the platform.',
  platform: 'Set a server of your own below, and mails come from your own address.',
  none: 'Invitations become links to pass on, and forgotten passwords need an admin. Set a server below to change that.',
}

/** Where mail goes now, and what its readers see. */
export function RouteCard(props: RouteCardProps): JSX.Element {
  const { own, sender, relay } = props
  return (
    <section class="card hf-setting" aria-labelledby="smtp-route-title">
      <div class="hf-setting-head">
        <h2 id="smtp-route-title">Where mail goes now</h2>
        <p safe>{WORDS[relay]}</p>
      </div>
      <div class="hf-setting-body">
        <p class="hf-smtp-standing">
          <Badge {...BADGES[relay]} {...(own?.isPasswordReadable === false && { tone: 'failing' as const })} />
        </p>
        {own !== undefined && !own.isPasswordReadable && (
          <Alert
            tone="danger"
            title="The stored password cannot be read"
            text="No mail of this organization leaves until you enter it again. The operator may have changed a secret of this install."
          />
        )}
        <dl class="hf-smtp-facts">
          {own !== undefined && (
            <>
              <dt>Server</dt>
              <dd safe>{`${own.host}:${own.port}, ${TLS_WORDS[own.tls]}`}</dd>
            </>
          )}
          {sender !== null && (
            <>
              <dt>Readers see</dt>
              <dd safe>{`From: ${sender}`}</dd>
            </>
          )}
        </dl>
        {own !== undefined && <RemoveSmtp orgName={props.orgName} host={own.host} />}
      </div>
    </section>
  )
}
