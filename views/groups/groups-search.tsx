import { SearchInput } from '#views/ui/search.tsx'

/** Morphs the card, so that the field a person is typing in stays the same element. */
export function GroupsSearch(props: Readonly<{ q: string }>): JSX.Element {
  return (
    <search>
      <form
        method="get"
        action="/groups"
        hx-get="/groups"
        hx-trigger="input delay:250ms, submit"
        hx-target="#groups"
        hx-swap="outerMorph"
        hx-replace-url="true"
        hx-sync="replace"
      >
        <SearchInput id="groups-search" label="Search groups" value={props.q} />
      </form>
    </search>
  )
}
