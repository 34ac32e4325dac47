import { attribute } from '#views/ui/attribute.ts'

/** What the matrix shows: its links and forms carry it on. */
export type GroupsState = Readonly<{ q: string; cursor?: string | undefined }>

/** The address of the matrix in a given state. */
export function groupsHref(state: GroupsState, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams()
  if (state.q) query.set('q', state.q)
  if (state.cursor) query.set('cursor', state.cursor)
  for (const [name, value] of Object.entries(more)) query.set(name, value)
  const text = query.toString()
  return text ? `/groups?${text}` : '/groups'
}

export function GroupsStateFields(props: GroupsState): JSX.Element {
  return (
    <>
      {props.q !== '' && <input type="hidden" name="q" value={attribute(props.q)} />}
      {props.cursor !== undefined && <input type="hidden" name="cursor" value={attribute(props.cursor)} />}
    </>
  )
}
