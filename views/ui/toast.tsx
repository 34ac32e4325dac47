import { Icon } from './icon.tsx'

/** One sentence about what a person just did. `danger` stays until it is dismissed, the others leave by themselves. */
export type Toast = Readonly<{ tone: 'success' | 'info' | 'danger'; text: string }>

const ICONS = { success: 'circle-check', info: 'info-circle', danger: 'alert-circle' } as const

export function ToastItem(props: Toast): JSX.Element {
  return (
    <div class={['hf-toast', `hf-toast-${props.tone}`]} data-toast>
      <Icon name={ICONS[props.tone]} />
      <p safe>{props.text}</p>
      <button type="button" class="hf-icon-button hf-needs-script" data-dismiss aria-label="Dismiss">
        <Icon name="x" />
      </button>
    </div>
  )
}

export type ToastsProps = Readonly<{ toasts: readonly Toast[] }>

/** The region every page has; what is added to it is read out. */
export function ToastRegion(props: ToastsProps): JSX.Element {
  return (
    <section id="toasts" class="hf-toasts" aria-label="Notifications" aria-live="polite">
      {props.toasts.map((toast) => (
        <ToastItem {...toast} />
      ))}
    </section>
  )
}

/** The same toasts beside a fragment: htmx appends them to the region of the page that asked. */
export function ToastsBeside(props: ToastsProps): JSX.Element {
  return (
    <section id="toasts" hx-swap-oob="beforeend">
      {props.toasts.map((toast) => (
        <ToastItem {...toast} />
      ))}
    </section>
  )
}
