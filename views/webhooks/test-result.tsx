import { Alert } from '#views/ui/alert.tsx'

export type TestResultProps = Readonly<{ statusCode: number; excerpt: string; ms: number } | { fault: string }>

/** What the receiver said, word for word and as text. */
export function TestResult({ result }: Readonly<{ result: TestResultProps }>): JSX.Element {
  if ('fault' in result) return <Alert tone="danger" title="The test did not arrive" text={result.fault} />
  const { statusCode, excerpt, ms } = result
  const isGood = statusCode >= 200 && statusCode < 300
  return (
    <Alert tone={isGood ? 'success' : 'warning'} title={`The receiver answered ${statusCode} in ${ms} ms`}>
      {excerpt === '' ? <p class="hf-alert-text">It said nothing more.</p> : <Excerpt text={excerpt} />}
    </Alert>
  )
}

export function Excerpt({ text }: Readonly<{ text: string }>): JSX.Element {
  return (
    <pre class="hf-webhook-excerpt" safe>
      {text}
    </pre>
  )
}
