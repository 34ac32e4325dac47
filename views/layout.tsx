import type { Children } from '@kitajs/html'
import { renderDocument, type Theme } from './document.tsx'
import { LicenseBanner, type LicenseBannerProps } from './license/license-banner.tsx'
import { type NavigationSection, type Org, Sidebar, SidebarDrawer } from './sidebar.tsx'
import { TopBar, type Viewer } from './top-bar.tsx'
import { TourCard, type TourCardProps } from './tour/tour-card.tsx'
import type { Brand } from './ui/brand.tsx'
import type { Toast } from './ui/toast.tsx'

export type Shell = Readonly<{
  viewer: Viewer
  /** The orgs of the viewer; the current one is marked. */
  orgs: readonly Org[]
  /** Only what the viewer may open. */
  navigation: readonly NavigationSection[]
  theme: Theme
  /** Where the theme and org forms come back to: a path of this site. */
  path: string
  /** The step of the welcome tour the viewer is at; absent once it has ended. */
  tour?: TourCardProps | undefined
  /** What there is to say of the current org's licence to who can install one. */
  license?: LicenseBannerProps | undefined
  /** That of the current org. */
  brand?: Brand | undefined
}>

export type PageProps = Readonly<{
  title: string
  /** The word before the title in the breadcrumb. */
  section: string
  shell: Shell
  toasts: readonly Toast[]
  children: Children
}>

/** The document of a signed-in page: side bar, top bar, and the page itself. */
export function page(props: PageProps): string {
  const { shell } = props
  return renderDocument({
    title: props.title,
    theme: shell.theme,
    toasts: props.toasts,
    bodyClass: 'hf-shell',
    brand: shell.brand,
    children: (
      <>
        <Sidebar {...shell} />
        <SidebarDrawer {...shell} />
        <div class="hf-column">
          <TopBar
            section={props.section}
            title={props.title}
            viewer={shell.viewer}
            theme={shell.theme}
            path={shell.path}
          />
          <main id="main" class="hf-page" tabindex="-1">
            {shell.license !== undefined && <LicenseBanner {...shell.license} />}
            {shell.tour !== undefined && <TourCard {...shell.tour} />}
            {props.children}
          </main>
        </div>
      </>
    ),
  })
}
