import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
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

/** The secrets that sign now, the present one first. Error: `secret_unreadable` (conflict). */
export function secretsOf(ctx: Context, row: Row): string[] {
  const present = findPresent(ctx, row)
  if (present === undefined) {
    throw new AppError('conflict', 'secret_unreadable', 'The signing secret cannot be read. Replace it.')
  }
  const { previousSecretSealed: sealed, previousSecretEndsAt: endsAt } = row
  const isHeld = sealed !== null && endsAt !== null && endsAt > ctx.clock.now()
  const former = isHeld ? readable(() => ctx.vault.open(sealed, formerPurpose(row))) : undefined
  return former === undefined ? [present] : [present, former]
}

/** The present secret; undefined when the vault does not open it. */
export function findPresent({ vault }: Pick<Context, 'vault'>, row: Row): string | undefined {
  return readable(() => vault.open(row.secretSealed, presentPurpose(row)))
}

function readable(open: () => string): string | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof AppError && error.code === 'secret_unreadable') return undefined
    throw error
  }
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
