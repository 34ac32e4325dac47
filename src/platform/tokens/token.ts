import { and, desc, eq, gt, isNull, lt, or } from 'drizzle-orm'
import { tokens } from '#core/access/tables.ts'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Self } from '#core/scope.ts'
import { requireName } from '#core/tenancy/user.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { newPersonalAccessToken, sha256Hex } from '#lib/token.ts'

const TAIL_CHARS = 4
export const EXPIRES_IN_DAYS_MAX = 3650

/**
 * Mints a token for oneself. `token` is returned here once and never again; only its SHA-256 is kept.
 * Error: `invalid_name` (invalid).
 */
export async function createToken(
  ctx: Context,
  self: Self,
  input: { name: string; expiresInDays?: number | undefined },
) {
  const name = requireName(input.name)
  const token = newPersonalAccessToken(ctx.random)
  const now = ctx.clock.now()
  const expiresAt = input.expiresInDays === undefined ? null : addMs(now, input.expiresInDays * DAY_MS)
  return await ctx.db.transaction(async (tx) => {
    const values = { userId: self.actor.userId, name, tokenHash: sha256Hex(token), tail: token.slice(-TAIL_CHARS) }
    const [row] = await tx
      .insert(tokens)
      .values({ ...values, createdAt: now, expiresAt })
      .returning({ id: tokens.id })
    if (!row) throw new Error('a token was not created')
    await record(ctx, tx, self, 'token.created', {
      token_id: row.id,
      name,
      expires_at: expiresAt?.toISOString() ?? null,
    })
    return { id: row.id, name, token, tail: values.tail, createdAt: now, expiresAt, lastUsedAt: null }
  })
}

/** One's own tokens that are not revoked, newest first, expired ones included: at most `limit`, with ids below `before`. */
export async function listTokens(ctx: Context, self: Self, page: { limit: number; before?: number | undefined }) {
  const isLater = page.before === undefined ? undefined : lt(tokens.id, page.before)
  return await ctx.db
    .select({
      id: tokens.id,
      name: tokens.name,
      tail: tokens.tail,
      createdAt: tokens.createdAt,
      expiresAt: tokens.expiresAt,
      lastUsedAt: tokens.lastUsedAt,
    })
    .from(tokens)
    .where(and(eq(tokens.userId, self.actor.userId), isNull(tokens.revokedAt), isLater))
    .orderBy(desc(tokens.id))
    .limit(page.limit)
}

/** Revokes one of one's own tokens; it is refused from now on. `not_found` for any other id. */
export async function revokeToken(ctx: Context, self: Self, id: number): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [row] = await tx
      .update(tokens)
      .set({ revokedAt: ctx.clock.now() })
      .where(and(eq(tokens.id, id), eq(tokens.userId, self.actor.userId), isNull(tokens.revokedAt)))
      .returning({ name: tokens.name })
    if (!row) throw new AppError('not_found', 'not_found', 'There is no such token.')
    await record(ctx, tx, self, 'token.revoked', { token_id: id, name: row.name })
  })
}

/** How many of one's own tokens still work. */
export async function countTokens(ctx: Context, self: Self): Promise<number> {
  const now = ctx.clock.now()
  const isLive = or(isNull(tokens.expiresAt), gt(tokens.expiresAt, now))
  const mine = and(eq(tokens.userId, self.actor.userId), isNull(tokens.revokedAt), isLive)
  return await ctx.db.$count(tokens, mine)
}
