import { join } from 'node:path'
import { parseArguments, UsageError } from '#cli/arguments.ts'
import { inspectVault, openToInspect, sumOf, type VaultState } from '#cli/inspection.ts'
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { decideSecrets, findKeptSecret, SECRET_FILE } from '#config/secrets.ts'
import { AppError } from '#core/errors.ts'
import { rewrapDataKey } from '#core/vault/data-key.ts'
import { openDatabase } from '#db/database.ts'
import { isMigrated } from '#db/migrate.ts'
import { systemClock } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'

export const secretsHelp = `Usage: honeyframe secrets status [--json]
       honeyframe secrets rekey [--json]

Works on the database itself, so it needs the same environment as \`honeyframe serve\`. It runs beside it, too.

  status    which secret opens the vault key, when that was made and rewrapped, whether the secret kept in DATA_DIR is still
            used, and how many sealed values open. Shows no secret and writes nothing. Ends with 1 when something does not open.
  rekey     wrap the vault key under JWT_SECRET when only JWT_SECRET_PREVIOUS, or the secret kept in DATA_DIR, opens it.
            A second time there is nothing to do, and it ends with 0, too. With no secret that opens it, it ends with 1
            and writes nothing.

  --json    status: {"vault","opened_by","made_at","rewrapped_at","kept_secret":{"exists","is_used"},"sealed"}, where vault is
            "current", "previous", "neither" or "none" (there is no vault yet); rekey: {"rewrapped"}

A new secret: openssl rand -base64 48`

/** The operator. `status` ends with 0 when the vault and all it seals opens, else 1; `rekey` throws what `rewrapDataKey` throws. */
export async function secretsCommand(argv: string[]): Promise<number> {
  const [action, ...rest] = argv
  if (action !== 'status' && action !== 'rekey') {
    throw new UsageError('Say what to do: honeyframe secrets status or honeyframe secrets rekey.')
  }
  const { values } = parseArguments({ args: rest, options: { json: { type: 'boolean' } } })
  return action === 'status' ? await status(values.json ?? false) : await rekey(values.json ?? false)
}

async function status(isJson: boolean): Promise<number> {
  const config = decideConfig(environment)
  const kept = await findKeptSecret(config)
  await using db = await openToInspect(config)
  const state = await inspectVault(db, environment, kept)
  const isKeptUsed = kept !== undefined && (!environment.JWT_SECRET || state.openedBy === SECRET_FILE)
  const keptSecret = { exists: kept !== undefined, is_used: isKeptUsed }
  print(isJson ? JSON.stringify(jsonOf(state, keptSecret)) : linesOf(state, keptSecret, config.dataDir))
  return state.vault === 'neither' || (state.sealed && sumOf(state.sealed).unreadable > 0) ? 1 : 0
}

async function rekey(isJson: boolean): Promise<number> {
  const config = decideConfig(environment)
  if (!(await hasVault(config))) {
    throw new AppError(
      'contradiction',
      'vault_empty',
      'There is no vault in DATABASE_URL: `honeyframe serve` makes it.',
    )
  }
  const { jwtSecret, jwtSecretsPrevious } = decideSecrets(environment, await findKeptSecret(config))
  await using db = await openDatabase({ url: config.databaseUrl, poolMax: 1 })
  const isRewrapped = await rewrapDataKey({
    ...{ db, secret: jwtSecret, previousSecrets: jwtSecretsPrevious, random: systemRandom, clock: systemClock },
  })
  const words = isRewrapped
    ? 'The vault key is wrapped under JWT_SECRET now.'
    : 'JWT_SECRET opens the vault already; there is nothing to do.'
  print(isJson ? JSON.stringify({ rewrapped: isRewrapped }) : words)
  return 0
}

/** Looked at before the database is opened for writing, which would make a SQLite file that does not exist. */
async function hasVault(config: { databaseUrl: string }): Promise<boolean> {
  await using db = await openToInspect(config)
  return db !== undefined && (await isMigrated(db))
}

type Kept = Readonly<{ exists: boolean; is_used: boolean }>

function jsonOf({ vault, openedBy, madeAt, rewrappedAt, sealed }: VaultState, kept: Kept) {
  return {
    vault,
    opened_by: openedBy ?? null,
    made_at: madeAt?.toISOString() ?? null,
    rewrapped_at: rewrappedAt?.toISOString() ?? null,
    kept_secret: kept,
    sealed: sealed ? { ...sumOf(sealed), columns: sealed } : null,
  }
}

function linesOf(state: VaultState, kept: Kept, dataDir: string): string {
  const { vault, openedBy, madeAt, rewrappedAt, sealed } = state
  const sums = sealed && sumOf(sealed)
  const rows = [
    ['vault key', VAULT_WORDS[vault].replace('%', openedBy ?? '')],
    ['made', madeAt?.toISOString() ?? 'not yet'],
    ['rewrapped', rewrappedAt?.toISOString() ?? 'never'],
    ['kept secret', keptWords(kept, vault, join(dataDir, SECRET_FILE))],
    ['sealed values', sums ? `${sums.readable} open, ${sums.unreadable} do not` : 'unknown while the vault is locked'],
  ]
  return rows.map(([name = '', words]) => `${name.padEnd(15)}${words}`).join('\n')
}

const VAULT_WORDS: Readonly<Record<VaultState['vault'], string>> = {
  current: 'opened by % (the present secret)',
  previous: 'opened by % (a previous secret): the next start rewraps it, or `honeyframe secrets rekey` now',
  neither: 'locked: no secret here opens it; set JWT_SECRET_PREVIOUS to the secret that JWT_SECRET had before',
  none: 'none yet: `honeyframe serve` makes it when it first starts',
}

function keptWords({ exists, is_used }: Kept, vault: VaultState['vault'], path: string): string {
  if (!exists) return 'none'
  if (vault === 'neither') return `${path}, which does not open it`
  return is_used ? `${path}, in use` : `${path}, no longer used: it can be deleted`
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
