import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { startDeadline } from '#lib/deadline.ts'

const LOOK_UP_TIMEOUT_MS = 5_000

/**
 * Refuses a host that is closed to tenants while it is being typed: `egress_refused` (invalid). One that cannot be looked up
 * now may be there later: a test mail tells.
 */
export async function requireOpenHost({ egress }: Pick<Context, 'egress'>, host: string): Promise<void> {
  using deadline = startDeadline({ connectTimeoutMs: LOOK_UP_TIMEOUT_MS, timeoutMs: LOOK_UP_TIMEOUT_MS })
  try {
    await deadline.within(egress.vetHost(host))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'egress_refused') throw new AppError('invalid', error.code, error.message, { field: 'host' })
  }
}
