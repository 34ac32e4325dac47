import { and, eq } from 'drizzle-orm'
import { AppError } from '#core/errors.ts'
import type { Database } from '#db/database.ts'
import type { Clock } from '#lib/clock.ts'
import { hkdfSha256, KEY_BYTES } from '#lib/crypto.ts'
import type { Random } from '#lib/random.ts'
import { openEnvelope, type Purpose, sealEnvelope } from './envelope.ts'
import { vaultKeys } from './tables.ts'

export type { Purpose } from './envelope.ts'
export { keepIfMasked, MASK } from './mask.ts'

export type Vault = Readonly<{
  /** The text under the data key, as an envelope that opens for the same purpose only. */
  seal: (text: string, purpose: Purpose) => string
  /** The text. Throws `internal secret_unreadable` when the envelope was altered or belongs elsewhere. */
  open: (envelope: string, purpose: Purpose) => string
}>

export type VaultOptions = Readonly<{
  db: Database
  /** `JWT_SECRET`. */
  secret: string
  /** `JWT_SECRET_PREVIOUS`: opens the data key once more after the secret was changed. */
  previousSecret?: string | undefined
  random: Random
  clock: Clock
}>

// Two nodes that boot at once both insert this id; the database lets one through and both read that one.
const KEY_ROW_ID = 1
const DATA_KEY_ID = String(KEY_ROW_ID)
const WRAPPING_KEY_ID = 'jwt'
const WRAPPING_KEY_INFO = 'honeyframe vault wrapping key v1'
const WRAPPED_KEY_PURPOSE: Purpose = { orgId: 0, table: 'vault_keys', column: 'sealed', row: KEY_ROW_ID }

/**
 * Opens the vault of a database, making its random data key at first boot. When only the previous secret opens the key, it
 * is wrapped anew under the present one. When neither does, throws `internal vault_locked` and writes nothing.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  const dataKey = await openDataKey(options)

  function seal(text: string, purpose: Purpose): string {
    return sealEnvelope(dataKey, DATA_KEY_ID, options.random, Buffer.from(text, 'utf8'), purpose)
  }

  function open(envelope: string, purpose: Purpose): string {
    const bytes = openEnvelope(dataKey, DATA_KEY_ID, envelope, purpose)
    if (bytes) return Buffer.from(bytes).toString('utf8')
    throw new AppError(
      'internal',
      'secret_unreadable',
      `A secret in ${purpose.table}.${purpose.column} cannot be read.`,
    )
  }

  return { seal, open }
}

async function openDataKey(options: VaultOptions): Promise<Uint8Array> {
  const { secret, previousSecret } = options
  const sealed = (await findSealedKey(options)) ?? (await createSealedKey(options))
  const dataKey = unwrap(sealed, secret)
  if (dataKey) return dataKey
  const previous = previousSecret === undefined ? undefined : unwrap(sealed, previousSecret)
  if (previous) return rewrap(options, previous, sealed)
  throw locked()
}

async function findSealedKey({ db }: VaultOptions): Promise<string | undefined> {
  const rows = await db.select({ sealed: vaultKeys.sealed }).from(vaultKeys).where(eq(vaultKeys.id, KEY_ROW_ID))
  return rows[0]?.sealed
}

async function createSealedKey(options: VaultOptions): Promise<string> {
  const { db, random, clock, secret } = options
  const sealed = wrap(random.bytes(KEY_BYTES), secret, random)
  await db.insert(vaultKeys).values({ id: KEY_ROW_ID, sealed, createdAt: clock.now() }).onConflictDoNothing()
  return (await findSealedKey(options)) ?? sealed
}

async function rewrap(options: VaultOptions, dataKey: Uint8Array, former: string): Promise<Uint8Array> {
  const { db, random, clock, secret } = options
  const rewrapped = await db
    .update(vaultKeys)
    .set({ sealed: wrap(dataKey, secret, random), rewrappedAt: clock.now() })
    .where(and(eq(vaultKeys.id, KEY_ROW_ID), eq(vaultKeys.sealed, former)))
    .returning({ id: vaultKeys.id })
  if (rewrapped.length > 0) return dataKey
  // Another node was first. What it wrote must open for us too, or we would part ways at the next start.
  const theirs = await findSealedKey(options)
  const ours = theirs === undefined ? undefined : unwrap(theirs, secret)
  if (ours) return ours
  throw locked()
}

function wrap(dataKey: Uint8Array, secret: string, random: Random): string {
  return sealEnvelope(wrappingKey(secret), WRAPPING_KEY_ID, random, dataKey, WRAPPED_KEY_PURPOSE)
}

function unwrap(sealed: string, secret: string): Uint8Array | undefined {
  return openEnvelope(wrappingKey(secret), WRAPPING_KEY_ID, sealed, WRAPPED_KEY_PURPOSE)
}

function wrappingKey(secret: string): Uint8Array {
  return hkdfSha256(Buffer.from(secret, 'utf8'), new Uint8Array(), Buffer.from(WRAPPING_KEY_INFO), KEY_BYTES)
}

function locked(): AppError {
  return new AppError(
    'internal',
    'vault_locked',
    'JWT_SECRET does not open the vault of this database: set JWT_SECRET_PREVIOUS to the secret it had before.',
  )
}
