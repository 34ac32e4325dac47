import { and, count, eq, gt, min } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { addMs, HOUR_MS, SECOND_MS } from '#lib/clock.ts'

export const TESTS_PER_HOUR_MAX = 20

/** Orgs that send one now, on this node. */
const underWay = new WeakMap<Context, Set<number>>()

/**
 * Lets an org send a test mail, which can go to anybody, or refuses: `too_many_tests` (limited). At most 20 an hour, as the log
 * counts them, and one at a time, so that those under way need no counting.
 */
export async function asOneTest<T>(ctx: Context, orgId: number, work: () => Promise<T>): Promise<T> {
  const busy = underWay.get(ctx) ?? new Set()
  underWay.set(ctx, busy)
  if (busy.has(orgId)) throw refusal('A test mail of this organization is under way.', 1)
  busy.add(orgId)
  try {
    await requireFewTests(ctx, orgId)
    return await work()
  } finally {
    busy.delete(orgId)
  }
}

async function requireFewTests(ctx: Context, orgId: number): Promise<void> {
  const now = ctx.clock.now()
  const isTest = and(eq(auditLog.orgId, orgId), eq(auditLog.action, 'smtp.tested'))
  const [recent] = await ctx.db
    .select({ tests: count(), oldest: min(auditLog.at) })
    .from(auditLog)
    .where(and(isTest, gt(auditLog.at, addMs(now, -HOUR_MS))))
  if ((recent?.tests ?? 0) < TESTS_PER_HOUR_MAX) return
  const endsAt = addMs(recent?.oldest ?? now, HOUR_MS)
  const seconds = Math.max(1, Math.ceil((endsAt.getTime() - now.getTime()) / SECOND_MS))
  throw refusal(`An organization sends at most ${TESTS_PER_HOUR_MAX} test mails an hour.`, seconds)
}

function refusal(words: string, retryAfter: number): AppError {
  return new AppError('limited', 'too_many_tests', words, { retry_after: retryAfter })
}
