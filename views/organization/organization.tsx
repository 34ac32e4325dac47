import { PageHead } from '#views/ui/page-head.tsx'
import { GeneralForm, type GeneralFormProps } from './general-form.tsx'
import { LogoForm, type LogoFormProps } from './logo-form.tsx'

export type OrganizationProps = Readonly<{ general: GeneralFormProps; logo: LogoFormProps }>

export function OrganizationContent(props: OrganizationProps): JSX.Element {
  return (
    <>
      <PageHead
        title="Organization"
        text={`The name, the colour and the logo that people see here and on the sign-in page at ${props.general.address}.`}
      />
      <div class="hf-settings">
        <GeneralForm {...props.general} />
        <LogoForm {...props.logo} />
      </div>
    </>
  )
}
