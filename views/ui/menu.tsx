import type { Children } from '@kitajs/html'
import { attribute } from './attribute.ts'
import { Icon, type IconName } from './icon.tsx'

export type MenuProps = Readonly<{
  id: string
  /** Names the button for those who cannot see what it sits beside; absent when the trigger has words. */
  label?: string | undefined
  trigger: Children
  triggerClass?: string | undefined
  children: Children
}>

/** A button and its popover: opening, closing, Escape and the return of focus are the browser's, without a script. */
export function Menu(props: MenuProps): JSX.Element {
  return (
    <>
      <button
        type="button"
        class={props.triggerClass ?? 'hf-icon-button'}
        popovertarget={props.id}
        aria-label={props.label === undefined ? undefined : attribute(props.label)}
      >
        {props.trigger}
      </button>
      <div id={props.id} class="hf-popover" popover="auto">
        {props.children}
      </div>
    </>
  )
}

export type MenuLinkProps = Readonly<{ href: string; label: string; icon: IconName }>

export function MenuLink(props: MenuLinkProps): JSX.Element {
  return (
    <a class="hf-menu-item" href={attribute(props.href)}>
      <Icon name={props.icon} />
      <span safe>{props.label}</span>
    </a>
  )
}

export type MenuDialogButtonProps = Readonly<{
  dialogId: string
  label: string
  icon: IconName
  isDanger?: boolean | undefined
}>

export function MenuDialogButton(props: MenuDialogButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={['hf-menu-item', props.isDanger && 'hf-menu-item-danger']}
      commandfor={props.dialogId}
      command="show-modal"
    >
      <Icon name={props.icon} />
      <span safe>{props.label}</span>
    </button>
  )
}

export type MenuSubmitProps = Readonly<{ label: string; icon: IconName }>

/** Sends the form it sits in. */
export function MenuSubmit(props: MenuSubmitProps): JSX.Element {
  return (
    <button type="submit" class="hf-menu-item">
      <Icon name={props.icon} />
      <span safe>{props.label}</span>
    </button>
  )
}
