import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { type Forecast, forecastOf } from '#core/license/forecast.ts'
import { findInstant } from '#core/license/license.ts'
import type { LicensedOrg } from '#core/license/licensed-org.ts'
import type { Resolved } from '#core/license/resolution.ts'

/** What an org would have at a time. */
export type Simulation = Forecast & Pick<Resolved, 'status' | 'daysRemaining'> & Readonly<{ at: Date }>

/** The licence of an org at a time of one's choice, as the documents and the subscription stand now; for every member. */
export async function simulateLicense(ctx: Context, org: LicensedOrg, at: Date): Promise<Simulation> {
  const resolved = await ctx.license.resolveAt(org, at)
  const { status, daysRemaining } = resolved
  return { at, status, daysRemaining, ...forecastOf(resolved, ctx.config.licenseEnforcement, at) }
}

/** A time (RFC 3339) as it was typed; of a date alone its start, in UTC. Error: `invalid_query` (invalid). */
export function simulatedTime(text: string): Date {
  const at = findInstant(text, 'start')
  if (at) return at
  throw new AppError('invalid', 'invalid_query', 'The date is one like 2027-01-31, or a time as in RFC 3339.', {
    field: 'at',
  })
}
