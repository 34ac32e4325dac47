import { eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { requireOpenHost } from '#core/open-host.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { opens } from '#core/vault/vault.ts'
import { type Database, lockRow, type Tx } from '#db/database.ts'
import { nextDue, type Timing } from './schedule.ts'
import {
  requireEndpoint,
  type StoredStore,
  type StoreInput,
  secretPurpose,
  storeColumns,
  storeOf,
} from './store-settings.ts'
import { backupSettings } from './tables.ts'
import { requireTiming } from './timing.ts'

/** The secret of the object store is never part of it, but for whether the vault still opens it. */
export type BackupSettings = Readonly<{
  timing: Timing
  nextRunAt: Date | null
  store: (StoredStore & Readonly<{ isSecretReadable: boolean }>) | null
}>

export type SettingsChange = Readonly<{
  timing?: Timing | undefined
  /** Null forgets the object store and its secret. */
  store?: StoreInput | null | undefined
}>

type Row = typeof backupSettings.$inferSelect

const UNSET: BackupSettings = { timing: { frequency: 'off', hour: 2, weekday: 0 }, nextRunAt: null, store: null }

/** When the org is backed up by itself, and where copies go. For `backup.edit`. */
export async function readSettings(ctx: Context, scope: Scope): Promise<BackupSettings> {
  return settingsOf(ctx, await findRow(ctx.db, scope.orgId))
}

/**
 * Changes the schedule, the object store or both; what is absent stays. For `backup.edit`. Errors (invalid): `invalid_schedule`,
 * `invalid_store`, `egress_refused`, and `secret_required` for a store that is new, or another endpoint or key for a kept secret.
 */
export async function updateSettings(ctx: Context, scope: Scope, change: SettingsChange): Promise<BackupSettings> {
  const timing = change.timing && requireTiming(change.timing)
  if (change.store) await requireOpenHost(ctx, new URL(requireEndpoint(change.store.endpoint)).hostname, 'endpoint')
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, scope.orgId)
    const row = await findRow(tx, scope.orgId)
    const now = ctx.clock.now()
    const store = change.store === undefined ? {} : storeColumns(ctx.vault, scope.orgId, change.store, row)
    const next = timing && { ...timing, nextRunAt: nextDue(timing, now) }
    const set = { ...next, ...store, updatedAt: now }
    const values = { ...UNSET.timing, ...set, orgId: scope.orgId }
    await tx.insert(backupSettings).values(values).onConflictDoUpdate({ target: backupSettings.orgId, set })
    const fields = changedFields(row, { ...timing, ...store })
    if (fields.length > 0) await record(ctx, tx, scope, 'backup.settings_changed', { fields })
    return settingsOf(ctx, await findRow(tx, scope.orgId))
  })
}

export function settingsOf({ vault }: Pick<Context, 'vault'>, row: Row | undefined): BackupSettings {
  if (!row) return UNSET
  const { orgId, frequency, hour, weekday, nextRunAt, s3SecretSealed: sealed } = row
  const store = storeOf(row)
  const isSecretReadable = sealed !== null && opens(vault, sealed, secretPurpose(orgId))
  return { timing: { frequency, hour, weekday }, nextRunAt, store: store && { ...store, isSecretReadable } }
}

export async function findRow(db: Database | Tx, orgId: number): Promise<Row | undefined> {
  const [row] = await db.select().from(backupSettings).where(eq(backupSettings.orgId, orgId))
  return row
}

const FIELDS: Readonly<Partial<Record<keyof Row, string>>> = {
  ...{ frequency: 'frequency', hour: 'hour', weekday: 'weekday', s3Endpoint: 'endpoint', s3Region: 'region' },
  ...{ s3Bucket: 'bucket', s3Prefix: 'prefix', s3AccessKeyId: 'access_key_id', s3SecretSealed: 'secret' },
}

/** By the names that the API has for them; of the secret only that it changed. */
function changedFields(before: Row | undefined, set: Partial<Row>): string[] {
  const old: Partial<Row> = before ?? UNSET.timing
  return Object.entries(FIELDS).flatMap(([column, name]) => {
    const value: unknown = Reflect.get(set, column)
    return value === undefined || value === (Reflect.get(old, column) ?? null) ? [] : [name]
  })
}
