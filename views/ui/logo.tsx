export type LogoProps = Readonly<{ class?: string | undefined }>

/** The mark: one cell of a comb, set in its frame. */
export function Logo(props: LogoProps): JSX.Element {
  return (
    <svg class={['hf-logo', props.class]} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        class="hf-logo-frame"
        d="M14.5 2.4a3 3 0 0 1 3 0l8.9 5.1a3 3 0 0 1 1.5 2.6v11.8a3 3 0 0 1-1.5 2.6l-8.9 5.1a3 3 0 0 1-3 0l-8.9-5.1a3 3 0 0 1-1.5-2.6V10.1a3 3 0 0 1 1.5-2.6z"
      />
      <path
        class="hf-logo-cell"
        d="M15.25 9.4a1.5 1.5 0 0 1 1.5 0l4.2 2.45a1.5 1.5 0 0 1 .75 1.3v5.7a1.5 1.5 0 0 1-.75 1.3l-4.2 2.45a1.5 1.5 0 0 1-1.5 0l-4.2-2.45a1.5 1.5 0 0 1-.75-1.3v-5.7a1.5 1.5 0 0 1 .75-1.3z"
      />
    </svg>
  )
}
