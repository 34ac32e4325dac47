import { and, eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import { installedDetail } from '#core/license/installed.ts'
import type { LicensedOrg } from '#core/license/licensed-org.ts'
import { licenseStateAt } from '#core/license/state.ts'
import { orgLicenses } from '#core/license/tables.ts'
import { type VendorKeys, verifyLicense } from '#core/license/verify.ts'
import type { Database } from '#db/database.ts'
import type { Queue } from '#jobs/queue.ts'
import type { Clock } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'

type Parts = Readonly<{ db: Database; clock: Clock; random: Random; jobs: Pick<Queue, 'enqueue'>; keys: VendorKeys }>

/**
 * `DATA_DIR/license.json` is gone, and with it the row of the org whose document it held. The audit log keeps what the
 * row said last. Of any number at once, one does it.
 */
export async function dropLostLicense(parts: Parts, { orgId, slug, licenseHash }: LicensedOrg, now: Date) {
  await parts.db.transaction(async (tx) => {
    const [lost] = await tx
      .delete(orgLicenses)
      .where(
        and(eq(orgLicenses.orgId, orgId), eq(orgLicenses.origin, 'file'), eq(orgLicenses.sha256, licenseHash ?? '')),
      )
      .returning({ document: orgLicenses.document })
    if (!lost) return
    const state = licenseStateAt(verifyLicense(lost.document, parts.keys), slug, now)
    const detail = { ...installedDetail(state, lost.document), status: state.status }
    await record(parts, tx, { orgId, actor: { kind: 'nobody' } }, 'license.file_lost', detail)
  })
}
