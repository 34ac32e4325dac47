import { LinkButton } from '#views/ui/button.tsx'
import { Time } from '#views/ui/time.tsx'

export type HistoryProps = Readonly<{
  /** Newest first. */
  events: readonly Readonly<{ words: string; actor: string; at: Date }>[]
  canReadAudit: boolean
  now: Date
}>

export function History({ events, canReadAudit, now }: HistoryProps): JSX.Element {
  return (
    <section class="card hf-card-form" aria-labelledby="history-title">
      <h2 id="history-title">History</h2>
      {events.length === 0 ? (
        <p>Nothing yet. What is installed, refused or removed is listed here.</p>
      ) : (
        <ul class="hf-license-history">
          {events.map(({ words, actor, at }) => (
            <li>
              <b safe>{words}</b>
              <small>
                <span safe>{actor}</span> · <Time at={at} now={now} />
              </small>
            </li>
          ))}
        </ul>
      )}
      {canReadAudit && (
        <div class="hf-license-acts">
          <LinkButton label="Open the audit log" icon="history" href="/audit-log?q=license" />
        </div>
      )}
    </section>
  )
}
