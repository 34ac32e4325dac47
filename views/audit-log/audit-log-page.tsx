import { exactTime, plural } from '#lib/format.ts'
import { LinkButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { Pager } from '#views/ui/pager.tsx'
import { Tabs } from '#views/ui/tabs.tsx'
import { EventRow, type EventRowProps } from './event-row.tsx'
import { FilterBar, type FilterBarProps } from './filter-bar.tsx'
import { type AuditState, auditHref, cleared, isFiltered } from './list-state.ts'

export type AuditLogProps = FilterBarProps &
  Readonly<{
    orgName: string
    /** A superadmin also sees what concerns the whole install. */
    canSeeInstall: boolean
    retentionDays: number
    rows: readonly EventRowProps[]
    nextCursor: string | undefined
    /** Set when the page is not full and there are older events that were not looked at yet. */
    searchedTo?: Date | undefined
    /** Set on any page but the first. */
    cursor?: string | undefined
    emails: ReadonlyMap<number, string>
    now: Date
  }>

const SEARCH_ON = 'Search older events'

export function AuditLogContent(props: AuditLogProps): JSX.Element {
  const kept = plural(props.retentionDays, 'day')
  const where = props.state.isInstall ? 'on this install, outside any organization' : `in ${props.orgName}`
  return (
    <>
      <PageHead title="Audit log" text={`Who did what ${where}. Lines cannot be changed, and are kept for ${kept}.`} />
      <AuditLogCard {...props} />
    </>
  )
}

/** The fragment of the filter: the list with the bar above it. */
export function AuditLogCard(props: AuditLogProps): JSX.Element {
  return (
    <section id="audit-log" class="card" aria-label="Events">
      {props.canSeeInstall && <OwnerTabs {...props} />}
      <FilterBar {...props} />
      {props.rows.length > 0 ? <EventTable {...props} /> : <NoEvents {...props} />}
      {props.rows.length > 0 && <EventPager {...props} />}
    </section>
  )
}

function OwnerTabs({ state, orgName }: AuditLogProps): JSX.Element {
  const toOrg: AuditState = { ...state, isInstall: false }
  const toInstall: AuditState = { ...state, isInstall: true }
  return (
    <div class="hf-toolbar">
      <Tabs
        label="Whose events"
        tabs={[
          { label: orgName, href: auditHref(toOrg), isCurrent: !state.isInstall },
          { label: 'This install', href: auditHref(toInstall), isCurrent: state.isInstall },
        ]}
      />
    </div>
  )
}

function EventTable({ rows, emails, now }: AuditLogProps): JSX.Element {
  return (
    <table class="table hf-table">
      <thead>
        <tr>
          <th scope="col">What happened</th>
          <th scope="col">Action</th>
          <th scope="col">Address</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <EventRow {...row} emails={emails} now={now} />
        ))}
      </tbody>
    </table>
  )
}

function NoEvents({ state, cursor, nextCursor, searchedTo }: AuditLogProps): JSX.Element {
  if (searchedTo && nextCursor) {
    const text = `Searched back to ${exactTime(searchedTo)}. Older events were not looked at yet.`
    return (
      <Empty icon="search" title="Nothing found so far" text={text}>
        <LinkButton label={SEARCH_ON} href={auditHref(state, { cursor: nextCursor })} />
      </Empty>
    )
  }
  if (isFiltered(state) || cursor) {
    const text = cursor ? 'No older event fits this filter.' : 'No event fits this filter.'
    return (
      <Empty icon="search" title="Nothing found" text={text}>
        <LinkButton label="Clear filter" href={auditHref(cleared(state))} />
      </Empty>
    )
  }
  return (
    <Empty
      icon="history"
      title="Nothing has happened yet"
      text="Sign-ins, invitations, changes of roles and everything else that matters is listed here."
    />
  )
}

function EventPager({ rows, state, cursor, nextCursor, searchedTo }: AuditLogProps): JSX.Element {
  const count = plural(rows.length, 'event')
  const ofPage = cursor || nextCursor ? `${count} on this page` : count
  return (
    <Pager
      summary={searchedTo ? `${ofPage}. Searched back to ${exactTime(searchedTo)}` : ofPage}
      nextLabel={searchedTo && SEARCH_ON}
      firstHref={cursor ? auditHref(state) : undefined}
      nextHref={nextCursor ? auditHref(state, { cursor: nextCursor }) : undefined}
    />
  )
}
