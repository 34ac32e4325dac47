import { plural } from '#lib/format.ts'
import { attribute } from '#views/ui/attribute.ts'
import { LinkButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { Icon } from '#views/ui/icon.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { Pager } from '#views/ui/pager.tsx'
import { SearchInput } from '#views/ui/search.tsx'
import { Tabs } from '#views/ui/tabs.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { InviteDialog, type InviteDraft, type IssuedLink, IssuedLinkBox } from './invite-dialog.tsx'
import { InviteManyDialog, type ManyDraft } from './invite-many-dialog.tsx'
import { InviteRow, type InviteRowProps } from './invite-row.tsx'
import { type ListState, type MembersFilter, membersHref } from './list-state.tsx'
import { type ManyResultProps, ManyResults } from './many-results.tsx'
import { MemberRow, type MemberRowProps } from './member-row.tsx'
import { PickHead } from './pick.tsx'

export type MembersProps = Readonly<{
  orgName: string
  state: ListState
  /** Of the whole org, whatever is searched for. */
  counts: Readonly<Record<MembersFilter, number>>
  /** Open invitations of this filter and search, on all of its pages. */
  pendingFound: number
  /** How many invitations go at once. */
  bulkMax: number
  /** In the order to show: members first, then invitations. */
  rows: readonly (MemberRowProps | InviteRowProps)[]
  nextCursor: string | undefined
  /** Set on any page but the first. */
  cursor?: string | undefined
  canEditMembers: boolean
  canInvite: boolean
  canSendMail: boolean
  now: Date
  /** The invite form as last sent; undefined leaves the dialog closed. */
  draft?: InviteDraft | undefined
  issuedLink?: IssuedLink | undefined
  /** The same for the form that takes a list. */
  manyDraft?: ManyDraft | undefined
  manyResults?: readonly ManyResultProps[] | undefined
}>

export function MembersContent(props: MembersProps): JSX.Element {
  return (
    <>
      <PageHead
        title="Members"
        text={`Invite teammates by e-mail. A link is valid for 7 days and joins them to ${props.orgName} with the role you choose.`}
        action={props.canInvite ? <InviteButton state={props.state} isPrimary={true} /> : undefined}
      />
      <MembersCard {...props} />
    </>
  )
}

/** A link for those without scripts; app.js opens the dialog that is already in the page instead. */
function InviteButton(props: Readonly<{ state: ListState; isPrimary: boolean }>): JSX.Element {
  return (
    <a
      class={['btn', props.isPrimary && 'btn-primary']}
      href={attribute(membersHref(props.state, { invite: '1' }))}
      data-dialog="invite-dialog"
    >
      <Icon name="user-plus" />
      Invite people
    </a>
  )
}

/** The fragment of every form and of the search on this page: the list with its dialogs. */
export function MembersCard(props: MembersProps): JSX.Element {
  return (
    <div id="members">
      {props.issuedLink !== undefined && <IssuedLinkBox {...props.issuedLink} />}
      {props.manyResults !== undefined && <ManyResults results={props.manyResults} />}
      <section class="card" aria-label="People">
        <div class="hf-toolbar">
          <MembersTabs {...props} />
          <MembersSearch {...props.state} />
        </div>
        {hasPicks(props) && <BulkBar {...props} />}
        {props.rows.length > 0 ? <MembersTable {...props} /> : <NoMembers {...props} />}
        {props.rows.length > 0 && <MembersPager {...props} />}
      </section>
      {props.canInvite && (
        <InviteDialog
          orgName={props.orgName}
          state={props.state}
          canSendMail={props.canSendMail}
          draft={props.draft ?? {}}
          isOpen={props.draft !== undefined}
        />
      )}
      {props.canInvite && (
        <InviteManyDialog
          orgName={props.orgName}
          state={props.state}
          canSendMail={props.canSendMail}
          bulkMax={props.bulkMax}
          draft={props.manyDraft ?? {}}
          isOpen={props.manyDraft !== undefined}
        />
      )}
    </div>
  )
}

function hasPicks({ canInvite, pendingFound }: MembersProps): boolean {
  return canInvite && pendingFound > 0
}

const TABS: readonly Readonly<{ filter: MembersFilter; label: string }>[] = [
  { filter: 'all', label: 'All' },
  { filter: 'members', label: 'Members' },
  { filter: 'pending', label: 'Pending' },
  { filter: 'expired', label: 'Expired' },
]

function MembersTabs(props: MembersProps): JSX.Element {
  return (
    <Tabs
      label="Filter people"
      tabs={TABS.map(({ filter, label }) => ({
        label,
        count: props.counts[filter],
        href: membersHref({ filter, q: props.state.q }),
        isCurrent: filter === props.state.filter,
      }))}
    />
  )
}

/** Morphs the card, so that the field a person is typing in stays the same element. */
function MembersSearch(state: ListState): JSX.Element {
  return (
    <search>
      <form
        method="get"
        action="/members"
        hx-get="/members"
        hx-trigger="input delay:250ms, submit"
        hx-target="#members"
        hx-swap="outerMorph"
        hx-replace-url="true"
        hx-sync="replace"
      >
        {state.filter !== 'all' && <input type="hidden" name="filter" value={state.filter} />}
        <SearchInput id="members-search" label="Search name or e-mail" value={state.q} />
      </form>
    </search>
  )
}

function MembersTable(props: MembersProps): JSX.Element {
  const { orgName, state, now, canSendMail } = props
  return (
    <table class="table hf-table">
      <thead>
        <tr>
          {hasPicks(props) && <PickHead />}
          <th scope="col">Person</th>
          <th scope="col">Role</th>
          <th scope="col">Status</th>
          <th scope="col">Last active</th>
          {(props.canEditMembers || props.canInvite) && (
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) =>
          'inviteId' in row ? (
            <InviteRow
              {...row}
              {...{ orgName, state, now, canSendMail }}
              canEdit={props.canInvite}
              hasPicks={hasPicks(props)}
            />
          ) : (
            <MemberRow
              {...row}
              {...{ orgName, state, now }}
              canEdit={props.canEditMembers}
              hasPicks={hasPicks(props)}
            />
          ),
        )}
      </tbody>
    </table>
  )
}

function NoMembers(props: MembersProps): JSX.Element {
  const { state } = props
  if (state.q) {
    return (
      <Empty icon="search" title="Nobody found" text={`No name or e-mail here contains “${state.q}”.`}>
        <LinkButton label="Clear search" href={membersHref({ filter: state.filter, q: '' })} />
      </Empty>
    )
  }
  if (state.filter === 'expired') {
    return (
      <Empty
        icon="hourglass-off"
        title="No expired invitations"
        text="An invitation nobody accepts within 7 days is listed here."
      />
    )
  }
  return (
    <Empty
      icon="users"
      title="No open invitations"
      text="Invite teammates by e-mail; they show here until they accept."
    >
      {props.canInvite ? <InviteButton state={state} isPrimary={false} /> : undefined}
    </Empty>
  )
}

function MembersPager(props: MembersProps): JSX.Element {
  const { state, cursor, nextCursor } = props
  return (
    <Pager
      summary={
        cursor || nextCursor
          ? `${plural(props.rows.length, 'person', 'people')} on this page`
          : plural(props.rows.length, 'person', 'people')
      }
      firstHref={cursor ? membersHref(state) : undefined}
      nextHref={nextCursor ? membersHref(state, { cursor: nextCursor }) : undefined}
    />
  )
}
