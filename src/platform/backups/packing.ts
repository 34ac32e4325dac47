import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { BulkReader, BulkTable } from '#db/bulk.ts'
import { packArchive } from '#lib/archive-file.ts'
import { openSpool, type Spool } from '#lib/spool.ts'
import { fileEntry, tableEntry } from './file-path.ts'
import { MANIFEST_NAME, type Manifest, type ManifestFile, type ManifestTable, manifestText } from './manifest.ts'
import { openFile } from './org-files.ts'

export type TableSource = Readonly<{ table: BulkTable; filter?: string; lastId?: number }>

/** What goes into a backup, and where it goes. */
export type PackPlan<M extends Manifest> = Readonly<{
  /** It must not be there yet; it appears when it is whole. */
  file: string
  at: Date
  tables: readonly TableSource[]
  folder: string
  paths: readonly string[]
  /** Rows so far. */
  onRows: (rowsDone: number) => void
  signal: AbortSignal | undefined
  describe: (tables: ManifestTable[], files: ManifestFile[]) => M
}>

export type Packed<M extends Manifest> = Readonly<{
  manifest: M
  /** Of the file. */
  bytes: number
  sha256: string
}>

/**
 * Streams tables and files into a new backup of mode 0600: compressed into a spool beside it first, since a manifest that
 * stands in front must know what follows. Whatever stops it, neither the file nor the spool stays; a process that is killed
 * leaves `<file>….part`.
 */
export async function packBackup<M extends Manifest>(reader: BulkReader, plan: PackPlan<M>): Promise<Packed<M>> {
  const { file, at, signal } = plan
  // What a killed process left must not be in the way of the next one.
  const attempt = `${file}.${at.getTime()}`
  const unfinished = `${attempt}.new.part`
  await using spool = await openSpool(`${attempt}.spool.part`)
  const tables = await spoolTables(spool, reader, plan)
  const files = await spoolFiles(spool, plan)
  const manifest = plan.describe(tables.map(factsOf), files.map(factsOf))
  const entries = [
    { name: MANIFEST_NAME, content: manifestText(manifest) },
    ...tables.map(({ facts, part }) => ({ name: tableEntry(facts.name), part })),
    ...files.map(({ facts, part }) => ({ name: fileEntry(facts.path), part })),
  ]
  try {
    const packed = await packArchive(unfinished, { entries, spool, at, ...(signal && { signal }) })
    await rename(unfinished, file)
    await flushFolder(dirname(file))
    return { manifest, ...packed }
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

async function spoolTables(spool: Spool, reader: BulkReader, plan: PackPlan<Manifest>) {
  let done = 0
  const spooled = []
  for (const { table, filter, lastId } of plan.tables) {
    let rows = 0
    const source = reader.exportRows(table, filter, (more) => {
      rows += more
      done += more
      plan.onRows(done)
    })
    const part = await spool.add(source, plan.signal)
    const { bytes, sha256 } = part
    const columns = table.columns.map(({ name }) => name)
    const counted = lastId === undefined ? {} : { last_id: lastId }
    spooled.push({ facts: { name: table.name, columns, rows, bytes, sha256, ...counted }, part })
  }
  return spooled
}

async function spoolFiles(spool: Spool, { folder, paths, signal }: PackPlan<Manifest>) {
  const spooled = []
  for (const path of paths) {
    const content = await openFile(folder, path)
    if (!content) continue
    const part = await spool.add(content, signal)
    spooled.push({ facts: { path, bytes: part.bytes, sha256: part.sha256 }, part })
  }
  return spooled
}

function factsOf<T>({ facts }: { facts: T }): T {
  return facts
}

/** Without it a machine that loses power may forget that the file has its name. */
async function flushFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}
