import { ExactTime } from '#views/ui/time.tsx'
import { Excerpt } from './test-result.tsx'

export type AttemptProps = Readonly<{
  number: number
  /** Null when no answer came; then `error` says why. */
  statusCode: number | null
  excerpt: string
  error: string | null
  ms: number
  at: Date
}>

/** One request, and what came back. */
export function AttemptItem({ statusCode, excerpt, error, ms, at }: AttemptProps): JSX.Element {
  return (
    <li>
      <ExactTime at={at} />
      <span safe>{`: ${statusCode ?? 'no answer'}, ${ms} ms`}</span>
      {error !== null && <p safe>{error}</p>}
      {excerpt !== '' && <Excerpt text={excerpt} />}
    </li>
  )
}
