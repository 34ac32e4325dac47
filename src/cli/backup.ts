import { requireFreePath } from '#cli/archive-path.ts'
import { parseArguments, UsageError } from '#cli/arguments.ts'
import { operatorContext } from '#cli/context.ts'
import { operatorScope } from '#cli/operator-scope.ts'
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { findKeptSecret } from '#config/secrets.ts'
import { type Clock, systemClock } from '#lib/clock.ts'
import { exportInstance } from '#platform/backups/instance-export.ts'
import type { Manifest } from '#platform/backups/manifest.ts'
import { makeBackup, writeCopy } from '#platform/backups/operator-backup.ts'
import type { Packed } from '#platform/backups/packing.ts'

export const backupHelp = `Usage: honeyframe backup --org SLUG [--out FILE] [--json]
       honeyframe backup --instance [--out FILE] [--json]

Writes a backup while the server goes on. Needs the same environment as \`honeyframe serve\`. The file is for its owner only.

  --org       one organization: its rows and files, its members' e-mails and names, no password and no secret
  --instance  the whole install: every row, with password hashes and sealed values, and the files of DATA_DIR. Whoever has
              this file and JWT_SECRET has everything: keep them apart
  --out       the file to write. Without it an organization's backup is one of those on its page, in
              DATA_DIR/_backups/SLUG, and an install's is in this folder, named after the time
  --json      {"file","bytes","sha256","tables","rows","files"}`

const OPTIONS = {
  org: { type: 'string' },
  instance: { type: 'boolean' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** The operator. Prints where the backup is; ends with 0. Throws `UsageError` and what the verbs throw that make it. */
export async function backupCommand(argv: string[]): Promise<number> {
  const { values } = parseArguments({ args: argv, options: OPTIONS })
  const { org, instance = false, out, json = false } = values
  if ((org !== undefined) === instance) throw new UsageError('Say what to back up: --org SLUG or --instance.')
  const facts = org === undefined ? await backUpInstance(out) : await backUpOrg(org, out)
  const { file, tables, rows, files, bytes, sha256 } = facts
  const words = `${file}\n${tables} tables, ${rows} rows, ${files} files, ${bytes} bytes, SHA-256 ${sha256}`
  process.stdout.write(`${json ? JSON.stringify(facts) : words}\n`)
  return 0
}

async function backUpOrg(slug: string, out: string | undefined) {
  const file = out === undefined ? undefined : await requireFreePath(out)
  await using ctx = await operatorContext()
  const scope = await operatorScope(ctx, slug)
  if (file !== undefined) return factsOf(file, await writeCopy(ctx, scope, file))
  const { path, bytes, sha256, tables, rows, files } = await makeBackup(ctx, scope)
  return { file: path, bytes, sha256, tables, rows, files }
}

async function backUpInstance(out = `honeyframe-instance-${stamp(systemClock)}.tar.gz`) {
  const file = await requireFreePath(out)
  const config = decideConfig(environment)
  const made = await exportInstance(config, systemClock, { file })
  const isKept = environment.JWT_SECRET === undefined && (await findKeptSecret(config)) !== undefined
  if (isKept) process.stderr.write(`Keep ${config.dataDir}/jwt-secret, too, and elsewhere: it is not in the backup.\n`)
  return factsOf(file, made)
}

function factsOf(file: string, { manifest, bytes, sha256 }: Packed<Manifest>) {
  const { tables, files } = manifest
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  return { file, bytes, sha256, tables: tables.length, rows, files: files.length }
}

/** `YYYYMMDD-HHMMSS`, UTC. */
function stamp(clock: Clock): string {
  return clock.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
}
