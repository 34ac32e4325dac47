import { startDeadline } from '#lib/deadline.ts'
import type { Context } from './context.ts'
import { AppError } from './errors.ts'

const LOOK_UP_TIMEOUT_MS = 5_000

/**
 * Refuses a host that is closed to tenants while it is being typed: `egress_refused` (invalid) with the `field` it stands in. One
 * that cannot be looked up now may be there later, and is looked at again whenever it is called.
 */
export async function requireOpenHost({ egress }: Pick<Context, 'egress'>, host: string, field: string): Promise<void> {
  using deadline = startDeadline({ connectTimeoutMs: LOOK_UP_TIMEOUT_MS, timeoutMs: LOOK_UP_TIMEOUT_MS })
  try {
    await deadline.within(egress.vetHost(host))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'egress_refused') throw new AppError('invalid', error.code, error.message, { field })
  }
}
