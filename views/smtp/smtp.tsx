import { PageHead } from '#views/ui/page-head.tsx'
import { RouteCard, type RouteCardProps } from './route-card.tsx'
import { SmtpForm, type SmtpFormProps } from './smtp-form.tsx'
import { TestForm, type TestFormProps } from './test-form.tsx'

export type SmtpProps = Readonly<{
  route: RouteCardProps
  form: SmtpFormProps
  /** Absent while there is nothing to test. */
  test: TestFormProps | undefined
}>

export function SmtpContent(props: SmtpProps): JSX.Element {
  return (
    <>
      <PageHead
        title="SMTP"
        text="The mail server that carries the invitations, password resets and notices of this organization."
      />
      <SmtpCards {...props} />
    </>
  )
}

/** The fragment of the forms of /smtp. */
export function SmtpCards(props: SmtpProps): JSX.Element {
  return (
    <div id="smtp" class="hf-settings">
      <RouteCard {...props.route} />
      <SmtpForm {...props.form} />
      {props.test !== undefined && <TestForm {...props.test} />}
    </div>
  )
}
