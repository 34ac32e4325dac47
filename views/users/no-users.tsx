import { LinkButton } from '#views/ui/button.tsx'
import { Empty } from '#views/ui/empty.tsx'
import { type UsersState, usersHref } from './list-state.tsx'

/** A list with nobody in it, and why. */
export function NoUsers(state: UsersState): JSX.Element {
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
