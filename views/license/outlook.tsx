import { exactTime } from '#lib/format.ts'

export type OutlookProps = Readonly<{
  status: 'valid' | 'grace' | 'expired' | 'missing' | 'invalid'
  source: 'org' | 'subscription' | 'instance' | 'none'
  enforcement: 'on' | 'off' | 'unset'
  /** What comes next, soonest first. */
  changes: readonly Readonly<{ at: Date; status: 'grace' | 'expired' }>[]
  /** The licensed features by their names. */
  features: readonly string[]
}>

const CLOSED =
  'People can read and save nothing, and nobody is invited or joins. Signing in, one’s own account and this page stay open.'

/** What an end of the licence closes, and when. */
export function Outlook(props: OutlookProps): JSX.Element {
  return (
    <section class="card hf-card-form" aria-labelledby="outlook-title">
      <h2 id="outlook-title">What will close and when</h2>
      {props.changes.length === 0 || props.enforcement === 'off' ? (
        <p safe>{standingWords(props)}</p>
      ) : (
        <dl class="hf-license-facts">
          {props.changes.map(({ at, status }) => (
            <>
              <dt>
                <time datetime={at.toISOString()} safe>
                  {exactTime(at)}
                </time>
              </dt>
              <dd safe>{status === 'grace' ? GRACE : closedWords(props)}</dd>
            </>
          ))}
        </dl>
      )}
    </section>
  )
}

const GRACE = 'The licence expires and the grace period begins. Nothing closes yet.'

function standingWords(props: OutlookProps): string {
  const { status, source, enforcement } = props
  if (enforcement === 'off') return 'Nothing: this install enforces no licence (LICENSE_ENFORCE=0).'
  if (source === 'subscription') return 'Nothing, as long as the subscription is active.'
  if (status === 'missing' && enforcement === 'unset') {
    return 'Nothing: without a licence this install is open, unless it is told to ask for one (LICENSE_ENFORCE=1).'
  }
  return `It is closed now. ${closedWords(props)}`
}

function closedWords({ features }: OutlookProps): string {
  const gone = features.length === 0 ? '' : ` These features close, for reading too: ${features.join(', ')}.`
  return `${CLOSED}${gone}`
}
