import { attribute } from './attribute.ts'

export type Tab = Readonly<{ label: string; count?: number | undefined; href: string; isCurrent: boolean }>

export type TabsProps = Readonly<{ label: string; tabs: readonly Tab[] }>

/** Filters of one list, as links: each is an address that can be kept. */
export function Tabs(props: TabsProps): JSX.Element {
  return (
    <nav class="hf-tabs" aria-label={attribute(props.label)}>
      {props.tabs.map((tab) => (
        <a href={attribute(tab.href)} aria-current={tab.isCurrent ? 'page' : undefined}>
          <span safe>{tab.label}</span>
          {tab.count !== undefined && <span class="hf-count">{tab.count}</span>}
        </a>
      ))}
    </nav>
  )
}
