import { parseArguments, UsageError } from '#cli/arguments.ts'
import { licenseJson, licenseLines } from '#cli/license-report.ts'
import { build } from '#config/build.ts'
import { readLicenseFile } from '#core/license/license-file.ts'
import { licenseStateAt } from '#core/license/state.ts'
import { trustTime } from '#core/license/trusted-time.ts'
import { verifyLicense } from '#core/license/verify.ts'
import { parseDate, systemClock } from '#lib/clock.ts'

export const licenseHelp = `Usage: honeyframe license verify FILE [--org SLUG] [--json]
       honeyframe license show [--org SLUG] [--json]
       honeyframe license install FILE [--org SLUG] [--json]

Reads a licence document and says what it grants, or says and changes which one serves an org. Asks nobody over the
network: the vendor's public keys are in this program.

  verify    check the signature and the dates of FILE. Needs no install and no database. Ends with 0 when the licence is
            valid or in its grace period, with 1 when it is expired or invalid
  show      what serves an org now, and how that was found. Ends with 1 when it is expired or invalid. Needs the same
            environment as \`honeyframe serve\`, as does
  install   make FILE the licence of an org, at once and without a restart, as the page and the API do. Before there is an
            org, the document waits in DATA_DIR/license.json for the first

  --org     the org it is meant for; without it, the one that verify's document names, or the only one of the install
  --json    for scripts; what a document does not tell is null. show and install: what GET /api/license answers, and "org"`

/** The operator, or anyone for `verify`. 0 for what may be used, else 1. Throws `UsageError` and what the verbs throw. */
export async function licenseCommand(argv: string[]): Promise<number> {
  const [action, ...rest] = argv
  if (action === 'verify') return await verify(rest)
  const { installLicenseCommand, showLicenseCommand } = await import('#cli/license-document.ts')
  if (action === 'show') return await showLicenseCommand(rest)
  if (action === 'install') return await installLicenseCommand(rest)
  throw new UsageError('Say what to do: honeyframe license verify, show or install.')
}

/** Prints the state of one document. */
async function verify(argv: string[]): Promise<number> {
  const options = { org: { type: 'string' }, json: { type: 'boolean' } } as const
  const { values, positionals } = parseArguments({ args: argv, options, allowPositionals: true })
  const [path, ...rest] = positionals
  if (path === undefined || rest.length > 0) throw new UsageError('Name one file: honeyframe license verify FILE.')
  const verdict = verifyLicense(await readLicenseFile(path), build.licenseKeys)
  // This program cannot be older than its build.
  const time = trustTime(systemClock.now(), parseDate(build.time))
  const ownSlug = verdict.outcome === 'genuine' ? verdict.license.orgSlug : null
  const state = licenseStateAt(verdict, values.org ?? ownSlug ?? '', time.now)
  process.stdout.write(`${values.json ? JSON.stringify(licenseJson(state, time)) : licenseLines(state, time)}\n`)
  return state.status === 'valid' || state.status === 'grace' ? 0 : 1
}
