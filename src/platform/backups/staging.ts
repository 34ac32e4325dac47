import { createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { openScratch, type Scratch } from '#db/scratch.ts'
import { tableIn } from '#db/sql-text.ts'
import { type LeasedFolder, leaseFolder } from '#lib/leased-folder.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import { migrations } from '#migrations/index.ts'
import { type LoadableTable, loadableTables } from './loadable.ts'
import type { Manifest, OrgManifest } from './manifest.ts'
import { type BackupEntry, openBackup } from './reading.ts'
import { filesIn, workRoot } from './restored-files.ts'
import { isRuleBroken } from './rule-broken.ts'

/** A backup, read whole and found sound, in a scratch database and, when asked for, its files in a folder. */
export type Staging = AsyncDisposable &
  Readonly<{ manifest: OrgManifest; tables: readonly LoadableTable[]; scratch: Scratch; folder: LeasedFolder }>

export type StagingOptions = Readonly<{
  /** Other tables are read, and checked against the manifest only. */
  isWanted: (table: LoadableTable) => boolean
  /** Whether the files are kept in `filesIn(staging)`. */
  keepsFiles: boolean
  onRows?: ((rowsDone: number, rows: number) => void) | undefined
  signal?: AbortSignal | undefined
}>

/** What a file may unpack to: rows are words that repeat, and shrink to a thirtieth; a bomb shrinks to a thousandth. */
const BYTES_MIN = 256 * 1024 * 1024
const TIMES_MAX = 300

/**
 * Nothing of it touches what is live. Errors: those of `openBackup` and `loadableTables`; `backup_of_instance` (invalid),
 * `backup_file_missing` (gone).
 */
export async function stageBackup(ctx: Context, file: string, options: StagingOptions): Promise<Staging> {
  await using stack = new AsyncDisposableStack()
  await using backup = await openBackup(file, Math.max(BYTES_MIN, (await sizeOf(file)) * TIMES_MAX))
  const manifest = orgManifest(backup.manifest)
  const tables = loadableTables(manifest)
  const folder = stack.use(await leaseFolder(workRoot(ctx.config), ctx))
  const scratch = stack.use(
    await openScratch({
      ...{ url: ctx.config.databaseUrl, folder: folder.path, migrations },
      leftOut: leftOutOf(tables),
    }),
  )
  const staged = { manifest, tables, scratch, folder }
  const take = takerOf(staged, options)
  if (options.keepsFiles) await mkdir(filesIn(folder), { mode: 0o700 })
  for await (const entry of backup.entries) await take(entry)
  const owned = stack.move()
  return { ...staged, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/**
 * Reads the beginning of a file alone: what has no manifest of an org's backup is none. A pipe is left whole. Errors: as above.
 */
export async function requireOrgBackup(file: string): Promise<void> {
  if (!(await stat(file)).isFile()) return
  await using backup = await openBackup(file)
  orgManifest(backup.manifest)
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined)
  if (found) return found.size
  throw new AppError('gone', 'backup_file_missing', 'The file of this backup is gone.')
}

function orgManifest(manifest: Manifest): OrgManifest {
  if (manifest.kind === 'org') return manifest
  const words = 'This is the backup of a whole install; an organization is restored from one of its own.'
  throw new AppError('invalid', 'backup_of_instance', words)
}

function leftOutOf(tables: readonly LoadableTable[]) {
  return tables.flatMap(({ bulk, shape }) => {
    const missing = shape.columns.filter(({ name }) => !bulk.columns.some((column) => column.name === name))
    return missing
      .filter(({ isRequired, hasDefault }) => isRequired && !hasDefault)
      .map(({ name: column }) => ({ table: bulk.name, column }))
  })
}

type Staged = Omit<Staging, keyof AsyncDisposable>

function takerOf({ tables, scratch, folder }: Staged, { isWanted, keepsFiles, onRows, signal }: StagingOptions) {
  let done = 0

  const total = tables.filter(isWanted).reduce((sum, { rows }) => sum + rows, 0)

  async function takeTable({ content }: BackupEntry, table: LoadableTable) {
    const { bulk, rows, bytes } = table
    let read = 0
    async function* counted() {
      for await (const chunk of content) {
        signal?.throwIfAborted()
        yield chunk
        read += chunk.length
        onRows?.(done + Math.floor((rows * read) / bytes), total)
      }
    }
    const into = tableIn(scratch.names.scratch, bulk.name)
    const loaded = await scratch.bulk.importRows(bulk, counted(), into).catch(refuseRows)
    if (loaded !== rows) throw archiveInvalid(`${bulk.name} has ${loaded} rows and not ${rows}`)
    done += rows
  }

  return async (entry: BackupEntry) => {
    signal?.throwIfAborted()
    if (entry.kind === 'file') {
      if (keepsFiles) await keepFile(join(filesIn(folder), entry.file.path), entry.content)
      return
    }
    const table = tables.find(({ bulk }) => bulk.name === entry.table.name)
    if (table && isWanted(table)) await takeTable(entry, table)
  }
}

function refuseRows(error: unknown): never {
  throw isRuleBroken(error) ? archiveInvalid('its rows break a rule of their table') : error
}

async function keepFile(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const sink = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true })
  await pipeline(Readable.from(content), sink)
}
