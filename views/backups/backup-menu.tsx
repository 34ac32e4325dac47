import { exactTime } from '#lib/format.ts'
import { Icon } from '#views/ui/icon.tsx'
import { Menu, MenuDialogButton, MenuLink, MenuSubmit } from '#views/ui/menu.tsx'
import type { BackupRowContext, BackupRowProps } from './backup-row.tsx'
import { DeleteDialog } from './delete-dialog.tsx'
import { BackupsStateFields, backupsHref } from './list-state.tsx'

export function BackupMenu(props: BackupRowProps & BackupRowContext): JSX.Element {
  const id = `backup-${props.id}`
  const isUsable = props.state === 'complete' && props.isOnDisk
  return (
    <>
      <Menu
        id={`${id}-menu`}
        label={`Actions for the backup of ${exactTime(props.createdAt)}`}
        trigger={<Icon name="dots" />}
      >
        {isUsable && <MenuLink href={`/backups/${props.id}/download`} label="Download" icon="download" />}
        {isUsable && props.canRestore && (
          <MenuLink href={backupsHref(props.list, { restore: String(props.id) })} label="Restore" icon="restore" />
        )}
        {isUsable && !props.isProving && <ProveForm {...props} />}
        <MenuDialogButton dialogId={`${id}-delete`} label="Delete" icon="trash" isDanger />
      </Menu>
      <DeleteDialog {...props} dialogId={`${id}-delete`} />
    </>
  )
}

function ProveForm(props: BackupRowProps & BackupRowContext): JSX.Element {
  return (
    <form
      method="post"
      action={`/backups/${props.id}/prove`}
      hx-post={`/backups/${props.id}/prove`}
      hx-target="#backups"
      hx-swap="outerHTML"
      hx-disable="find [type=submit]"
    >
      <BackupsStateFields {...props.list} />
      <MenuSubmit label="Prove now" icon="shield-check" />
    </form>
  )
}
