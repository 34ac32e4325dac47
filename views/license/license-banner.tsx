import { exactTime, plural } from '#lib/format.ts'
import { Alert, type AlertProps } from '#views/ui/alert.tsx'

/** What there is to say of a licence that ends, has ended, or is none. `isShut`: without one, this install closes what writes. */
export type LicenseBannerProps =
  | (Term & Readonly<{ status: 'valid'; days: number }>)
  | (Term & Readonly<{ status: 'grace' | 'expired' }>)
  | Readonly<{ status: 'invalid'; message: string | null; isShut: boolean }>
  | Readonly<{ status: 'missing' }>

type Term = Readonly<{ expires: Date; graceEnds: Date; isShut: boolean }>

const SHUT = 'Until a licence is installed everything can be read, and nothing but your own account can be changed.'
const OPEN = 'Nothing is closed: this install does not enforce licences.'

/** Above every page of those who can install a licence. */
export function LicenseBanner(props: LicenseBannerProps): JSX.Element {
  return (
    <section class="hf-license-banner" aria-label="Licence notice">
      <Alert {...alertOf(props)}>
        <p>
          <a href="/settings/license">Open the licence</a>
        </p>
      </Alert>
    </section>
  )
}

function alertOf(props: LicenseBannerProps): AlertProps {
  switch (props.status) {
    case 'valid':
      return { tone: 'info', title: `The licence ends in ${plural(props.days, 'day')}`, text: comingWords(props) }
    case 'grace': {
      const title = `The licence has ended; its grace period runs until ${exactTime(props.graceEnds)}`
      return { tone: 'warning', title, text: `Until then all works as before. ${laterWords(props)}` }
    }
    case 'expired':
      return ended('The licence has expired', `It ended at ${exactTime(props.expires)}.`, props.isShut)
    case 'invalid':
      return ended('The licence is not valid', props.message ?? '', props.isShut)
    case 'missing':
      return ended('There is no licence', 'This install asks for one.', true)
  }
}

function comingWords(term: Term): string {
  const { expires, graceEnds } = term
  const grace = graceEnds > expires ? `, its grace period at ${exactTime(graceEnds)}` : ''
  return `It ends at ${exactTime(expires)}${grace}. ${laterWords(term)}`
}

function laterWords({ isShut }: Term): string {
  return isShut ? 'After that nothing but your own account can be changed.' : OPEN
}

function ended(title: string, reason: string, isShut: boolean): AlertProps {
  return { tone: isShut ? 'danger' : 'warning', title, text: [reason, isShut ? SHUT : OPEN].join(' ').trim() }
}
