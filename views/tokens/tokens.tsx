import { plural } from '#lib/format.ts'
import { Alert } from '#views/ui/alert.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { CopyBox } from '#views/ui/copy-box.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { Field, type FieldFaults, SelectField } from '#views/ui/field.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { TokenRow, type TokenRowProps } from './token-row.tsx'

export type TokensProps = Readonly<{
  tokens: readonly TokenRowProps[]
  now: Date
  /** The create form as last sent. */
  draft?: TokenDraft | undefined
  /** The token just made: the only time its secret is in a page. */
  created?: Readonly<{ name: string; secret: string }> | undefined
}>

export type TokenDraft = Readonly<{
  name?: string | undefined
  /** Days, or an empty text for a token that does not expire. */
  expiresInDays?: string | undefined
  /** Reasons by field: `name`, `expires_in_days`. */
  faults?: FieldFaults | undefined
  fault?: string | undefined
}>

export function TokensContent(props: TokensProps): JSX.Element {
  return (
    <>
      <PageHead
        title="Personal access tokens"
        text="For scripts, CI and the command line. A token may do whatever you may do, so treat it like your password."
      />
      <TokensCard {...props} />
    </>
  )
}

/** The fragment of POST /tokens and POST /tokens/:id/revoke. */
export function TokensCard(props: TokensProps): JSX.Element {
  return (
    <div id="tokens">
      {props.created !== undefined && (
        <Alert
          tone="success"
          title={`Copy the token “${props.created.name}” now`}
          text="It will not be shown again. Lost it? Revoke it and make a new one."
        >
          <CopyBox id="created-token" label="Token" value={props.created.secret} />
        </Alert>
      )}
      <section class="card hf-card-form" aria-labelledby="new-token-title">
        <h2 id="new-token-title">New token</h2>
        <NewTokenForm {...(props.draft ?? {})} />
      </section>
      <section class="card" aria-label="Your tokens">
        {props.tokens.length > 0 ? (
          <TokensTable {...props} />
        ) : (
          <Empty
            icon="key"
            title="No tokens yet"
            text="Make one above, then send it as “Authorization: Bearer hf_…”."
          />
        )}
      </section>
    </div>
  )
}

const LIFETIMES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: '', label: 'Never' },
]

function NewTokenForm(props: TokenDraft): JSX.Element {
  const { faults = {} } = props
  return (
    <form
      class="hf-form-line"
      method="post"
      action="/tokens"
      hx-post="/tokens"
      hx-target="#tokens"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      {props.fault !== undefined && <Alert tone="danger" title="No token was made" text={props.fault} />}
      <Field
        id="token-name"
        name="name"
        label="Name"
        autocomplete="off"
        maxlength={100}
        value={props.name}
        hint="Where you use it, such as “ci-pipeline”."
        fault={faults.name}
      />
      <SelectField
        id="token-expiry"
        name="expires_in_days"
        label="Expires after"
        value={props.expiresInDays ?? '90'}
        choices={LIFETIMES}
        fault={faults.expires_in_days}
      />
      <SubmitButton label="Make token" busyLabel="Making…" icon="plus" />
    </form>
  )
}

function TokensTable(props: TokensProps): JSX.Element {
  return (
    <>
      <table class="table hf-table hf-table-tokens">
        <thead>
          <tr>
            <th scope="col">Token</th>
            <th scope="col">Last used</th>
            <th scope="col">Expires</th>
            <th scope="col">Status</th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.tokens.map((token) => (
            <TokenRow {...token} now={props.now} />
          ))}
        </tbody>
      </table>
      <div class="hf-pager">
        <p safe>{plural(props.tokens.length, 'token')}</p>
      </div>
    </>
  )
}
