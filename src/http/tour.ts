import { holds, type Permission } from '#core/access/permissions.ts'
import type { Viewer } from '#http/viewer.ts'
import type { TourCardProps } from '#views/tour/tour-card.tsx'

/** A step of the welcome tour; a role lists its own. */
export type TourStep = Readonly<{
  id: string
  title: string
  text: string
  /** The page it is about. */
  href: string
  /** Absent for a step that everybody is shown. */
  permission?: Permission
}>

/** The steps a viewer is shown: those of pages he may open. */
export function stepsFor(steps: readonly TourStep[], viewer: Pick<Viewer, 'permissions'>): TourStep[] {
  return steps.filter(({ permission }) => permission === undefined || holds(viewer, permission))
}

/** Where a viewer is in the tour; undefined once he has ended it. A step he may no longer see counts as the first. */
export function tourFor(steps: readonly TourStep[], viewer: Viewer, path: string): TourCardProps | undefined {
  const { tourStep, tourEndedAt } = viewer.person
  if (tourEndedAt !== null) return undefined
  const shown = stepsFor(steps, viewer)
  const index = Math.max(
    0,
    shown.findIndex(({ id }) => id === tourStep),
  )
  const step = shown[index]
  if (!step) return undefined
  const next = shown[index + 1]
  const previous = shown[index - 1]
  return {
    title: step.title,
    text: step.text,
    position: { number: index + 1, of: shown.length },
    path,
    ...(next && { next: { id: next.id, title: next.title } }),
    ...(previous && { previous: previous.id }),
  }
}
