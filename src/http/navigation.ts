import type { Permission } from '#core/access/permissions.ts'
import type { Viewer } from '#http/viewer.ts'
import type { NavigationSection } from '#views/sidebar.tsx'
import type { IconName } from '#views/ui/icon.tsx'

/** A page of the side bar; a role lists its own. */
export type NavigationPage = Readonly<{
  section: 'Data' | 'Workspace' | 'Administration' | 'You'
  label: string
  href: string
  icon: IconName
  /** Absent for a page that every signed-in person may open. */
  permission?: Permission
}>

/** The side bar of a viewer: only what he may open. */
export function navigationFor(pages: readonly NavigationPage[], viewer: Viewer, path: string): NavigationSection[] {
  const open = pages.filter((page) => page.permission === undefined || viewer.permissions.has(page.permission))
  const labels = [...new Set(open.map((page) => page.section))]
  return labels.map((label) => ({
    label,
    entries: open
      .filter((page) => page.section === label)
      .map(({ label, href, icon }) => ({ label, href, icon, isCurrent: path === href || path.startsWith(`${href}/`) })),
  }))
}
