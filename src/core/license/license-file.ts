import { constants, open } from 'node:fs/promises'
import { AppError } from '#core/errors.ts'
import { DOCUMENT_BYTES_MAX } from '#core/license/document.ts'

/** Without it the opening of a named pipe waits for somebody to write. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this account',
  EPERM: 'may not be read by this account',
  ELOOP: 'leads around in a circle of symbolic links',
  ENAMETOOLONG: 'is a name too long for this system',
}

/**
 * The text of the file at `path`, which is a regular one or a link to it. It reads no more than a licence may have.
 * Error: `license_unreadable` (invalid), with a sentence that names the path.
 */
export async function readLicenseFile(path: string): Promise<string> {
  try {
    await using file = await open(path, FLAGS)
    const stat = await file.stat()
    if (!stat.isFile()) throw unreadable(path, stat.isDirectory() ? 'is a folder' : 'is no file')
    if (stat.size > DOCUMENT_BYTES_MAX) throw unreadable(path, `is larger than ${DOCUMENT_BYTES_MAX / 1024} KiB`)
    return decode(path, await file.readFile())
  } catch (error) {
    if (error instanceof AppError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw unreadable(path, WORDS[code] ?? `cannot be read (${code})`)
  }
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable(path, 'is not a text in UTF-8')
  }
}

function unreadable(path: string, words: string): AppError {
  return new AppError('invalid', 'license_unreadable', `${path} ${words}.`)
}
