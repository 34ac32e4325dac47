import { UserRow, type UserRowContext, type UserRowProps } from './user-row.tsx'

export type UsersTableProps = UserRowContext & Readonly<{ rows: readonly UserRowProps[] }>

export function UsersTable(props: UsersTableProps): JSX.Element {
  const { state, now, canEdit, renameDraft } = props
  return (
    <table class="table hf-table">
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">{state.isEverywhere ? 'Organizations' : 'Role'}</th>
          <th scope="col">Status</th>
          <th scope="col">Last sign-in</th>
          {canEdit && (
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((row) => (
          <UserRow {...row} {...{ state, now, canEdit, renameDraft }} />
        ))}
      </tbody>
    </table>
  )
}
