import type { Theme } from './document.tsx'
import { attribute } from './ui/attribute.ts'
import { Avatar } from './ui/avatar.tsx'
import { Icon, type IconName } from './ui/icon.tsx'
import { Menu, MenuLink, MenuSubmit } from './ui/menu.tsx'

export type Viewer = Readonly<{ name: string; email: string }>

export type TopBarProps = Readonly<{ section: string; title: string; viewer: Viewer; theme: Theme; path: string }>

export function TopBar(props: TopBarProps): JSX.Element {
  return (
    <header class="hf-top">
      <button
        type="button"
        class="hf-icon-button hf-drawer-open"
        commandfor="drawer"
        command="show-modal"
        aria-label="Open navigation"
      >
        <Icon name="menu" />
      </button>
      <nav class="hf-crumbs" aria-label="Breadcrumb">
        <ol>
          <li safe>{props.section}</li>
          <li aria-current="page" safe>
            {props.title}
          </li>
        </ol>
      </nav>
      <div class="hf-top-end">
        <ThemeMenu theme={props.theme} path={props.path} />
        <AccountMenu viewer={props.viewer} />
      </div>
    </header>
  )
}

const THEMES: readonly Readonly<{ theme: Theme; label: string; icon: IconName }>[] = [
  { theme: 'light', label: 'Light', icon: 'sun' },
  { theme: 'dark', label: 'Dark', icon: 'moon' },
  { theme: 'auto', label: 'Like the system', icon: 'device-desktop' },
]

export type ThemeMenuProps = Readonly<{ theme: Theme; path: string }>

export function ThemeMenu(props: ThemeMenuProps): JSX.Element {
  const icon = THEMES.find(({ theme }) => theme === props.theme)?.icon ?? 'device-desktop'
  return (
    <Menu id="theme-menu" label="Theme" trigger={<Icon name={icon} />}>
      <form method="post" action="/theme">
        <input type="hidden" name="next" value={attribute(props.path)} />
        {THEMES.map(({ theme, label, icon }) => (
          <button
            type="submit"
            name="theme"
            value={theme}
            class="hf-menu-item"
            aria-pressed={theme === props.theme ? 'true' : 'false'}
          >
            <Icon name={icon} />
            <span safe>{label}</span>
            {theme === props.theme && <Icon name="check" class="hf-menu-mark" />}
          </button>
        ))}
      </form>
    </Menu>
  )
}

function AccountMenu(props: Readonly<{ viewer: Viewer }>): JSX.Element {
  return (
    <Menu
      id="account-menu"
      label={`Account of ${props.viewer.name}`}
      trigger={<Avatar name={props.viewer.name} />}
      triggerClass="hf-account-button"
    >
      <p class="hf-menu-head">
        <b safe>{props.viewer.name}</b>
        <small safe>{props.viewer.email}</small>
      </p>
      <MenuLink href="/account" label="Account" icon="user-circle" />
      <MenuLink href="/tokens" label="Personal access tokens" icon="key" />
      <form method="post" action="/tour">
        <button type="submit" name="reset" value="1" class="hf-menu-item">
          <Icon name="compass" />
          <span>Show the welcome tour again</span>
        </button>
      </form>
      <form method="post" action="/logout" class="hf-menu-part">
        <MenuSubmit label="Sign out" icon="logout" />
      </form>
    </Menu>
  )
}
