import { asc, gt } from 'drizzle-orm'
import type { SealedColumn, SealedValue } from '#core/vault/sealed-values.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import type { Database } from '#db/database.ts'
import { formerPurpose, presentPurpose } from './secret.ts'

const ROWS_AT_ONCE = 500

/** The signing secrets, oldest webhook first. */
export const WEBHOOK_SECRETS: SealedColumn = {
  name: 'webhooks.secret_sealed',
  read: (db) => readSecrets(db, (row) => ({ envelope: row.secretSealed, purpose: presentPurpose(row) })),
}

/** Those that were rotated away and still sign, or did. */
export const FORMER_WEBHOOK_SECRETS: SealedColumn = {
  name: 'webhooks.previous_secret_sealed',
  read: (db) =>
    readSecrets(db, (row) =>
      row.previousSecretSealed === null
        ? undefined
        : { envelope: row.previousSecretSealed, purpose: formerPurpose(row) },
    ),
}

type Row = Pick<typeof webhooks.$inferSelect, 'id' | 'orgId' | 'secretSealed' | 'previousSecretSealed'>

async function* readSecrets(db: Database, pick: (row: Row) => SealedValue | undefined): AsyncGenerator<SealedValue> {
  const { id, orgId, secretSealed, previousSecretSealed } = webhooks
  for (let after = 0; ; ) {
    const rows = await db
      .select({ id, orgId, secretSealed, previousSecretSealed })
      .from(webhooks)
      .where(gt(id, after))
      .orderBy(asc(id))
      .limit(ROWS_AT_ONCE)
    for (const row of rows) {
      const value = pick(row)
      if (value) yield value
    }
    const last = rows.at(-1)
    if (!last || rows.length < ROWS_AT_ONCE) return
    after = last.id
  }
}
