import { eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { HOUR_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'
import { findRow } from './settings.ts'
import { objectName, type StoreAccess, signRequest } from './signed-request.ts'
import { secretPurpose, storeOf } from './store-settings.ts'

/** More than one request can carry, as every store has it; copies in parts are not made. */
export const OBJECT_BYTES_MAX = 5 * 1024 ** 3
const UPLOAD_TIMEOUT_MS = 6 * HOUR_MS
const WORDS_CHARS_MAX = 300
const TEST_TEXT = 'Honeyframe may write here.\n'
const TEST_KEY = 'honeyframe-test.txt'

export type StoredFile = Readonly<{ key: string; bytes: number; sha256: string; stream: AsyncIterable<Uint8Array> }>

/**
 * The object store of an org with its secret, for as long as a request takes; undefined without one. Error: `secret_unreadable`
 * (conflict).
 */
export async function findStore(ctx: Context, orgId: number): Promise<StoreAccess | undefined> {
  const row = await findRow(ctx.db, orgId)
  const store = row && storeOf(row)
  if (!row || !store || row.s3SecretSealed === null) return undefined
  return { ...store, secret: openSecret(ctx, orgId, row.s3SecretSealed) }
}

/**
 * Copies a file to the store. Errors: `egress_refused` (invalid), `transport_failed` and `store_refused` (upstream, with the
 * store's words in `detail`), `too_large`.
 */
export async function putObject(
  ctx: Context,
  store: StoreAccess,
  file: StoredFile,
  signal: AbortSignal,
): Promise<void> {
  const { key, bytes, sha256, stream } = file
  if (bytes > OBJECT_BYTES_MAX) {
    throw new AppError('too_large', 'too_large', 'A copy has at most 5 GiB.', { permanent: true })
  }
  const { url, ...request } = await signRequest(store, { method: 'PUT', key, sha256, at: ctx.clock.now() })
  const body = { bytes, stream }
  requireTaken(await ctx.egress.fetch(url, { ...request, body, signal, timeoutMs: UPLOAD_TIMEOUT_MS }))
}

/**
 * Writes a small object to the org's store and deletes it again; comes back with its name. For `backup.edit`. Errors: `no_store`
 * (conflict), and those of `findStore` and `putObject`.
 */
export async function testStore(ctx: Context, scope: Scope): Promise<{ object: string }> {
  const store = await findStore(ctx, scope.orgId)
  if (!store) throw new AppError('conflict', 'no_store', 'Save an object store first.')
  const key = `${await slugOf(ctx, scope.orgId)}/${TEST_KEY}`
  const at = ctx.clock.now()
  const put = await signRequest(store, { method: 'PUT', key, sha256: sha256Hex(TEST_TEXT), at })
  requireTaken(await ctx.egress.fetch(put.url, { ...put, body: TEST_TEXT }))
  const remove = await signRequest(store, { method: 'DELETE', key, sha256: sha256Hex(''), at })
  // A key that may write and not delete is a good key for backups: the object stays.
  await ctx.egress.fetch(remove.url, remove)
  return { object: `${store.bucket}/${objectName(store, key)}` }
}

function openSecret({ vault }: Context, orgId: number, sealed: string): string {
  try {
    return vault.open(sealed, secretPurpose(orgId))
  } catch {
    const words = 'The stored secret access key cannot be read. Type it again.'
    throw new AppError('conflict', 'secret_unreadable', words, { field: 'secret', permanent: true })
  }
}

async function slugOf(ctx: Context, orgId: number): Promise<string> {
  const [org] = await ctx.db.select({ slug: orgs.slug }).from(orgs).where(eq(orgs.id, orgId))
  return org?.slug ?? ''
}

function requireTaken({ status, text }: Readonly<{ status: number; text: string }>): void {
  if (status >= 200 && status < 300) return
  const detail = `${status} ${wordsIn(text)}`.trim()
  // Of what a store says no to, only time-outs, floods and its own trouble pass by themselves.
  const permanent = status < 500 && status !== 408 && status !== 429
  throw new AppError('upstream', 'store_refused', `The object store refused: ${detail}`, { detail, permanent })
}

/** The code and the message of an S3 error, which is XML; of anything else nothing, since it is not meant for people. */
function wordsIn(text: string): string {
  const [code, message] = ['Code', 'Message'].map((name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1])
  const words = [code, message].filter((part) => part !== undefined && part !== '').join(': ')
  return words.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').slice(0, WORDS_CHARS_MAX)
}
