import { and, asc, gt, isNotNull } from 'drizzle-orm'
import type { SealedColumn, SealedValue } from '#core/vault/sealed-values.ts'
import type { Database } from '#db/database.ts'
import { secretPurpose } from './store-settings.ts'
import { backupSettings } from './tables.ts'

const ROWS_AT_ONCE = 500

/** The secrets of the orgs' object stores. */
export const SEALED_STORE_SECRETS: SealedColumn = { name: 'backup_settings.s3_secret_sealed', read: readSealedSecrets }

async function* readSealedSecrets(db: Database): AsyncGenerator<SealedValue> {
  for (let after = 0; ; ) {
    const rows = await db
      .select({ orgId: backupSettings.orgId, sealed: backupSettings.s3SecretSealed })
      .from(backupSettings)
      .where(and(gt(backupSettings.orgId, after), isNotNull(backupSettings.s3SecretSealed)))
      .orderBy(asc(backupSettings.orgId))
      .limit(ROWS_AT_ONCE)
    for (const { orgId, sealed } of rows) if (sealed !== null) yield { envelope: sealed, purpose: secretPurpose(orgId) }
    const last = rows.at(-1)
    if (!last || rows.length < ROWS_AT_ONCE) return
    after = last.orgId
  }
}
