import { attribute } from './attribute.ts'
import { Icon, type IconName } from './icon.tsx'

export type ButtonLook = 'primary' | 'plain' | 'danger' | 'ghost'

const LOOKS: Readonly<Record<ButtonLook, string>> = {
  primary: 'btn btn-primary',
  plain: 'btn',
  danger: 'btn btn-danger',
  ghost: 'btn hf-btn-ghost',
}

export type SubmitButtonProps = Readonly<{
  label: string
  /** What the button says while the form is on its way, such as `Sending…`. */
  busyLabel: string
  look?: ButtonLook | undefined
  icon?: IconName | undefined
  isWide?: boolean | undefined
  /** For a form with several buttons: which one was pressed. */
  name?: string | undefined
  value?: string | undefined
}>

/** Sends its form. Both labels lie in one cell, so the width stays when the words change. */
export function SubmitButton(props: SubmitButtonProps): JSX.Element {
  return (
    <button
      type="submit"
      class={[LOOKS[props.look ?? 'primary'], props.isWide && 'w-100']}
      name={props.name}
      value={props.value === undefined ? undefined : attribute(props.value)}
    >
      {props.icon && <Icon name={props.icon} />}
      <span class="hf-busy">
        <span class="hf-busy-idle" safe>
          {props.label}
        </span>
        <span class="hf-busy-sent" safe>
          {props.busyLabel}
        </span>
      </span>
    </button>
  )
}

export type LinkButtonProps = Readonly<{
  label: string
  /** A path of this site. */
  href: string
  look?: ButtonLook | undefined
  icon?: IconName | undefined
  isWide?: boolean | undefined
}>

export function LinkButton(props: LinkButtonProps): JSX.Element {
  return (
    <a href={attribute(props.href)} class={[LOOKS[props.look ?? 'plain'], props.isWide && 'w-100']}>
      {props.icon && <Icon name={props.icon} />}
      <span safe>{props.label}</span>
    </a>
  )
}

export type OpenDialogButtonProps = Readonly<{
  label: string
  dialogId: string
  look?: ButtonLook | undefined
  icon?: IconName | undefined
}>

/** Opens a `<dialog>` of this page; needs no script. */
export function OpenDialogButton(props: OpenDialogButtonProps): JSX.Element {
  return (
    <button type="button" class={LOOKS[props.look ?? 'plain']} commandfor={props.dialogId} command="show-modal">
      {props.icon && <Icon name={props.icon} />}
      <span safe>{props.label}</span>
    </button>
  )
}
