import { Header } from 'tar'
import { AppError } from '#core/errors.ts'

export const BLOCK_BYTES = 512
/** Two blocks of nothing end an archive. */
export const END_BYTES = 2 * BLOCK_BYTES
const MAGIC = 'ustar\u000000'
const MAGIC_AT = 257

export type TarFacts = Readonly<{ name: string; bytes: number }>

/** The header of a regular file (POSIX ustar), or undefined when its name does not fit into one. */
export function tarHeader({ name, bytes }: TarFacts, at: Date): Buffer | undefined {
  const header = new Header({ path: name, size: bytes, mode: 0o600, uid: 0, gid: 0, mtime: at, type: 'File' })
  const block = Buffer.alloc(BLOCK_BYTES)
  header.encode(block)
  const read = new Header(block)
  return read.path === name && read.size === bytes ? block : undefined
}

/** The zeros that fill a file of `bytes` up to a whole block. */
export function paddingOf(bytes: number): number {
  return (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES
}

/**
 * What the header of a regular file says; undefined for a block of nothing. Throws `archive_invalid` (invalid) for all else:
 * folders, links, devices, sparse files, and the headers that change the meaning of the next one (pax, GNU).
 */
export function readTarHeader(block: Buffer): TarFacts | undefined {
  const header = new Header(block)
  if (header.nullBlock) {
    if (block.some((byte) => byte !== 0)) throw archiveInvalid('a header is damaged')
    return undefined
  }
  if (!header.cksumValid) throw archiveInvalid('a header is damaged')
  const isPlain =
    header.typeKey === '0' && !header.linkpath && block.toString('latin1', MAGIC_AT, MAGIC_AT + 8) === MAGIC
  const { path, size } = header
  if (!isPlain || !path || size === undefined || !Number.isSafeInteger(size) || size < 0) {
    throw archiveInvalid('it holds something other than plain files')
  }
  return { name: path, bytes: size }
}

/** The one refusal of an archive that we did not write, or that was changed since. */
export function archiveInvalid(reason: string): AppError {
  return new AppError('invalid', 'archive_invalid', `This file is no whole backup of Honeyframe: ${reason}.`)
}
