import { attribute } from '#views/ui/attribute.ts'

export type UsersFilter = 'all' | 'active' | 'reset_due' | 'deactivated'

/** What the list shows: every link and form of the page carries it on. */
export type UsersState = Readonly<{
  /** Whether it reaches beyond the org, over the whole install. */
  isEverywhere: boolean
  filter: UsersFilter
  q: string
}>

/** The address of the users page in a given state. */
export function usersHref(state: UsersState, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams()
  if (state.isEverywhere) query.set('all', '1')
  if (state.filter !== 'all') query.set('filter', state.filter)
  if (state.q) query.set('q', state.q)
  for (const [name, value] of Object.entries(more)) query.set(name, value)
  const text = query.toString()
  return text ? `/users?${text}` : '/users'
}

export function UsersStateFields(props: UsersState): JSX.Element {
  return (
    <>
      <ReachField {...props} />
      {props.q !== '' && <input type="hidden" name="q" value={attribute(props.q)} />}
    </>
  )
}

/** The same for the search, which has a field of its own for its text. */
export function ReachField(props: UsersState): JSX.Element {
  return (
    <>
      {props.isEverywhere && <input type="hidden" name="all" value="1" />}
      {props.filter !== 'all' && <input type="hidden" name="filter" value={props.filter} />}
    </>
  )
}
