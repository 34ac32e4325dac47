import type { Children } from '@kitajs/html'
import { Icon, type IconName } from './icon.tsx'

export type AlertTone = 'info' | 'success' | 'warning' | 'danger'

const ICONS: Readonly<Record<AlertTone, IconName>> = {
  info: 'info-circle',
  success: 'circle-check',
  warning: 'alert-triangle',
  danger: 'alert-circle',
}

export type AlertProps = Readonly<{
  tone: AlertTone
  title: string
  text?: string | undefined
  children?: Children
}>

/** Says what happened beside what it happened to. A refusal is announced as soon as it is in the page. */
export function Alert(props: AlertProps): JSX.Element {
  return (
    <div class={['alert', `alert-${props.tone}`]} role={props.tone === 'danger' ? 'alert' : undefined}>
      <Icon name={ICONS[props.tone]} class="alert-icon" />
      <div class="hf-alert-body">
        <p class="alert-title" safe>
          {props.title}
        </p>
        {props.text !== undefined && (
          <p class="hf-alert-text" safe>
            {props.text}
          </p>
        )}
        {props.children}
      </div>
    </div>
  )
}
