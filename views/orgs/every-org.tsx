import type { Role } from '#core/access/roles.ts'
import { plural } from '#lib/format.ts'
import { LinkButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { Pager } from '#views/ui/pager.tsx'
import { SearchInput } from '#views/ui/search.tsx'
import { Time } from '#views/ui/time.tsx'
import { NewOrgDialog, type NewOrgDraft } from './new-org-dialog.tsx'
import { OrgName } from './org-name.tsx'

export type EveryOrgRowProps = Readonly<{
  name: string
  address: string
  /** The viewer's own; null in an org of others. */
  role: Role | null
  memberCount: number
  createdAt: Date
}>

export type EveryOrgProps = Readonly<{
  rows: readonly EveryOrgRowProps[]
  q: string
  nextCursor?: string | undefined
  /** Set on any page but the first. */
  cursor?: string | undefined
  apexDomain: string
  now: Date
  /** The form for a new org as last sent; undefined leaves its dialog closed. */
  draft?: NewOrgDraft | undefined
}>

/** Every org of the install, for its operator. The fragment of the search and of POST /orgs/new. */
export function EveryOrgCard(props: EveryOrgProps): JSX.Element {
  return (
    <div id="every-org">
      <section class="card" aria-labelledby="every-org-title">
        <div class="hf-toolbar">
          <h2 id="every-org-title" class="hf-toolbar-title">
            Every organization
          </h2>
          <OrgSearch q={props.q} />
        </div>
        {props.rows.length > 0 ? <OrgsTable {...props} /> : <NothingFound q={props.q} />}
        {props.rows.length > 0 && <OrgsPager {...props} />}
      </section>
      <NewOrgDialog draft={props.draft ?? {}} apexDomain={props.apexDomain} isOpen={props.draft !== undefined} />
    </div>
  )
}

/** Morphs the card, so that the field a person is typing in stays the same element. */
function OrgSearch(props: Readonly<{ q: string }>): JSX.Element {
  return (
    <search>
      <form
        method="get"
        action="/orgs"
        hx-get="/orgs"
        hx-trigger="input delay:250ms, submit"
        hx-target="#every-org"
        hx-swap="outerMorph"
        hx-replace-url="true"
        hx-sync="replace"
      >
        <SearchInput id="orgs-search" label="Search name or slug" value={props.q} />
      </form>
    </search>
  )
}

function OrgsTable(props: EveryOrgProps): JSX.Element {
  return (
    <table class="table hf-table">
      <thead>
        <tr>
          <th scope="col">Organization</th>
          <th scope="col">Members</th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <tr>
            <td class="hf-cell-who">
              <OrgName {...row} />
            </td>
            <td class="hf-cell-fact" safe>
              {plural(row.memberCount, 'member')}
            </td>
            <td class="hf-cell-time" data-label="Created">
              <Time at={row.createdAt} now={props.now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function NothingFound(props: Readonly<{ q: string }>): JSX.Element {
  return (
    <Empty icon="search" title="No organization found" text={`No name or slug contains “${props.q}”.`}>
      <LinkButton label="Clear search" href="/orgs" />
    </Empty>
  )
}

function OrgsPager(props: EveryOrgProps): JSX.Element {
  const count = plural(props.rows.length, 'organization')
  const isPart = props.cursor !== undefined || props.nextCursor !== undefined
  return (
    <Pager
      summary={isPart ? `${count} on this page` : count}
      firstHref={props.cursor === undefined ? undefined : orgsHref(props.q)}
      nextHref={props.nextCursor === undefined ? undefined : orgsHref(props.q, props.nextCursor)}
    />
  )
}

function orgsHref(q: string, cursor?: string): string {
  const query = new URLSearchParams({ ...(q !== '' && { q }), ...(cursor !== undefined && { cursor }) }).toString()
  return query === '' ? '/orgs' : `/orgs?${query}`
}
