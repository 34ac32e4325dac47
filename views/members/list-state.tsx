import { attribute } from '#views/ui/attribute.ts'

export type MembersFilter = 'all' | 'members' | 'pending' | 'expired'

/** What the list shows: every link and form of the page carries it on. */
export type ListState = Readonly<{ filter: MembersFilter; q: string }>

/** The address of the members page in a given state. */
export function membersHref(state: ListState, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams()
  if (state.filter !== 'all') query.set('filter', state.filter)
  if (state.q) query.set('q', state.q)
  for (const [name, value] of Object.entries(more)) query.set(name, value)
  const text = query.toString()
  return text ? `/members?${text}` : '/members'
}

export function ListStateFields(props: ListState): JSX.Element {
  return (
    <>
      {props.filter !== 'all' && <input type="hidden" name="filter" value={props.filter} />}
      {props.q !== '' && <input type="hidden" name="q" value={attribute(props.q)} />}
    </>
  )
}
