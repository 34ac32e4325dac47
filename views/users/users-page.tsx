import { exactTime, plural } from '#lib/format.ts'
import { Alert } from '#views/ui/alert.tsx'
import { LinkButton } from '#views/ui/button.tsx'
import { CopyBox } from '#views/ui/copy-box.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { PageHead } from '#views/ui/page-head.tsx'
import { Pager } from '#views/ui/pager.tsx'
import { SearchInput } from '#views/ui/search.tsx'
import { Tabs } from '#views/ui/tabs.tsx'
import { ReachField, type UsersFilter, type UsersState, usersHref } from './list-state.tsx'
import type { RenameDraft } from './user-dialogs.tsx'
import { UserRow, type UserRowProps } from './user-row.tsx'

export type UsersProps = Readonly<{
  orgName: string
  state: UsersState
  /** Whatever is searched for. */
  counts: Readonly<Record<UsersFilter, number>>
  rows: readonly UserRowProps[]
  nextCursor: string | undefined
  /** Set on any page but the first. */
  cursor?: string | undefined
  canEdit: boolean
  /** Whether the viewer may look beyond his org. */
  canSeeEverywhere: boolean
  canSendMail: boolean
  now: Date
  /** The form for a new name as last sent; undefined leaves every dialog closed. */
  renameDraft?: RenameDraft | undefined
  /** The password just made: the only time it is in a page. */
  issued?: Readonly<{ email: string; password: string; expiresAt: Date }> | undefined
}>

export function UsersContent(props: UsersProps): JSX.Element {
  const { isEverywhere } = props.state
  const whose = isEverywhere ? 'every organization of this install' : props.orgName
  return (
    <>
      <PageHead
        title="Users"
        text={`The accounts of ${whose}: when they last signed in, who may, and a new password for whoever lost theirs.`}
      />
      <UsersCard {...props} />
    </>
  )
}

/** The fragment of every form and of the search on this page: the list with its dialogs. */
export function UsersCard(props: UsersProps): JSX.Element {
  return (
    <div id="users">
      {props.issued !== undefined && <IssuedPassword {...props.issued} />}
      <section class="card" aria-label="Accounts">
        {props.canSeeEverywhere && <ReachTabs {...props} />}
        <div class="hf-toolbar">
          <UsersTabs {...props} />
          <UsersSearch {...props.state} />
        </div>
        {props.rows.length > 0 ? <UsersTable {...props} /> : <NoUsers {...props.state} />}
        {props.rows.length > 0 && <UsersPager {...props} />}
      </section>
    </div>
  )
}

function IssuedPassword(props: NonNullable<UsersProps['issued']>): JSX.Element {
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

/** Where a list over all orgs exists: whose accounts it shows. */
function ReachTabs({ state }: UsersProps): JSX.Element {
  const filter = 'all'
  return (
    <div class="hf-toolbar hf-reach">
      <Tabs
        label="Whose accounts"
        tabs={[
          {
            label: 'This organization',
            href: usersHref({ isEverywhere: false, filter, q: state.q }),
            isCurrent: !state.isEverywhere,
          },
          {
            label: 'Every organization',
            href: usersHref({ isEverywhere: true, filter, q: state.q }),
            isCurrent: state.isEverywhere,
          },
        ]}
      />
    </div>
  )
}

const TABS: readonly Readonly<{ filter: UsersFilter; label: string }>[] = [
  { filter: 'all', label: 'All' },
  { filter: 'active', label: 'Active' },
  { filter: 'reset_due', label: 'Reset due' },
  { filter: 'deactivated', label: 'Deactivated' },
]

function UsersTabs({ state, counts }: UsersProps): JSX.Element {
  return (
    <Tabs
      label="Filter accounts"
      tabs={TABS.map(({ filter, label }) => ({
        label,
        count: counts[filter],
        href: usersHref({ ...state, filter }),
        isCurrent: filter === state.filter,
      }))}
    />
  )
}

/** Morphs the card, so that the field a person is typing in stays the same element. */
function UsersSearch(state: UsersState): JSX.Element {
  return (
    <search>
      <form
        method="get"
        action="/users"
        hx-get="/users"
        hx-trigger="input delay:250ms, submit"
        hx-target="#users"
        hx-swap="outerMorph"
        hx-replace-url="true"
        hx-sync="replace"
      >
        <ReachField {...state} />
        <SearchInput id="users-search" label="Search name or e-mail" value={state.q} />
      </form>
    </search>
  )
}

function UsersTable(props: UsersProps): JSX.Element {
  const { state, now, canEdit, canSendMail, renameDraft } = props
  return (
    <table class="table hf-table">
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">{state.isEverywhere ? 'Organizations' : 'Role'}</th>
          <th scope="col">Status</th>
          <th scope="col">Last sign-in</th>
          {canEdit && (
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <UserRow {...row} {...{ state, now, canEdit, canSendMail, renameDraft }} />
        ))}
      </tbody>
    </table>
  )
}

function NoUsers(state: UsersState): JSX.Element {
  if (state.q) {
    return (
      <Empty icon="search" title="Nobody found" text={`No name or e-mail here contains “${state.q}”.`}>
        <LinkButton label="Clear search" href={usersHref({ ...state, q: '' })} />
      </Empty>
    )
  }
  if (state.filter === 'reset_due') {
    return (
      <Empty
        icon="key"
        title="No reset is due"
        text="Whoever has a temporary password is listed here until they choose their own."
      />
    )
  }
  if (state.filter === 'deactivated') {
    return (
      <Empty
        icon="user-off"
        title="No deactivated accounts"
        text="An account that may no longer sign in is listed here. Deactivate one in its menu."
      />
    )
  }
  return (
    <Empty
      icon="users"
      title="No active accounts"
      text="Invite people on the members page; they show here once they join."
    >
      <LinkButton label="Open members" href="/members" />
    </Empty>
  )
}

function UsersPager(props: UsersProps): JSX.Element {
  const { state, cursor, nextCursor, rows } = props
  const shown = plural(rows.length, 'account')
  return (
    <Pager
      summary={cursor || nextCursor ? `${shown} on this page` : shown}
      firstHref={cursor ? usersHref(state) : undefined}
      nextHref={nextCursor ? usersHref(state, { cursor: nextCursor }) : undefined}
    />
  )
}
