import { attribute } from './attribute.ts'

export type PagerProps = Readonly<{
  summary: string
  firstHref?: string | undefined
  nextHref?: string | undefined
  /** Where the way on is not a page of what is known to be there. */
  nextLabel?: string | undefined
}>

/** Under a list: how much is shown and the way on. Cursors only lead forward, so the way back is the first page. */
export function Pager(props: PagerProps): JSX.Element {
  return (
    <div class="hf-pager">
      <p safe>{props.summary}</p>
      {(props.firstHref !== undefined || props.nextHref !== undefined) && (
        <nav aria-label="Pages">
          {props.firstHref !== undefined && (
            <a class="btn btn-sm" href={attribute(props.firstHref)}>
              First page
            </a>
          )}
          {props.nextHref !== undefined && (
            <a class="btn btn-sm" href={attribute(props.nextHref)} rel="next" safe>
              {props.nextLabel ?? 'Next page'}
            </a>
          )}
        </nav>
      )}
    </div>
  )
}
