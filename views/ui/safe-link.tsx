import { attribute } from './attribute.ts'

export type SafeLinkProps = Readonly<{ url: string; label: string }>

/** The only part that links to an address a person typed: http and https become a link, anything else stays text. */
export function SafeLink(props: SafeLinkProps): JSX.Element {
  const url = URL.parse(props.url)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return <span safe>{props.label}</span>
  return (
    <a href={attribute(url.href)} rel="noopener noreferrer nofollow" target="_blank" safe>
      {props.label}
    </a>
  )
}
