import { SearchInput } from '#views/ui/search.tsx'
import { Tabs } from '#views/ui/tabs.tsx'
import { ReachField, type UsersFilter, type UsersState, usersHref } from './list-state.tsx'

/** Where a list over all orgs exists: whose accounts it shows. */
export function ReachTabs({ state }: Readonly<{ state: UsersState }>): JSX.Element {
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

export type UsersTabsProps = Readonly<{
  state: UsersState
  /** Whatever is searched for. */
  counts: Readonly<Record<UsersFilter, number>>
}>

export function UsersTabs({ state, counts }: UsersTabsProps): JSX.Element {
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
export function UsersSearch(state: UsersState): JSX.Element {
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
