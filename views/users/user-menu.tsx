import { Icon } from '#views/ui/icon.tsx'
import { Menu, MenuDialogButton, MenuSubmit } from '#views/ui/menu.tsx'
import { DeactivateDialog } from './deactivate-dialog.tsx'
import { UsersStateFields } from './list-state.tsx'
import { RenameDialog, type RenameDraft } from './rename-dialog.tsx'
import { ResetDialog } from './reset-dialog.tsx'
import type { UserRowContext, UserRowProps } from './user-row.tsx'

export function UserMenu(props: UserRowProps & UserRowContext): JSX.Element {
  const id = `user-${props.id}`
  const { obstacle, standing } = props
  return (
    <>
      <Menu id={`${id}-menu`} label={`Actions for ${props.name || props.email}`} trigger={<Icon name="dots" />}>
        {obstacle === undefined ? (
          <>
            <MenuDialogButton dialogId={`${id}-rename`} label="Rename" icon="pencil" />
            {standing !== 'deactivated' && (
              <MenuDialogButton dialogId={`${id}-reset`} label="Reset password" icon="key" />
            )}
            {standing === 'deactivated' ? (
              <ActivateForm {...props} />
            ) : (
              <MenuDialogButton dialogId={`${id}-deactivate`} label="Deactivate" icon="user-off" isDanger />
            )}
          </>
        ) : (
          <p class="hf-menu-note" safe>
            {obstacle}
          </p>
        )}
      </Menu>
      {obstacle === undefined && <RenameDialog {...props} dialogId={`${id}-rename`} draft={draftOf(props)} />}
      {obstacle === undefined && standing !== 'deactivated' && (
        <>
          <ResetDialog {...props} dialogId={`${id}-reset`} />
          <DeactivateDialog {...props} dialogId={`${id}-deactivate`} />
        </>
      )}
    </>
  )
}

/** Takes nothing from anybody, so it does not ask. */
function ActivateForm(props: UserRowProps & UserRowContext): JSX.Element {
  return (
    <form
      method="post"
      action={`/users/${props.id}/activate`}
      hx-post={`/users/${props.id}/activate`}
      hx-target="#users"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <UsersStateFields {...props.state} />
      <MenuSubmit label="Activate" icon="user-check" />
    </form>
  )
}

function draftOf({ renameDraft, id }: UserRowProps & UserRowContext): RenameDraft | undefined {
  return renameDraft?.id === id ? renameDraft : undefined
}
