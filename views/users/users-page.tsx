import { plural } from '#lib/format.ts'
import { PageHead } from '#views/ui/page-head.tsx'
import { Pager } from '#views/ui/pager.tsx'
import { IssuedPassword, type IssuedPasswordProps } from './issued-password.tsx'
import { type UsersFilter, type UsersState, usersHref } from './list-state.tsx'
import { NoUsers } from './no-users.tsx'
import type { RenameDraft } from './rename-dialog.tsx'
import type { UserRowProps } from './user-row.tsx'
import { ReachTabs, UsersSearch, UsersTabs } from './users-filters.tsx'
import { UsersTable } from './users-table.tsx'

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
  now: Date
  /** The form for a new name as last sent; undefined leaves every dialog closed. */
  renameDraft?: RenameDraft | undefined
  /** The password just made: the only time it is in a page. */
  issued?: IssuedPasswordProps | undefined
}>

export function UsersContent(props: UsersProps): JSX.Element {
  const { isEverywhere } = props.state
  const whose = isEverywhere ? 'every organization of this install' : props.orgName
  return (
    <>
      <PageHead
        title="Users"
        text={`Who has an account in ${whose} and when they last signed in. Help whoever lost their password, and close the account of whoever left.`}
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
