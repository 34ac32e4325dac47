import { parseArguments, UsageError } from '#cli/arguments.ts'
import { type Config, decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { migrateAndRecord } from '#core/audit/migrated.ts'
import { openDatabase } from '#db/database.ts'
import { engineOf } from '#db/engine.ts'
import { type MigrationState, migrationStatus } from '#db/migrate.ts'
import { pathOf } from '#db/sqlite.ts'
import { systemClock } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'
import { migrations } from '#migrations/index.ts'

export const migrateHelp = `Usage: honeyframe migrate [--status | --dry-run] [--json]

Brings the database in DATABASE_URL to this version. \`honeyframe serve\` does the same when it starts.

  --status    list every migration and when it was applied; writes nothing
  --dry-run   list the migrations that would be applied; writes nothing
  --json      --status: [{"name","applied_at"}] (UTC, null when not applied); else {"applied":[name]} or {"pending":[name]}`

/**
 * The operator. Applies what is missing, or only says what is; prints one line for each migration, or JSON. Ends with 0.
 * Throws `UsageError`, `ConfigError`, and `AppError` as `migrate` and `openDatabase` do.
 */
export async function migrateCommand(argv: string[]): Promise<number> {
  const options = { status: { type: 'boolean' }, 'dry-run': { type: 'boolean' }, json: { type: 'boolean' } } as const
  const { values } = parseArguments({ args: argv, options })
  if (values.status && values['dry-run']) throw new UsageError('--status and --dry-run exclude each other.')
  const config = decideConfig(environment)
  const isJson = values.json ?? false
  if (values.status) return printStates(await readStates(config), isJson)
  if (values['dry-run']) return printNames('pending', pendingOf(await readStates(config)), isJson)
  await using db = await openDatabase({ url: config.databaseUrl })
  return printNames(
    'applied',
    await migrateAndRecord({ db, clock: systemClock, random: systemRandom }, migrations),
    isJson,
  )
}

async function readStates(config: Config): Promise<MigrationState[]> {
  // Opening would make the file.
  if (engineOf(config.databaseUrl) === 'sqlite' && !(await Bun.file(pathOf(config.databaseUrl)).exists())) {
    return migrations.map(({ name }) => ({ name, appliedAt: undefined }))
  }
  await using db = await openDatabase({ url: config.databaseUrl })
  return await migrationStatus(db, migrations)
}

function pendingOf(states: MigrationState[]): string[] {
  return states.flatMap(({ name, appliedAt }) => (appliedAt === undefined ? [name] : []))
}

function printStates(states: MigrationState[], isJson: boolean): number {
  const lines = states.map(({ name, appliedAt }) => `${name}  ${appliedAt ? `applied ${appliedAt}` : 'not applied'}`)
  const rows = states.map(({ name, appliedAt }) => ({ name, applied_at: appliedAt ?? null }))
  return print(isJson ? JSON.stringify(rows) : lines.join('\n'))
}

function printNames(what: 'applied' | 'pending', names: string[], isJson: boolean): number {
  if (isJson) return print(JSON.stringify({ [what]: names }))
  return print(names.length > 0 ? names.map((name) => `${what} ${name}`).join('\n') : 'The database is up to date.')
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}
