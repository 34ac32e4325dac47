import { PlainHead } from '#views/plain-layout.tsx'

export type ErrorStatus = 400 | 403 | 404 | 409 | 410 | 413 | 422 | 429 | 500 | 502

export type ErrorProps = Readonly<{
  status: ErrorStatus
  /** One sentence in place of the usual one; never of a 500. */
  message?: string | undefined
  requestId?: string | undefined
  /** Seconds until a 429 may be tried again. */
  retryAfterSeconds?: number | undefined
  isSignedIn: boolean
}>

const WORDS: Readonly<Record<ErrorStatus, Readonly<{ title: string; text: string }>>> = {
  400: { title: 'This request makes no sense', text: 'Two parts of it contradict each other. Go back and try again.' },
  403: {
    title: 'This page is not yours to open',
    text: 'Your role does not allow it. An admin of your organization can change that.',
  },
  404: { title: 'There is no such page', text: 'The address is wrong, or what was here is gone.' },
  409: {
    title: 'This changed in the meantime',
    text: 'Somebody else was faster. Go back, reload the page and look again.',
  },
  410: { title: 'This link no longer works', text: 'It was used, revoked, or it is too old.' },
  413: { title: 'This is too large', text: 'What was sent is over the limit. Nothing was saved.' },
  422: {
    title: 'This cannot be accepted',
    text: 'Something in the form is missing or malformed. Go back and check it.',
  },
  429: { title: 'Too many tries', text: 'Wait a little, then try again.' },
  500: {
    title: 'Something broke here',
    text: 'It is our fault, not yours, and it is in the log. Try again in a moment.',
  },
  502: {
    title: 'Another server refused',
    text: 'Honeyframe asked a server outside and got no useful answer. Try again in a moment.',
  },
}

export function errorTitle(status: ErrorStatus): string {
  return WORDS[status].title
}

/** The card of an error: what happened, what to do, and what to quote to whoever reads the log. */
export function ErrorContent(props: ErrorProps): JSX.Element {
  const words = WORDS[props.status]
  return (
    <>
      <p class="hf-error-status">{props.status}</p>
      <PlainHead title={words.title} text={props.status === 500 ? words.text : (props.message ?? textOf(props))} />
      {props.isSignedIn ? (
        <a class="btn w-100" href="/">
          Go to start
        </a>
      ) : (
        <a class="btn w-100" href="/login">
          Go to sign-in
        </a>
      )}
      {props.requestId !== undefined && (
        <p class="hf-plain-foot">
          Request <code safe>{props.requestId}</code>
        </p>
      )}
    </>
  )
}

function textOf(props: ErrorProps): string {
  if (props.status !== 429 || props.retryAfterSeconds === undefined) return WORDS[props.status].text
  const minutes = Math.ceil(props.retryAfterSeconds / 60)
  if (props.retryAfterSeconds < 60) return `Wait ${props.retryAfterSeconds} seconds, then try again.`
  return `Wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, then try again.`
}
