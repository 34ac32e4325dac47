import { plural } from '#lib/format.ts'
import { Pager } from '#views/ui/pager.tsx'
import type { GroupProps } from './group-page.tsx'
import { PersonRow } from './person-row.tsx'

export function PeopleTable(props: GroupProps & Readonly<{ mayChange: boolean }>): JSX.Element {
  const search: Record<string, string> = props.q ? { q: props.q } : {}
  const path = `/groups/${props.groupId}?`
  const people = plural(props.members.length, 'person', 'people')
  const { cursor, nextCursor } = props
  return (
    <>
      <table class="table hf-table">
        <thead>
          <tr>
            <th scope="col">Person</th>
            <th scope="col">Role</th>
            <th scope="col">Added</th>
            {props.mayChange && (
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {props.members.map((member) => (
            <PersonRow {...member} groupId={props.groupId} group={props} mayChange={props.mayChange} />
          ))}
        </tbody>
      </table>
      <Pager
        summary={cursor || nextCursor ? `${people} on this page` : people}
        firstHref={cursor ? path + new URLSearchParams(search).toString() : undefined}
        nextHref={nextCursor ? path + new URLSearchParams({ ...search, cursor: nextCursor }).toString() : undefined}
      />
    </>
  )
}
