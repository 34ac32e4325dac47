import { plural } from '#lib/format.ts'
import { Pager } from '#views/ui/pager.tsx'
import type { GroupsProps } from './groups-page.tsx'
import { groupsHref } from './list-state.tsx'

/** How much is shown, the way on, and why some switches do not move. */
export function MatrixFoot(props: GroupsProps): JSX.Element {
  const { state, nextCursor, catalogue, held, canEdit } = props
  const isWhole = state.cursor === undefined && nextCursor === undefined
  const lacks = canEdit && catalogue.some(({ permission }) => !held.has(permission))
  return (
    <>
      {lacks && (
        <p class="hf-matrix-note">What you do not hold yourself you can neither give nor take: it is greyed out.</p>
      )}
      <Pager
        summary={isWhole ? plural(props.found, 'group') : `${props.rows.length} of ${plural(props.found, 'group')}`}
        firstHref={state.cursor ? groupsHref({ q: state.q }) : undefined}
        nextHref={nextCursor ? groupsHref({ q: state.q, cursor: nextCursor }) : undefined}
      />
    </>
  )
}
