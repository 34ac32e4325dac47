import type { Context } from '#core/context.ts'
import type { Purpose } from '#core/vault/vault.ts'
import type { webhooks } from '#core/webhooks/tables.ts'
import { addMs, HOUR_MS } from '#lib/clock.ts'
import { SECRET_PREFIX } from './signature.ts'

const SECRET_BYTES = 32
const TAIL_CHARS = 6
/** How long the secret before goes on signing after a rotation. */
export const FORMER_SECRET_MS = 24 * HOUR_MS

type Row = Pick<
  typeof webhooks.$inferSelect,
  'id' | 'orgId' | 'secretSealed' | 'previousSecretSealed' | 'previousSecretEndsAt'
>

export function newSecret({ random }: Pick<Context, 'random'>): string {
  return SECRET_PREFIX + Buffer.from(random.bytes(SECRET_BYTES)).toString('base64')
}

/** What is shown of a secret once it is no longer shown. */
export function tailOf(secret: string): string {
  return secret.slice(-TAIL_CHARS)
}

export function sealSecret({ vault }: Context, secret: string, { orgId, id }: Pick<Row, 'orgId' | 'id'>) {
  return {
    present: vault.seal(secret, presentPurpose({ orgId, id })),
    former: vault.seal(secret, formerPurpose({ orgId, id })),
  }
}

/** The secrets that sign now, the present one first. Error: `secret_unreadable` (internal). */
export function secretsOf(ctx: Context, row: Row): string[] {
  const present = ctx.vault.open(row.secretSealed, presentPurpose(row))
  const { previousSecretSealed: former, previousSecretEndsAt: endsAt } = row
  const isHeld = former !== null && endsAt !== null && endsAt > ctx.clock.now()
  return isHeld ? [present, ctx.vault.open(former, formerPurpose(row))] : [present]
}

export function formerSecretEnd({ clock }: Pick<Context, 'clock'>): Date {
  return addMs(clock.now(), FORMER_SECRET_MS)
}

export function presentPurpose({ orgId, id }: Pick<Row, 'orgId' | 'id'>): Purpose {
  return { orgId, table: 'webhooks', column: 'secret_sealed', row: id }
}

export function formerPurpose({ orgId, id }: Pick<Row, 'orgId' | 'id'>): Purpose {
  return { orgId, table: 'webhooks', column: 'previous_secret_sealed', row: id }
}
