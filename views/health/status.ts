import type { BadgeProps } from '#views/ui/badge.tsx'

export type HealthStatus = 'ok' | 'warn' | 'error'

export const HEALTH_BADGES: Readonly<Record<HealthStatus | 'unknown', BadgeProps>> = {
  ok: { tone: 'normal', label: 'Normal' },
  warn: { tone: 'warning', label: 'Warning' },
  error: { tone: 'failing', label: 'Failing' },
  unknown: { tone: 'unknown', label: 'Unknown' },
}

/** The whole in a sentence. */
export function overallWords(components: readonly Readonly<{ label: string; status: HealthStatus }>[]): string {
  const failing = namesOf(components, 'error')
  const warning = namesOf(components, 'warn')
  if (failing === '' && warning === '') return 'Everything is normal.'
  return [failing && `Failing: ${failing}.`, warning && `Needs attention: ${warning}.`].filter(Boolean).join(' ')
}

function namesOf(
  components: readonly Readonly<{ label: string; status: HealthStatus }>[],
  status: HealthStatus,
): string {
  return components
    .filter((component) => component.status === status)
    .map(({ label }) => label)
    .join(', ')
}
