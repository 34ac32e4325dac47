import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Spool, SpoolPart } from './spool.ts'
import { archiveInvalid, END_BYTES, paddingOf, tarHeader } from './tar-header.ts'

/** An entry of an archive: a few bytes at hand, or a part of a spool. */
export type PackedEntry = Readonly<{ name: string } & ({ content: Uint8Array } | { part: SpoolPart })>

export type PackedFile = Readonly<{ bytes: number; sha256: string }>

const gzipped = promisify(gzip)

/**
 * Writes a `tar.gz` of these entries to a new file of mode 0600 and flushes it to the disk. Every piece is a gzip member of
 * its own (RFC 1952 allows any number), so that what a spool has compressed is copied as it is. `at` is the time of every entry.
 */
export async function packArchive(
  path: string,
  { entries, spool, at, signal }: { entries: readonly PackedEntry[]; spool: Spool; at: Date; signal?: AbortSignal },
): Promise<PackedFile> {
  await using handle = await open(path, 'wx', 0o600)
  const hash = createHash('sha256')
  let bytes = 0

  async function write(chunk: Uint8Array): Promise<void> {
    hash.update(chunk)
    bytes += chunk.length
    await writeWhole(handle, chunk)
  }

  for (const entry of entries) {
    signal?.throwIfAborted()
    const size = 'part' in entry ? entry.part.bytes : entry.content.length
    const header = tarHeader({ name: entry.name, bytes: size }, at)
    if (!header) throw archiveInvalid('a name in it is too long')
    if ('content' in entry) {
      await write(await gzipped(Buffer.concat([header, entry.content, Buffer.alloc(paddingOf(size))])))
      continue
    }
    await write(await gzipped(header))
    for await (const chunk of spool.read(entry.part)) {
      signal?.throwIfAborted()
      await write(chunk)
    }
  }
  await write(await gzipped(Buffer.alloc(END_BYTES)))
  await handle.sync()
  return { bytes, sha256: hash.digest('hex') }
}

async function writeWhole(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let from = 0; from < chunk.length; ) from += (await handle.write(chunk, from)).bytesWritten
}
