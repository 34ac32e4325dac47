import { Alert } from '#views/ui/alert.tsx'
import { CopyBox } from '#views/ui/copy-box.tsx'

/** The only time that a secret is in a page. */
export function SecretBox({ secret }: Readonly<{ secret: string }>): JSX.Element {
  return (
    <Alert
      tone="success"
      title="Copy the signing secret now"
      text="It will not be shown again. Your receiver checks with it that a delivery comes from here. Lost it? Replace it."
    >
      <CopyBox id="webhook-secret" label="Signing secret" value={secret} />
    </Alert>
  )
}
