import { asc, gt } from 'drizzle-orm'
import type { SealedColumn, SealedValue } from '#core/vault/sealed-values.ts'
import type { Database } from '#db/database.ts'
import { relayPurpose } from './org-mail.ts'
import { smtpSettings } from './tables.ts'

const ROWS_AT_ONCE = 500

/** The passwords of the orgs' relays. */
export const SEALED_RELAY_PASSWORDS: SealedColumn = { name: 'smtp_settings.password_sealed', read }

async function* read(db: Database): AsyncGenerator<SealedValue> {
  for (let after = 0; ; ) {
    const rows = await db
      .select({ orgId: smtpSettings.orgId, envelope: smtpSettings.passwordSealed })
      .from(smtpSettings)
      .where(gt(smtpSettings.orgId, after))
      .orderBy(asc(smtpSettings.orgId))
      .limit(ROWS_AT_ONCE)
    for (const { orgId, envelope } of rows) yield { envelope, purpose: relayPurpose(orgId) }
    const last = rows.at(-1)
    if (!last || rows.length < ROWS_AT_ONCE) return
    after = last.orgId
  }
}
