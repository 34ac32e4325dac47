import type { Context } from '#core/context.ts'
import type { LicenseStatus } from '#core/license/entitlement.ts'
import { fewestDays } from '#core/license/survey.ts'
import { SECOND_MS } from '#lib/clock.ts'
import type { Metric } from '#lib/exposition.ts'

const WAIT_MS = 3 * SECOND_MS
const STATES: readonly LicenseStatus[] = ['valid', 'grace', 'expired', 'missing', 'invalid']

/**
 * How the licences of the orgs stand; nothing when the database does not answer in time. After a start it reads every
 * document once, and what one scrape does not wait for the next one finds done.
 */
export async function licenseMetrics({ license, clock }: Pick<Context, 'license' | 'clock'>): Promise<Metric[]> {
  const waited = new AbortController()
  const late = clock.sleep(WAIT_MS, waited.signal).then(() => undefined)
  const surveyed = await Promise.race([license.survey().catch(() => undefined), late])
  waited.abort()
  if (!surveyed) return []
  const days = fewestDays(surveyed)
  const count = (state: LicenseStatus) => surveyed.filter(({ entitlement }) => entitlement.status === state).length
  return [
    {
      ...{ name: 'honeyframe_license_state', kind: 'gauge', help: 'Organizations by the state of their licence.' },
      samples: STATES.map((state) => ({ labels: { state }, value: count(state) })),
    },
    {
      ...{ name: 'honeyframe_license_days_remaining', kind: 'gauge' },
      help: 'Days until the first licence document ends, begun ones included.',
      samples: days === undefined ? [] : [{ value: days }],
    },
  ]
}
