import { and, eq } from 'drizzle-orm'
import { AppError } from '#core/errors.ts'
import type { Database } from '#db/database.ts'
import type { Clock } from '#lib/clock.ts'
import { hkdfSha256, KEY_BYTES } from '#lib/crypto.ts'
import type { Random } from '#lib/random.ts'
import { openEnvelope, type Purpose, sealEnvelope } from './envelope.ts'
import { vaultKeys } from './tables.ts'

export type KeySecrets = Readonly<{
  /** `JWT_SECRET`. */
  secret: string
  /** `JWT_SECRET_PREVIOUS` and a kept secret: each may open the data key once more after the secret was changed. */
  previousSecrets?: readonly string[]
}>

export type KeyOptions = KeySecrets & Readonly<{ db: Database; random: Random; clock: Clock }>

export type FoundKey = Readonly<{
  madeAt: Date
  rewrappedAt: Date | null
  /** The place in `[secret, ...previousSecrets]` of the one that opens the key; undefined when none does. */
  openedBy: number | undefined
  dataKey: Uint8Array | undefined
}>

// Two nodes that boot at once both insert this id; the database lets one through and both read that one.
const KEY_ROW_ID = 1
export const DATA_KEY_ID = String(KEY_ROW_ID)
const WRAPPING_KEY_ID = 'jwt'
const WRAPPING_KEY_INFO = 'honeyframe vault wrapping key v1'
const WRAPPED_KEY_PURPOSE: Purpose = { orgId: 0, table: 'vault_keys', column: 'sealed', row: KEY_ROW_ID }

type KeyRow = typeof vaultKeys.$inferSelect

/**
 * The data key of a database, made at random when there is none. When only a previous secret opens it, it is wrapped anew
 * under the present one. When none does, throws `internal vault_locked` and writes nothing.
 */
export async function openDataKey(options: KeyOptions): Promise<Uint8Array> {
  const row = (await findKeyRow(options.db)) ?? (await createKeyRow(options))
  return (await openRow(options, row)).dataKey
}

/** The data key as it stands, without making or rewrapping anything; undefined when the database has none yet. */
export async function findDataKey(db: Database, secrets: KeySecrets): Promise<FoundKey | undefined> {
  const row = await findKeyRow(db)
  if (!row) return undefined
  const opened = unwrapWithAny(row.sealed, secrets)
  const { place: openedBy, dataKey } = opened ?? { place: undefined, dataKey: undefined }
  return { madeAt: row.createdAt, rewrappedAt: row.rewrappedAt, openedBy, dataKey }
}

/**
 * The operator. Wraps the data key under the present secret when only a previous one opens it, in one statement; answers
 * whether it did, so a second call answers false. Throws `internal vault_locked` when no secret opens it, and
 * `contradiction vault_empty` when there is no key yet; then nothing is written.
 */
export async function rewrapDataKey(options: KeyOptions): Promise<boolean> {
  const row = await findKeyRow(options.db)
  if (row) return (await openRow(options, row)).isRewrapped
  throw new AppError(
    'contradiction',
    'vault_empty',
    'This database has no vault yet: `honeyframe serve` makes it when it first starts.',
  )
}

async function openRow(options: KeyOptions, row: KeyRow): Promise<{ dataKey: Uint8Array; isRewrapped: boolean }> {
  const opened = unwrapWithAny(row.sealed, options)
  if (!opened) throw locked()
  if (opened.place === 0) return { dataKey: opened.dataKey, isRewrapped: false }
  return await rewrap(options, opened.dataKey, row.sealed)
}

async function findKeyRow(db: Database): Promise<KeyRow | undefined> {
  const [row] = await db.select().from(vaultKeys).where(eq(vaultKeys.id, KEY_ROW_ID))
  return row
}

async function createKeyRow({ db, random, clock, secret }: KeyOptions): Promise<KeyRow> {
  const sealed = wrap(random.bytes(KEY_BYTES), secret, random)
  const made = { id: KEY_ROW_ID, sealed, createdAt: clock.now(), rewrappedAt: null }
  await db.insert(vaultKeys).values(made).onConflictDoNothing()
  return (await findKeyRow(db)) ?? made
}

async function rewrap(options: KeyOptions, dataKey: Uint8Array, former: string) {
  const { db, random, clock, secret } = options
  const rewrapped = await db
    .update(vaultKeys)
    .set({ sealed: wrap(dataKey, secret, random), rewrappedAt: clock.now() })
    .where(and(eq(vaultKeys.id, KEY_ROW_ID), eq(vaultKeys.sealed, former)))
    .returning({ id: vaultKeys.id })
  if (rewrapped.length > 0) return { dataKey, isRewrapped: true }
  // Another node was first. What it wrote must open for us too, or we would part ways at the next start.
  const theirs = await findKeyRow(db)
  const ours = theirs && unwrap(theirs.sealed, secret)
  if (ours) return { dataKey: ours, isRewrapped: false }
  throw locked()
}

function wrap(dataKey: Uint8Array, secret: string, random: Random): string {
  return sealEnvelope(wrappingKey(secret), WRAPPING_KEY_ID, random, dataKey, WRAPPED_KEY_PURPOSE)
}

function unwrapWithAny(sealed: string, { secret, previousSecrets = [] }: KeySecrets) {
  for (const [place, each] of [secret, ...previousSecrets].entries()) {
    const dataKey = unwrap(sealed, each)
    if (dataKey) return { place, dataKey }
  }
  return undefined
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
