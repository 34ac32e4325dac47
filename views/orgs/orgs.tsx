import type { Role } from '#core/access/roles.ts'
import { ROLE_WORDS } from '#views/members/role.tsx'
import { Avatar } from '#views/ui/avatar.tsx'
import { Badge } from '#views/ui/badge.tsx'
import { SubmitButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { PageHead } from '#views/ui/page-head.tsx'

export type OrgRowProps = Readonly<{ id: number; name: string; address: string; role: Role; isCurrent: boolean }>
export type OrgsProps = Readonly<{ orgs: readonly OrgRowProps[] }>

/** The account picker: every org of the viewer. */
export function OrgsContent(props: OrgsProps): JSX.Element {
  return (
    <>
      <PageHead
        title="Organizations"
        text="The organizations you belong to. What you see and do is always in one of them."
      />
      <section class="card" aria-label="Your organizations">
        {props.orgs.length > 0 ? (
          <table class="table hf-table">
            <thead>
              <tr>
                <th scope="col">Organization</th>
                <th scope="col">Your role</th>
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
        ) : (
          <Empty icon="users" title="No organization yet" text="Ask an administrator for an invitation." />
        )}
      </section>
    </>
  )
}

function OrgRow(org: OrgRowProps): JSX.Element {
  return (
    <tr>
      <td class="hf-cell-who">
        <div class="hf-who">
          <Avatar name={org.name} tone="org" />
          <div class="hf-who-lines">
            <b safe>{org.name}</b>
            <small safe>{org.address}</small>
          </div>
        </div>
      </td>
      <td class="hf-cell-fact" safe>
        {ROLE_WORDS[org.role].label}
      </td>
      <td class="hf-cell-menu">
        {org.isCurrent ? (
          <Badge tone="normal" label="Current" />
        ) : (
          <form method="post" action="/orgs">
            <input type="hidden" name="org_id" value={String(org.id)} />
            <SubmitButton label="Switch" busyLabel="Switching…" look="plain" />
          </form>
        )}
      </td>
    </tr>
  )
}
