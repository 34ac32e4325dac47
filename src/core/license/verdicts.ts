import { eq, inArray, sql } from 'drizzle-orm'
import { LicenseFault } from '#core/license/fault.ts'
import type { LicensedOrg } from '#core/license/licensed-org.ts'
import { orgLicenses } from '#core/license/tables.ts'
import { type VendorKeys, type Verdict, verifyLicense } from '#core/license/verify.ts'
import { type Database, prepared } from '#db/database.ts'
import { sha256Hex } from '#lib/token.ts'

/** More than a survey takes in, or each one would forget what the next one needs. */
const VERDICTS_MAX = 12_000
const LEARN_AT_ONCE = 100

/** Verdicts on the documents of orgs, each made once: a document is known by the hash in its row. */
export function createVerdicts(db: Database, keys: VendorKeys) {
  const known = new Map<string, Verdict>()

  function remember(hash: string, verdict: Verdict): Verdict {
    const [oldest] = known.keys()
    if (known.size >= VERDICTS_MAX && oldest !== undefined) known.delete(oldest)
    known.set(hash, verdict)
    return verdict
  }

  function judge({ document, sha256 }: StoredDocument): Verdict {
    // The row may have been changed since the request asked for its hash, or by a hand that forgot the hash.
    if (sha256Hex(document) !== sha256) return MISMATCH
    return remember(sha256, verifyLicense(document, keys))
  }

  return {
    verify: (text: string): Verdict => verifyLicense(text, keys),

    /** Of the document in an org's row; undefined when the row is gone. One statement the first time, none after that. */
    async find({ orgId, licenseHash }: LicensedOrg): Promise<Verdict | undefined> {
      const verdict = licenseHash === null ? undefined : known.get(licenseHash)
      if (verdict) return verdict
      const [row] = await documentQuery(db).execute({ orgId })
      return row && judge(row)
    },

    /** The same of many orgs, by id: a statement for every 100 whose documents are met for the first time. */
    async findAll(orgs: readonly LicensedOrg[]): Promise<Map<number, Verdict>> {
      const found = new Map<number, Verdict>()
      const unknown: number[] = []
      for (const { orgId, licenseHash } of orgs) {
        const verdict = licenseHash === null ? undefined : known.get(licenseHash)
        if (verdict) found.set(orgId, verdict)
        else if (licenseHash !== null) unknown.push(orgId)
      }
      for (let at = 0; at < unknown.length; at += LEARN_AT_ONCE) {
        const rows = await documentsOf(db, unknown.slice(at, at + LEARN_AT_ONCE))
        for (const row of rows) found.set(row.orgId, judge(row))
      }
      return found
    },
  }
}

type StoredDocument = Readonly<{ document: string; sha256: string }>

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

function documentsOf(db: Database, orgIds: readonly number[]) {
  const { orgId, document, sha256 } = orgLicenses
  return db.select({ orgId, document, sha256 }).from(orgLicenses).where(inArray(orgId, orgIds))
}
