import { attribute } from './ui/attribute.ts'
import { Avatar } from './ui/avatar.tsx'
import { type Brand, BrandLink } from './ui/brand.tsx'
import { Icon, type IconName } from './ui/icon.tsx'
import { Menu } from './ui/menu.tsx'

/**
 * `address` is where the org's people find it. `href` leads there, set where the address of the page decides on the org; elsewhere
 * a form switches the session.
 */
export type Org = Readonly<{
  id: number
  name: string
  address: string
  href?: string | undefined
  isCurrent: boolean
}>

export type NavigationEntry = Readonly<{ label: string; href: string; icon: IconName; isCurrent: boolean }>
export type NavigationSection = Readonly<{ label: string; entries: readonly NavigationEntry[] }>

export type SidebarProps = Readonly<{
  orgs: readonly Org[]
  navigation: readonly NavigationSection[]
  path: string
  brand?: Brand | undefined
}>

export function Sidebar(props: SidebarProps): JSX.Element {
  return (
    <aside class="hf-side" aria-label="Side bar">
      <SidebarContents {...props} id="side" />
    </aside>
  )
}

/** The same side bar for narrow windows; its button opens it without a script. */
export function SidebarDrawer(props: SidebarProps): JSX.Element {
  return (
    <dialog id="drawer" class="hf-drawer" aria-label="Navigation" closedby="any">
      <button
        type="button"
        class="hf-icon-button hf-drawer-close"
        commandfor="drawer"
        command="close"
        aria-label="Close navigation"
      >
        <Icon name="x" />
      </button>
      <SidebarContents {...props} id="drawer" />
    </dialog>
  )
}

function SidebarContents(props: SidebarProps & Readonly<{ id: string }>): JSX.Element {
  return (
    <>
      <BrandLink brand={props.brand} />
      <OrgCard {...props} />
      <nav class="hf-nav" aria-label="Main">
        {props.navigation.map((section, index) => (
          <NavigationList section={section} headingId={`${props.id}-section-${index}`} />
        ))}
      </nav>
    </>
  )
}

function NavigationList(props: Readonly<{ section: NavigationSection; headingId: string }>): JSX.Element {
  return (
    <>
      <h2 id={props.headingId} safe>
        {props.section.label}
      </h2>
      <ul aria-labelledby={props.headingId}>
        {props.section.entries.map((entry) => (
          <li>
            <a href={attribute(entry.href)} aria-current={entry.isCurrent ? 'page' : undefined}>
              <Icon name={entry.icon} />
              <span safe>{entry.label}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

function OrgCard(props: SidebarProps & Readonly<{ id: string }>): JSX.Element {
  const current = props.orgs.find((org) => org.isCurrent)
  if (!current) return ''
  if (props.orgs.length === 1) {
    return (
      <div class="hf-org">
        <OrgLines org={current} />
      </div>
    )
  }
  return (
    <Menu
      id={`${props.id}-orgs`}
      triggerClass="hf-org hf-org-switch"
      trigger={
        <>
          <span class="visually-hidden">Switch organization:</span>
          <OrgLines org={current} />
          <Icon name="selector" />
        </>
      }
    >
      {props.orgs.map((org) => (
        <OrgChoice org={org} path={props.path} />
      ))}
    </Menu>
  )
}

function OrgChoice(props: Readonly<{ org: Org; path: string }>): JSX.Element {
  const { org } = props
  const lines = (
    <>
      <OrgLines org={org} />
      {org.isCurrent && <Icon name="check" />}
    </>
  )
  if (org.href !== undefined) {
    return (
      <a class="hf-menu-item" href={attribute(org.href)} aria-current={org.isCurrent ? 'true' : undefined}>
        {lines}
      </a>
    )
  }
  return (
    <form method="post" action="/orgs">
      <input type="hidden" name="org_id" value={String(org.id)} />
      <input type="hidden" name="next" value={attribute(props.path)} />
      <button type="submit" class="hf-menu-item" aria-current={org.isCurrent ? 'true' : undefined}>
        {lines}
      </button>
    </form>
  )
}

function OrgLines(props: Readonly<{ org: Org }>): JSX.Element {
  return (
    <>
      <Avatar name={props.org.name} tone="org" />
      <span class="hf-org-lines">
        <b safe>{props.org.name}</b>
        <small safe>{props.org.address}</small>
      </span>
    </>
  )
}
