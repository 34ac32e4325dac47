import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from '#config/build.ts'
import type { Config } from '#config/config.ts'
import { AppError } from '#core/errors.ts'
import { LICENSE_FILE_NAME } from '#core/license/kept-file.ts'
import { readSnapshot } from '#db/bulk.ts'
import { openDatabase } from '#db/database.ts'
import { readLastIds } from '#db/last-ids.ts'
import { migrationStatus } from '#db/migrate.ts'
import type { Clock } from '#lib/clock.ts'
import { migrations } from '#migrations/index.ts'
import { instanceTables } from './coverage.ts'
import type { ExportOptions } from './export.ts'
import { FORMAT, type InstanceManifest } from './manifest.ts'
import { listFiles } from './org-files.ts'
import { type Packed, packBackup } from './packing.ts'

type InstanceOptions = ExportOptions &
  Readonly<{
    /** Only the database. */
    isWithoutFiles?: boolean
    /** Nobody else may have the database open, as long as `andThen` runs. */
    isAlone?: boolean
    andThen?: (packed: Packed<InstanceManifest>) => Promise<void>
  }>

/**
 * The operator. Writes a backup of the whole install to `file` (mode 0600): every row of every table, password hashes and sealed values
 * with the sealed key among them, the files of the orgs and `license.json`. The secret that opens the sealed key is not in it.
 * Errors: `database_older` (conflict) before the database was brought to this version, `database_in_use` (conflict) where it must
 * be alone, `too_many_files` (too_large).
 */
export async function exportInstance(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  clock: Clock,
  options: InstanceOptions,
): Promise<Packed<InstanceManifest>> {
  const { file, signal, onProgress = () => {}, isAlone = false, andThen } = options
  const { databaseUrl: url, dataDir: folder } = config
  await assertMigrated(url)
  const tables = instanceTables()
  return await readSnapshot(
    url,
    async (reader) => {
      const at = clock.now()
      const lastIds = await readLastIds(reader)
      let rows = 0
      for (const table of tables) rows += await reader.countRows(table)
      const packed = await packBackup<InstanceManifest>(reader, {
        ...{ file, at, folder, signal },
        tables: tables.map((table) => ({ table, ...lastIdOf(lastIds, table.name) })),
        paths: options.isWithoutFiles ? [] : await pathsOf(folder),
        onRows: (done) => onProgress(done, rows),
        describe: (written, files) => ({
          ...{ format: FORMAT, kind: 'instance', created_at: at.toISOString(), version: build.version },
          ...{ schema: migrations.at(-1)?.name ?? '', engine: reader.engine, tables: written, files },
        }),
      })
      await andThen?.(packed)
      return packed
    },
    { isAlone },
  )
}

/** What an install keeps in `DATA_DIR` beside its database: named, so that no secret slips in with a new kind of file. */
async function pathsOf(dataDir: string): Promise<string[]> {
  const ofOrgs = await listFiles(join(dataDir, 'orgs'))
  const license = await stat(join(dataDir, LICENSE_FILE_NAME)).catch(() => undefined)
  return [...(license?.isFile() ? [LICENSE_FILE_NAME] : []), ...ofOrgs.map((path) => `orgs/${path}`)]
}

async function assertMigrated(url: string): Promise<void> {
  await using db = await openDatabase({ url, isReadOnly: true, poolMax: 1 })
  const states = await migrationStatus(db, migrations)
  if (states.every(({ appliedAt }) => appliedAt !== undefined)) return
  const message = 'The database is older than this program: run `honeyframe migrate` first.'
  throw new AppError('conflict', 'database_older', message)
}

function lastIdOf(lastIds: ReadonlyMap<string, number>, table: string): { lastId?: number } {
  const lastId = lastIds.get(table)
  return lastId === undefined ? {} : { lastId }
}
