import { requireArchive } from '#cli/archive-path.ts'
import { parseArguments, UsageError } from '#cli/arguments.ts'
import type { WantedRestore } from '#cli/restore-org.ts'
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { type ImportedTable, importInstance } from '#platform/backups/instance-import.ts'

export const restoreHelp = `Usage: honeyframe restore FILE --org SLUG --confirm 'RESTORE SLUG' [--json]
       honeyframe restore FILE --instance [--json]

Needs the same environment as \`honeyframe serve\`. FILE is a backup; with --instance, - reads it from the standard
input.

  --org       put the rows and files of an organization's backup in the place of what it has now
  --confirm   the words RESTORE and the slug: what the organization did since the backup is lost
  --instance  fill an empty database and an empty DATA_DIR with the backup of a whole install. JWT_SECRET must be the one that
              the backed-up install had
  --json      --org: {"rows","tables","safety_backup"}; --instance: {"tables":[{"name","rows","sha256"}]}, as the database has
              them now`

const OPTIONS = {
  org: { type: 'string' },
  confirm: { type: 'string' },
  instance: { type: 'boolean' },
  json: { type: 'boolean' },
} as const

/**
 * The operator. Ends with 0 when the backup is restored. Throws `UsageError` and what `importInstance` and `restoreOrg` throw.
 */
export async function restoreCommand(argv: string[]): Promise<number> {
  const { values, positionals } = parseArguments({ args: argv, options: OPTIONS, allowPositionals: true })
  const [file, ...rest] = positionals
  if (file === undefined || rest.length > 0) throw new UsageError('Name one file: honeyframe restore FILE.')
  const { org, instance = false, confirm, json = false } = values
  if ((org !== undefined) === instance) throw new UsageError('Say what to restore: --org SLUG or --instance.')
  if (org !== undefined) return await restoreOrgOf(file, { slug: org, confirm, isJson: json })
  if (file === '-') return print(await importInstance(decideConfig(environment), Bun.stdin.stream()), json)
  await requireArchive(file)
  const code = print(await importInstance(decideConfig(environment), file), json)
  process.stderr.write('Start with the JWT_SECRET of the install that the backup is of: it is not in the backup.\n')
  return code
}

async function restoreOrgOf(file: string, wanted: WantedRestore): Promise<number> {
  if (file === '-') throw new UsageError('The backup of an organization is read twice: name a file.')
  const { restoreOrgCommand } = await import('#cli/restore-org.ts')
  return await restoreOrgCommand(file, wanted)
}

function print(tables: ImportedTable[], isJson: boolean): number {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const words = `Restored: ${tables.length} tables with ${rows} rows, each compared with the backup.`
  process.stdout.write(`${isJson ? JSON.stringify({ tables }) : words}\n`)
  return 0
}
