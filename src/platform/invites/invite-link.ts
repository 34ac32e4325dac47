import type { Context } from '#core/context.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { newSecretToken, sha256Hex } from '#lib/token.ts'

export const INVITE_DAYS = 7

/** What makes an invitation acceptable for the next 7 days. Only `tokenHash` is kept. */
export function newLink(ctx: Context): Readonly<{ token: string; tokenHash: string; issuedAt: Date; expiresAt: Date }> {
  const token = newSecretToken(ctx.random)
  const issuedAt = ctx.clock.now()
  return { token, tokenHash: sha256Hex(token), issuedAt, expiresAt: addMs(issuedAt, INVITE_DAYS * DAY_MS) }
}

/** The address that accepts an invitation. It starts with `PUBLIC_URL`, whatever host the admin's browser used. */
export function acceptUrl(ctx: Context, token: string): string {
  return `${ctx.config.publicUrl}/accept-invite?token=${token}`
}
