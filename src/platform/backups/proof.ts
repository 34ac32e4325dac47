import { createHash } from 'node:crypto'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { LoadableTable } from './loadable.ts'
import { sqlOf } from './plan.ts'
import { assertSound } from './sound-rows.ts'
import { type Staging, stageBackup } from './staging.ts'
import { clearStaleWork } from './stale-work.ts'

export type Proof = Readonly<{
  tables: number
  /** How many of them came out of the scratch database other than they are in the backup. */
  differences: number
  /** Why it cannot be restored at all. */
  error?: string
}>

/**
 * Restores a backup into a scratch database with this program's tables, exports that again, and compares each table's row
 * count and SHA-256 with the manifest. The live database is not read, written or held up. What is wrong with the backup is an
 * answer; only what is wrong with this machine throws.
 */
export async function proveBackup(ctx: Context, file: string, signal?: AbortSignal): Promise<Proof> {
  await clearStaleWork(ctx)
  try {
    await using staging = await stageBackup(ctx, file, { isWanted: () => true, keepsFiles: false, signal })
    const { manifest, tables, scratch } = staging
    await assertSound({ sql: sqlOf(scratch), tables, manifest, signal })
    let differences = 0
    for (const table of tables) if (!(await comesOutSame(staging, table, signal))) differences++
    return { tables: tables.length, differences }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { tables: 0, differences: 0, error: error.message }
  }
}

async function comesOutSame({ scratch, manifest }: Staging, { bulk }: LoadableTable, signal?: AbortSignal) {
  const expected = manifest.tables.find(({ name }) => name === bulk.name)
  const hash = createHash('sha256')
  let rows = 0
  const lines = scratch.bulk.exportRows(bulk, undefined, (more) => {
    rows += more
  })
  for await (const chunk of lines) {
    signal?.throwIfAborted()
    hash.update(chunk)
  }
  return rows === expected?.rows && hash.digest('hex') === expected.sha256
}
