import { exactTime } from '#lib/format.ts'
import { Alert } from '#views/ui/alert.tsx'
import { CopyBox } from '#views/ui/copy-box.tsx'

export type IssuedPasswordProps = Readonly<{ email: string; password: string; expiresAt: Date }>

export function IssuedPassword(props: IssuedPasswordProps): JSX.Element {
  return (
    <Alert
      tone="success"
      title={`Pass this temporary password on to ${props.email}`}
      text={`It works until ${exactTime(props.expiresAt)} and will not be shown again. Lost it? Reset the password once more.`}
    >
      <CopyBox id="temporary-password" label="Temporary password" value={props.password} />
    </Alert>
  )
}
