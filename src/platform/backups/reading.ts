import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type ArchiveEntry, readArchive } from '#lib/archive.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import { migrations } from '#migrations/index.ts'
import { fileEntry, tableEntry } from './file-path.ts'
import {
  FILES_MAX,
  MANIFEST_BYTES_MAX,
  MANIFEST_NAME,
  type Manifest,
  type ManifestFile,
  type ManifestTable,
  parseManifest,
} from './manifest.ts'

const ENTRIES_MAX = FILES_MAX + 2_000
const READ_BYTES = 256 * 1024

type Content = AsyncIterable<Uint8Array>
type Expected = Readonly<{ entry: string; bytes: number; sha256: string }>

/** What stands behind the manifest. `content` fails at its end when it is not what the manifest says. */
export type BackupEntry =
  | Readonly<{ kind: 'table'; table: ManifestTable; content: Content }>
  | Readonly<{ kind: 'file'; file: ManifestFile; content: Content }>

export type OpenBackup = AsyncDisposable &
  Readonly<{
    manifest: Manifest
    /** Tables first and then files, as the manifest lists them. An entry that is not read is compared all the same. */
    entries: AsyncIterable<BackupEntry>
  }>

/**
 * Opens a backup that anybody may have written: the manifest is read and judged, the rest follows as a stream of which every
 * byte is compared with it. Nothing is unpacked, and no name in the archive is used. Errors: `archive_invalid` (invalid) for
 * what was not written by `packBackup` or was changed since, `backup_newer` (conflict), and what `source` throws.
 */
export async function openBackup(source: Content | string, bytesMax = Number.MAX_SAFE_INTEGER): Promise<OpenBackup> {
  const bytes = typeof source === 'string' ? createReadStream(source, { highWaterMark: READ_BYTES }) : source
  const archive = readArchive(bytes, { entriesMax: ENTRIES_MAX, bytesMax })
  try {
    const manifest = await readManifest(archive)
    return {
      manifest,
      entries: entriesOf(archive, manifest),
      [Symbol.asyncDispose]: async () => void (await archive.return(undefined)),
    }
  } catch (error) {
    await archive.return(undefined)
    throw error
  }
}

async function readManifest(archive: AsyncGenerator<ArchiveEntry>): Promise<Manifest> {
  const { value: first } = await archive.next()
  if (first?.name !== MANIFEST_NAME || first.bytes > MANIFEST_BYTES_MAX) {
    throw archiveInvalid(`it does not begin with ${MANIFEST_NAME}`)
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of first.content) chunks.push(chunk)
  const known = migrations.map(({ name }) => name)
  return parseManifest(Buffer.concat(chunks), known)
}

async function* entriesOf(archive: AsyncGenerator<ArchiveEntry>, manifest: Manifest): AsyncGenerator<BackupEntry> {
  for (const table of manifest.tables) {
    const content = await nextOf(archive, { ...table, entry: tableEntry(table.name) })
    yield { kind: 'table', table, content }
    for await (const _ of content);
  }
  for (const file of manifest.files) {
    const content = await nextOf(archive, { ...file, entry: fileEntry(file.path) })
    yield { kind: 'file', file, content }
    for await (const _ of content);
  }
  if (!(await archive.next()).done) throw archiveInvalid('it holds a file that the manifest does not name')
}

/** The content of the entry that must come now. */
async function nextOf(archive: AsyncGenerator<ArchiveEntry>, expected: Expected): Promise<Content> {
  const { value: entry } = await archive.next()
  if (entry?.name !== expected.entry || entry.bytes !== expected.bytes) {
    throw archiveInvalid(`${expected.entry.slice(0, 100)} is not where the manifest says`)
  }
  const hash = createHash('sha256')
  let left = expected.bytes
  let isCompared = false

  function compareAtEnd(): void {
    if (left > 0 || isCompared) return
    isCompared = true
    if (hash.digest('hex') !== expected.sha256) throw changed(expected)
  }

  async function* compared(content: Content) {
    for await (const chunk of content) {
      hash.update(chunk)
      left -= chunk.length
      // Before the last piece is handed out: whoever stops there has read all of it.
      compareAtEnd()
      yield chunk
    }
    compareAtEnd()
  }

  const { content } = entry
  return { [Symbol.asyncIterator]: () => compared(content) }
}

function changed({ entry }: Expected) {
  return archiveInvalid(`${entry.slice(0, 100)} is not what was saved (its SHA-256 differs)`)
}
