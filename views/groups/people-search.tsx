import { SearchInput } from '#views/ui/search.tsx'

/** Morphs the card, so that the field a person is typing in stays the same element. */
export function PeopleSearch(props: Readonly<{ groupId: number; q: string }>): JSX.Element {
  const action = `/groups/${props.groupId}`
  return (
    <search>
      <form
        method="get"
        action={action}
        hx-get={action}
        hx-trigger="input delay:250ms, submit"
        hx-target="#group"
        hx-swap="outerMorph"
        hx-replace-url="true"
        hx-sync="replace"
      >
        <SearchInput id="group-search" label="Search name or e-mail" value={props.q} />
      </form>
    </search>
  )
}
