import { Icon } from '#views/ui/icon.tsx'
import { Menu, MenuDialogButton } from '#views/ui/menu.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import type { GroupRowProps, MatrixContext } from './group-row.tsx'
import { RenameDialog } from './rename-dialog.tsx'

export function GroupMenu(props: GroupRowProps & MatrixContext & Readonly<{ id: string }>): JSX.Element {
  return (
    <>
      <Menu id={`${props.id}-menu`} label={`Actions for ${props.name}`} trigger={<Icon name="dots" />}>
        <MenuDialogButton dialogId={`${props.id}-rename`} label="Rename" icon="pencil" />
        {props.canEdit && <MenuDialogButton dialogId={`${props.id}-delete`} label="Delete" icon="trash" isDanger />}
      </Menu>
      <RenameDialog {...props} id={`${props.id}-rename`} />
      {props.canEdit && <DeleteDialog {...props} id={`${props.id}-delete`} />}
    </>
  )
}
