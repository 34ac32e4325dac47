import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { AppError } from '#core/errors.ts'
import { createByteReader } from './byte-reader.ts'
import { archiveInvalid, BLOCK_BYTES, END_BYTES, paddingOf, readTarHeader } from './tar-header.ts'

const CHUNK_BYTES = 64 * 1024
/** What other programs put behind the end: they fill up to their own measure. */
const FILLING_BYTES_MAX = 64 * 1024

export type ArchiveBudget = Readonly<{ entriesMax: number; bytesMax: number }>

export type ArchiveEntry = Readonly<{
  name: string
  bytes: number
  /** Its bytes, once. What is not read is skipped when the next entry is asked for. */
  content: AsyncIterable<Uint8Array>
}>

/**
 * The entries of a `tar.gz`, one after the other, in memory that does not grow. Names are not judged here: compare each with
 * the one that must come next. Throws `archive_invalid` (invalid) for whatever is not plain files in a whole archive within
 * the budget; what `source` throws is passed on.
 */
export async function* readArchive(
  source: AsyncIterable<Uint8Array>,
  budget: ArchiveBudget,
): AsyncGenerator<ArchiveEntry> {
  const reader = createByteReader(unzipped(source), () => archiveInvalid('it ends too early'))
  try {
    let bytes = 0
    for (let count = 0; ; count++) {
      const facts = readTarHeader(await reader.exactly(BLOCK_BYTES))
      if (!facts) break
      bytes += facts.bytes
      if (count === budget.entriesMax) throw archiveInvalid('it holds too many files')
      if (bytes > budget.bytesMax) throw archiveInvalid('it holds more than it may')
      const content = reader.all(facts.bytes)
      yield { ...facts, content }
      for await (const _ of content);
      assertEmpty(await reader.exactly(paddingOf(facts.bytes)))
    }
    assertEmpty(await reader.exactly(END_BYTES - BLOCK_BYTES))
    for await (const chunk of reader.upTo(FILLING_BYTES_MAX)) assertEmpty(chunk)
    if (!(await reader.isAtEnd())) throw archiveInvalid('something stands behind its end')
  } finally {
    await reader.close()
  }
}

/** gzip runs on the threads of zlib, so that whoever else waits for this process is served meanwhile. */
async function* unzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  let fault: unknown
  pipeline(Readable.from(source), gunzip, (error) => {
    fault ??= error
  })
  try {
    for await (const chunk of gunzip) yield chunk
  } catch (error) {
    const cause = fault ?? error
    throw isZlibFault(cause) ? archiveInvalid('it cannot be decompressed') : cause
  } finally {
    gunzip.destroy()
  }
}

function isZlibFault(error: unknown): boolean {
  if (error instanceof AppError || !(error instanceof Error) || !('code' in error)) return false
  return /^(Z_|ERR_ZLIB|ERR_STREAM_PREMATURE)/.test(String(error.code))
}

function assertEmpty(bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0)) throw archiveInvalid('something stands between its files')
}
