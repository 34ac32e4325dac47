import { parseArguments, UsageError } from '#cli/arguments.ts'
import { licenseJson, licenseLines } from '#cli/license-report.ts'
import { build } from '#config/build.ts'
import { readLicenseFile } from '#core/license/license-file.ts'
import { licenseStateAt } from '#core/license/state.ts'
import { trustTime } from '#core/license/trusted-time.ts'
import { verifyLicense } from '#core/license/verify.ts'
import { parseDate, systemClock } from '#lib/clock.ts'

export const licenseHelp = `Usage: honeyframe license verify FILE [--org SLUG] [--json]

Reads a licence document and says what it grants. Needs no install and no database, changes nothing and asks nobody over
the network: the vendor's public keys are in this program.

  verify    check the signature and the dates of FILE. Ends with 0 when the licence is valid or in its grace period, with
            1 when it is expired or invalid

  --org     the org it is meant for; without it, the one that the document names
  --json    {"status","reason","message","field","license_id","key_id","customer","org_slug","tier","products","features",
            "users_limit","issued_at","expires","grace_ends","days_remaining","grace_days_remaining","clock_suspect"};
            what an invalid document does not tell is null`

/** Anyone. Prints the state of one document; 0 for valid and grace, else 1. Throws `UsageError`, and what reading the file throws. */
export async function licenseCommand(argv: string[]): Promise<number> {
  const options = { org: { type: 'string' }, json: { type: 'boolean' } } as const
  const { values, positionals } = parseArguments({ args: argv, options, allowPositionals: true })
  const [action, path, ...rest] = positionals
  if (action !== 'verify') throw new UsageError('Say what to do: honeyframe license verify FILE.')
  if (path === undefined || rest.length > 0) throw new UsageError('Name one file: honeyframe license verify FILE.')
  const verdict = verifyLicense(await readLicenseFile(path), build.licenseKeys)
  // This program cannot be older than its build.
  const time = trustTime(systemClock.now(), parseDate(build.time))
  const ownSlug = verdict.outcome === 'genuine' ? verdict.license.orgSlug : null
  const state = licenseStateAt(verdict, values.org ?? ownSlug ?? '', time.now)
  process.stdout.write(`${values.json ? JSON.stringify(licenseJson(state, time)) : licenseLines(state, time)}\n`)
  return state.status === 'valid' || state.status === 'grace' ? 0 : 1
}
