import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArguments, UsageError } from '#cli/arguments.ts'
import { operatorContext } from '#cli/context.ts'
import { operatorScope } from '#cli/operator-scope.ts'
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { findKeptSecret } from '#config/secrets.ts'
import { AppError } from '#core/errors.ts'
import { type Clock, systemClock } from '#lib/clock.ts'
import { exportOrg } from '#platform/backups/export.ts'
import { exportInstance } from '#platform/backups/instance-export.ts'
import type { Manifest } from '#platform/backups/manifest.ts'

export const backupHelp = `Usage: honeyframe backup --org SLUG [--out FILE] [--json]
       honeyframe backup --instance [--out FILE] [--json]

Writes a backup while the server goes on. Needs the same environment as \`honeyframe serve\`. The file is for its owner only.

  --org       one organization: its rows and files, its members' e-mails and names, no password and no secret
  --instance  the whole install: every row, with password hashes and sealed values, and the files of DATA_DIR. Whoever has
              this file and JWT_SECRET has everything: keep them apart
  --out       the file to write; in this folder and named after the time unless given
  --json      {"file","bytes","sha256","tables","rows","files"}`

const OPTIONS = {
  org: { type: 'string' },
  instance: { type: 'boolean' },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** The operator. Prints where the backup is; ends with 0. Throws `UsageError` and what `exportOrg` and `exportInstance` throw. */
export async function backupCommand(argv: string[]): Promise<number> {
  const { values } = parseArguments({ args: argv, options: OPTIONS })
  const { org, instance = false, out, json = false } = values
  if ((org !== undefined) === instance) throw new UsageError('Say what to back up: --org SLUG or --instance.')
  const file = resolve(out ?? `honeyframe-${org ?? 'instance'}-${stamp(systemClock)}.tar.gz`)
  if (await stat(file).catch(() => undefined)) {
    throw new AppError('conflict', 'file_exists', `${file} is there already: name another one.`)
  }
  const made = org === undefined ? await backUpInstance(file) : await backUpOrg(org, file)
  const { tables, files } = made.manifest
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const facts = { file, bytes: made.bytes, sha256: made.sha256, tables: tables.length, rows, files: files.length }
  const words = `${file}\n${facts.tables} tables, ${rows} rows, ${facts.files} files, ${made.bytes} bytes, SHA-256 ${made.sha256}`
  process.stdout.write(`${json ? JSON.stringify(facts) : words}\n`)
  return 0
}

type Made = Readonly<{ manifest: Manifest; bytes: number; sha256: string }>

async function backUpOrg(slug: string, file: string): Promise<Made> {
  await using ctx = await operatorContext()
  return await exportOrg(ctx, await operatorScope(ctx, slug), { file })
}

async function backUpInstance(file: string): Promise<Made> {
  const config = decideConfig(environment)
  const made = await exportInstance(config, systemClock, { file })
  const isKept = environment.JWT_SECRET === undefined && (await findKeptSecret(config)) !== undefined
  if (isKept) process.stderr.write(`Keep ${config.dataDir}/jwt-secret, too, and elsewhere: it is not in the backup.\n`)
  return made
}

/** `YYYYMMDD-HHMMSS`, UTC. */
function stamp(clock: Clock): string {
  return clock.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
}
