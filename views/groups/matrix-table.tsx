import { attribute } from '#views/ui/attribute.ts'
import { GroupRow, type GroupRowProps, type MatrixContext } from './group-row.tsx'
import { actionLabel, columnsOf } from './permission-words.ts'

type MatrixProps = MatrixContext & Readonly<{ rows: readonly GroupRowProps[] }>

/** Groups down, permissions across. */
export function MatrixTable(props: MatrixProps): JSX.Element {
  const columns = columnsOf(props.catalogue)
  return (
    <table class="table hf-matrix">
      <thead>
        <tr>
          <th scope="col" rowspan="2" class="hf-matrix-group">
            Group
          </th>
          {columns.map(({ label, permissions }) => (
            <th scope="colgroup" colspan={permissions.length} safe>
              {label}
            </th>
          ))}
          {props.hasMenus && (
            <th scope="col" rowspan="2">
              <span class="visually-hidden">Actions</span>
            </th>
          )}
        </tr>
        <tr>
          {columns.flatMap(({ permissions }) =>
            permissions.map((known) => (
              <th scope="col" title={attribute(known.words)} safe>
                {actionLabel(known)}
              </th>
            )),
          )}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <GroupRow
            {...row}
            {...{ catalogue: props.catalogue, state: props.state, canEdit: props.canEdit }}
            {...{ hasMenus: props.hasMenus, held: props.held }}
          />
        ))}
      </tbody>
    </table>
  )
}
