import type { Children } from '@kitajs/html'
import { Icon } from './icon.tsx'

export type DialogProps = Readonly<{
  id: string
  title: string
  /** Rendered open: without scripts it stands over the page, with them it becomes modal at once. */
  isOpen?: boolean | undefined
  children: Children
}>

export function Dialog(props: DialogProps): JSX.Element {
  return (
    <dialog id={props.id} class="hf-dialog" open={props.isOpen} aria-labelledby={`${props.id}-title`}>
      <div class="hf-dialog-head">
        <h2 id={`${props.id}-title`} safe>
          {props.title}
        </h2>
        <CloseButton dialogId={props.id} />
      </div>
      {props.children}
    </dialog>
  )
}

function CloseButton(props: Readonly<{ dialogId: string }>): JSX.Element {
  return (
    <button type="button" class="hf-icon-button" commandfor={props.dialogId} command="close" aria-label="Close">
      <Icon name="x" />
    </button>
  )
}

export type DialogFootProps = Readonly<{ dialogId: string; children: Children }>

/** The last line of a dialog's form: the way out first, then the one thing the dialog is for. */
export function DialogFoot(props: DialogFootProps): JSX.Element {
  return (
    <div class="hf-dialog-foot">
      <button type="button" class="btn" commandfor={props.dialogId} command="close">
        Cancel
      </button>
      {props.children}
    </div>
  )
}
