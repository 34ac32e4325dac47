import { exactTime, plural } from '#lib/format.ts'
import { Alert } from '#views/ui/alert.tsx'
import { Badge } from '#views/ui/badge.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { History, type HistoryProps } from './history.tsx'
import { InstallForm, type InstallFormProps } from './install-form.tsx'
import { Outlook, type OutlookProps } from './outlook.tsx'
import { RemoveLicense } from './remove-license.tsx'
import { Simulator, type SimulatorProps } from './simulator.tsx'
import { LICENSE_BADGES, type LicenseStatus } from './status.ts'

export type LicenseProps = InstallFormProps & Shown

type Shown = Readonly<{
  orgName: string
  status: LicenseStatus
  source: 'org' | 'subscription' | 'instance' | 'none'
  customer: string | null
  tier: string | null
  expires: Date | null
  graceEnds: Date | null
  daysRemaining: number | null
  usersLimit: number | null
  usersCount: number
  products: readonly string[]
  /** With their names where this version knows them. */
  features: readonly string[]
  resolution: readonly string[]
  /** Why a document counts for nothing. */
  message: string | null
  isClockSuspect: boolean
  outlook: Pick<OutlookProps, 'enforcement' | 'changes' | 'features'>
  simulator: SimulatorProps
  history: HistoryProps
  /** What sent the reader here, in a sentence. */
  refusal?: string | undefined
}>

/** The share of the seats from which on the page warns. */
const NEARLY_FULL = 0.9
const SEATS_WORDS = 'Once all are taken, nobody can be invited. Whoever is a member stays.'

const SOURCES: Readonly<Record<LicenseProps['source'], string>> = {
  org: 'This organization’s own licence',
  subscription: 'A subscription',
  instance: 'The licence of the whole install',
  none: 'Nothing',
}

export function LicenseContent(props: LicenseProps): JSX.Element {
  return (
    <>
      <PageHead title="Licence" text="What this organization may use, for how many people, and until when." />
      <LicenseCard {...props} />
    </>
  )
}

/** The fragment of POST /settings/license. */
export function LicenseCard(props: LicenseProps): JSX.Element {
  return (
    <div id="license">
      {props.refusal !== undefined && <Alert tone="warning" title="Nothing was saved" text={props.refusal} />}
      {props.usersLimit !== null && props.usersCount >= props.usersLimit * NEARLY_FULL && (
        <Alert tone="warning" title={seatTitle(props.usersCount, props.usersLimit)} text={SEATS_WORDS} />
      )}
      {props.isClockSuspect && (
        <Alert
          tone="warning"
          title="The clock was set back"
          text="A later time has been already, and that one counts. Set the clock of this machine."
        />
      )}
      <section class="card hf-card-form" aria-labelledby="license-title">
        <h2 id="license-title" class="hf-license-title">
          Current licence <Badge {...LICENSE_BADGES[props.status]} />
        </h2>
        {props.message !== null && <p safe>{props.message}</p>}
        <LicenseFacts {...props} />
        {props.source === 'org' && <RemoveLicense {...props} enforcement={props.outlook.enforcement} />}
      </section>
      <Outlook {...props.outlook} status={props.status} source={props.source} />
      <Simulator {...props.simulator} />
      <section class="card hf-card-form" aria-labelledby="install-title">
        <h2 id="install-title">Install a licence</h2>
        <InstallForm draft={props.draft} fileFault={props.fileFault} />
      </section>
      <History {...props.history} />
    </div>
  )
}

function seatTitle(used: number, limit: number): string {
  return used >= limit
    ? limit === 1
      ? 'The only seat is taken'
      : `All ${limit} seats are taken`
    : `${plural(limit - used, 'seat')} left`
}

function LicenseFacts(props: LicenseProps): JSX.Element {
  const rows = factsOf(props)
  return (
    <dl class="hf-license-facts">
      {rows.map(([name, words]) => (
        <>
          <dt safe>{name}</dt>
          <dd safe>{words}</dd>
        </>
      ))}
    </dl>
  )
}

function factsOf(props: LicenseProps): [name: string, words: string][] {
  const { customer, tier, expires, graceEnds, usersLimit, products, features } = props
  return [
    ...(customer === null ? [] : ([['Customer', customer]] satisfies [string, string][])),
    ...(tier === null ? [] : ([['Tier', tier]] satisfies [string, string][])),
    ...(expires === null ? [] : ([['Expires', expiryWords(expires, props)]] satisfies [string, string][])),
    ...(graceEnds === null ? [] : ([['Grace period ends', exactTime(graceEnds)]] satisfies [string, string][])),
    ['Seats', usersLimit === null ? `${props.usersCount} used, no limit` : `${props.usersCount} of ${usersLimit} used`],
    ['Products', products.join(', ') || 'None'],
    ['Features', features.join(', ') || 'None'],
    ['Comes from', SOURCES[props.source]],
    ['How it was found', props.resolution.join(' → ')],
  ]
}

function expiryWords(expires: Date, { status, daysRemaining }: LicenseProps): string {
  const left = status === 'valid' && daysRemaining !== null ? `, ${plural(daysRemaining, 'day')} left` : ''
  return `${exactTime(expires)}${left}`
}
