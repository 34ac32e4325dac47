import { examineLicense } from '#cli/examine-license.ts'
import { type Finding, finder } from '#cli/finding.ts'
import { inspectVault, openToInspect, sumOf, type VaultState } from '#cli/inspection.ts'
import { build } from '#config/build.ts'
import type { Config } from '#config/config.ts'
import type { Environment } from '#config/environment.ts'
import { AppError } from '#core/errors.ts'
import { databaseBytes, databaseClockMs, engineVersion } from '#db/condition.ts'
import type { Database } from '#db/database.ts'
import { migrationStatus } from '#db/migrate.ts'
import { type Clock, parseDate, SECOND_MS } from '#lib/clock.ts'
import { reduceError } from '#lib/log.ts'
import { migrations } from '#migrations/index.ts'

const DRIFT_WARN_MS = 2 * SECOND_MS
const DRIFT_FAIL_MS = 60 * SECOND_MS
const ENGINE_NAMES = { sqlite: 'SQLite', postgres: 'PostgreSQL' } as const

type Subject = Readonly<{ config: Config; environment: Environment; kept: string | undefined; clock: Clock }>

/** The database, its migrations, its clock, the vault and what it seals, and the licences. One that does not answer leaves one finding. */
export async function examineDatabase(subject: Subject): Promise<Finding[]> {
  const { ok, fail } = finder('database')
  try {
    await using db = await openToInspect(subject.config)
    if (!db) return [ok('There is no database yet: the first start makes it.'), examineOwnClock(subject.clock)]
    const [bytes, version] = [await databaseBytes(db), await engineVersion(db)]
    const name = ENGINE_NAMES[db.engine]
    const answers = ok(`${name} ${version} answers; the database takes ${Math.ceil(bytes / 1_000_000)} MB.`)
    const migrated = await examineMigrations(db)
    return [
      answers,
      migrated,
      await examineClock(db, subject.clock),
      ...(await examineVault(db, subject)),
      // Before them its tables may not be there.
      ...(migrated.status === 'ok' ? await examineLicense(db, subject) : []),
    ]
  } catch (error) {
    const { code, message } = reduceError(error)
    const words = error instanceof AppError ? error.message : `The database refuses (${String(code ?? message)}).`
    return [fail(words, 'Check DATABASE_URL, and that the server runs and lets this account in.')]
  }
}

async function examineMigrations(db: Database): Promise<Finding> {
  const { ok, warn, fail } = finder('migrations')
  try {
    const states = await migrationStatus(db, migrations)
    const pending = states.filter(({ appliedAt }) => appliedAt === undefined)
    if (pending.length === 0) return ok(`All ${states.length} are applied.`)
    const names = pending.map(({ name }) => name).join(', ')
    return warn(`Still to be applied: ${names}.`, 'Start the program, or run `honeyframe migrate`.')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return fail(error.message, 'Run the version that this database belongs to, or restore a backup of this version.')
  }
}

/** How far the database's clock is from ours: sessions, leases and schedules compare the two over several nodes. */
async function examineClock(db: Database, clock: Clock): Promise<Finding> {
  const { ok, warn, fail } = finder('clock')
  const own = examineOwnClock(clock)
  if (own.status !== 'ok' || db.engine === 'sqlite') return own
  const askedAt = clock.now().getTime()
  const theirs = await databaseClockMs(db)
  const driftMs = Math.round(theirs - (askedAt + clock.now().getTime()) / 2)
  const message = `The database's clock is ${Math.abs(driftMs)} ms ${driftMs < 0 ? 'behind' : 'ahead of'} this one.`
  if (Math.abs(driftMs) < DRIFT_WARN_MS) return ok(message)
  const find = Math.abs(driftMs) < DRIFT_FAIL_MS ? warn : fail
  return find(message, 'Let NTP set the clocks of this machine and of the database.')
}

function examineOwnClock(clock: Clock): Finding {
  const { ok, fail } = finder('clock')
  const now = clock.now()
  const builtAt = parseDate(build.time)
  if (!builtAt || now >= builtAt) return ok(`It is ${now.toISOString()}.`)
  return fail(
    `It is ${now.toISOString()} here, before this program was built.`,
    'Set the clock of this machine, by NTP.',
  )
}

async function examineVault(db: Database, { environment, kept }: Subject): Promise<Finding[]> {
  const state = await inspectVault(db, environment, kept)
  return [vaultFinding(state, environment), ...sealedFinding(state)]
}

function vaultFinding({ vault, openedBy }: VaultState, environment: Environment): Finding {
  const { ok, warn, fail } = finder('vault')
  if (vault === 'none') return ok('There is no vault yet: the first start makes it.')
  if (vault === 'neither') {
    return fail(
      'JWT_SECRET does not open the vault of this database, so `honeyframe serve` will not start.',
      'Set JWT_SECRET_PREVIOUS to the secret that JWT_SECRET had before.',
    )
  }
  if (vault === 'previous') {
    const message = `Only a previous secret (${openedBy}) opens the vault.`
    return warn(message, 'Start the program with it once, or run `honeyframe secrets rekey`.')
  }
  if (environment.JWT_SECRET_PREVIOUS) {
    return warn('JWT_SECRET opens the vault, and JWT_SECRET_PREVIOUS is still set.', 'Remove JWT_SECRET_PREVIOUS.')
  }
  return ok(`${openedBy} opens the vault.`)
}

function sealedFinding({ vault, sealed }: VaultState): Finding[] {
  if (vault === 'none' || !sealed) return []
  const { ok, fail } = finder('sealed_values')
  const { readable, unreadable } = sumOf(sealed)
  if (unreadable === 0) return [ok(`All ${readable} sealed values open.`)]
  const places = sealed.flatMap((each) => (each.unreadable > 0 ? [each.column] : [])).join(', ')
  const message = `${unreadable} of ${readable + unreadable} sealed values do not open (${places}).`
  return [fail(message, 'Enter these secrets anew, or restore the database together with its vault key.')]
}
