import type { Role } from '#core/access/roles.ts'
import { ROLE_WORDS } from '#views/members/role.tsx'
import { Badge } from '#views/ui/badge.tsx'
import { LinkButton, SubmitButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { Icon } from '#views/ui/icon.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { EveryOrgCard, type EveryOrgProps } from './every-org.tsx'
import { OrgName } from './org-name.tsx'

export type OrgRowProps = Readonly<{
  id: number
  name: string
  address: string
  /** Leads to the org where the address of the page decides on the org; elsewhere a form switches the session. */
  href?: string | undefined
  role: Role
  isCurrent: boolean
  /** Where the person is when nothing names another org. */
  isDefault: boolean
}>

export type OrgsProps = Readonly<{
  orgs: readonly OrgRowProps[]
  /** For superadmins. */
  every?: EveryOrgProps | undefined
}>

/** The account picker: every org of the viewer, and for superadmins every org there is. */
export function OrgsContent(props: OrgsProps): JSX.Element {
  return (
    <>
      <PageHead
        title="Organizations"
        text="The organizations you belong to. What you see and do is always in one of them."
        action={props.every === undefined ? undefined : <NewOrgLink />}
      />
      <section class="card" aria-label="Your organizations">
        {props.orgs.length > 0 ? (
          <OwnOrgs {...props} />
        ) : (
          <Empty icon="users" title="No organization yet" text="Ask an administrator for an invitation." />
        )}
      </section>
      {props.every !== undefined && <EveryOrgCard {...props.every} />}
    </>
  )
}

/** A link for those without scripts; app.js opens the dialog that is already in the page instead. */
function NewOrgLink(): JSX.Element {
  return (
    <a class="btn btn-primary" href="/orgs?new=1" data-dialog="new-org">
      <Icon name="plus" />
      New organization
    </a>
  )
}

function OwnOrgs(props: OrgsProps): JSX.Element {
  return (
    <table class="table hf-table hf-table-orgs">
      <thead>
        <tr>
          <th scope="col">Organization</th>
          <th scope="col">Your role</th>
          <th scope="col">You start in</th>
          <th scope="col">
            <span class="visually-hidden">Switch</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.orgs.map((org) => (
          <OrgRow {...org} />
        ))}
      </tbody>
    </table>
  )
}

function OrgRow(org: OrgRowProps): JSX.Element {
  return (
    <tr>
      <td class="hf-cell-who">
        <OrgName {...org} />
      </td>
      <td class="hf-cell-fact" safe>
        {ROLE_WORDS[org.role].label}
      </td>
      <td class="hf-cell-default">
        {org.isDefault ? <Badge tone="unknown" label="Default" /> : <MakeDefault {...org} />}
      </td>
      <td class="hf-cell-menu">{org.isCurrent ? <Badge tone="normal" label="Current" /> : <Switch {...org} />}</td>
    </tr>
  )
}

function MakeDefault(org: OrgRowProps): JSX.Element {
  return (
    <form method="post" action="/orgs/default">
      <input type="hidden" name="org_id" value={String(org.id)} />
      <SubmitButton label="Make default" busyLabel="Saving…" look="ghost" />
    </form>
  )
}

function Switch(org: OrgRowProps): JSX.Element {
  if (org.href !== undefined) return <LinkButton label="Open" href={org.href} />
  return (
    <form method="post" action="/orgs">
      <input type="hidden" name="org_id" value={String(org.id)} />
      <SubmitButton label="Switch" busyLabel="Switching…" look="plain" />
    </form>
  )
}
