import type { Children } from '@kitajs/html'
export type PageHeadProps = Readonly<{ title: string; text: string; action?: Children }>

/** The noun, one sentence on what the page does, and at most one primary action. */
export function PageHead(props: PageHeadProps): JSX.Element {
  return (
    <header class="hf-head">
      <div>
        <h1 safe>{props.title}</h1>
        <p safe>{props.text}</p>
      </div>
      {props.action}
    </header>
  )
}
