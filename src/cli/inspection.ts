import type { Config } from '#config/config.ts'
import type { Environment } from '#config/environment.ts'
import { SECRET_FILE } from '#config/secrets.ts'
import { findDataKey } from '#core/vault/data-key.ts'
import { countSealedValues, type SealedCount } from '#core/vault/sealed-values.ts'
import { vaultOf } from '#core/vault/vault.ts'
import { type Database, openDatabase } from '#db/database.ts'
import { engineOf } from '#db/engine.ts'
import { isMigrated } from '#db/migrate.ts'
import { pathOf } from '#db/sqlite.ts'
import { systemRandom } from '#lib/random.ts'
import { SEALED_VALUES } from '#platform/sealed-values.ts'

export type VaultState = Readonly<{
  /** Which secret opens the vault key; `none`: there is no vault yet. */
  vault: 'current' | 'previous' | 'neither' | 'none'
  /** The variable, or the file of `DATA_DIR`, that holds that secret. */
  openedBy: string | undefined
  madeAt: Date | undefined
  rewrappedAt: Date | undefined
  /** By column; undefined while the vault is locked. */
  sealed: readonly SealedCount[] | undefined
}>

const NO_VAULT: VaultState = {
  vault: 'none',
  openedBy: undefined,
  madeAt: undefined,
  rewrappedAt: undefined,
  sealed: [],
}

/**
 * The database, for looking only; undefined when it is a file that does not exist. Throws `upstream database_unreachable`
 * when it does not answer.
 */
export async function openToInspect(config: Pick<Config, 'databaseUrl'>): Promise<Database | undefined> {
  const { databaseUrl: url } = config
  if (engineOf(url) === 'sqlite' && !(await Bun.file(pathOf(url)).exists())) return undefined
  return await openDatabase({ url, isReadOnly: true, poolMax: 1 })
}

/** Which secret opens the vault, and how many sealed values open. `kept` is the secret of `DATA_DIR`. Writes nothing. */
export async function inspectVault(
  db: Database | undefined,
  environment: Environment,
  kept: string | undefined,
): Promise<VaultState> {
  if (!db || !(await isMigrated(db))) return NO_VAULT
  const [current, ...previous] = candidates(environment, kept)
  const previousSecrets = previous.map(({ secret }) => secret)
  const found = await findDataKey(db, { secret: current?.secret ?? '', previousSecrets })
  if (!found) return NO_VAULT
  const { openedBy, dataKey, madeAt } = found
  const state = {
    vault:
      openedBy === undefined ? ('neither' as const) : openedBy === 0 ? ('current' as const) : ('previous' as const),
    openedBy: openedBy === undefined ? undefined : [current, ...previous][openedBy]?.name,
    madeAt,
    rewrappedAt: found.rewrappedAt ?? undefined,
  }
  if (!dataKey) return { ...state, sealed: undefined }
  return { ...state, sealed: await countSealedValues(db, vaultOf(dataKey, systemRandom), SEALED_VALUES) }
}

/** What is tried, the present secret first, by the name of its place. */
function candidates(environment: Environment, kept: string | undefined): { name: string; secret: string }[] {
  const { JWT_SECRET, JWT_SECRET_PREVIOUS } = environment
  const file = { name: SECRET_FILE, secret: kept ?? '' }
  const present = JWT_SECRET ? { name: 'JWT_SECRET', secret: JWT_SECRET } : file
  const former = { name: 'JWT_SECRET_PREVIOUS', secret: JWT_SECRET_PREVIOUS ?? '' }
  return [present, ...[former, file].filter(({ name, secret }) => secret !== '' && name !== present.name)]
}

export function sumOf(sealed: readonly SealedCount[]): { readable: number; unreadable: number } {
  return {
    readable: sealed.reduce((sum, each) => sum + each.readable, 0),
    unreadable: sealed.reduce((sum, each) => sum + each.unreadable, 0),
  }
}
