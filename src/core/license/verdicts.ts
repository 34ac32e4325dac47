import { eq, sql } from 'drizzle-orm'
import { LicenseFault } from '#core/license/fault.ts'
import type { LicensedOrg } from '#core/license/licensed-org.ts'
import { orgLicenses } from '#core/license/tables.ts'
import { type VendorKeys, type Verdict, verifyLicense } from '#core/license/verify.ts'
import { type Database, prepared } from '#db/database.ts'
import { sha256Hex } from '#lib/token.ts'

const VERDICTS_MAX = 5_000

/** Verdicts on the documents of orgs, each made once: a document is known by the hash in its row. */
export function createVerdicts(db: Database, keys: VendorKeys) {
  const known = new Map<string, Verdict>()

  function remember(hash: string, verdict: Verdict): Verdict {
    const [oldest] = known.keys()
    if (known.size >= VERDICTS_MAX && oldest !== undefined) known.delete(oldest)
    known.set(hash, verdict)
    return verdict
  }

  return {
    verify: (text: string): Verdict => verifyLicense(text, keys),

    /** Of the document in an org's row; undefined when the row is gone. One statement the first time, none after that. */
    async find({ orgId, licenseHash }: LicensedOrg): Promise<Verdict | undefined> {
      const verdict = licenseHash === null ? undefined : known.get(licenseHash)
      if (verdict) return verdict
      const [row] = await documentQuery(db).execute({ orgId })
      if (!row) return undefined
      // The row may have been changed since the request asked for its hash, or by a hand that forgot the hash.
      if (sha256Hex(row.document) !== row.sha256) return MISMATCH
      return remember(row.sha256, verifyLicense(row.document, keys))
    },
  }
}

const MISMATCH: Verdict = {
  outcome: 'invalid',
  fault: new LicenseFault('bad_signature', 'The stored document is not the one that was installed.'),
}

function documentQuery(database: Database) {
  return prepared(database, 'license_document', (db) =>
    db
      .select({ document: orgLicenses.document, sha256: orgLicenses.sha256 })
      .from(orgLicenses)
      .where(eq(orgLicenses.orgId, sql.placeholder('orgId'))),
  )
}
