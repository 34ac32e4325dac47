import { constants, open } from 'node:fs/promises'
import { AppError } from '#core/errors.ts'
import { DOCUMENT_BYTES_MAX } from '#core/license/document.ts'

/** Without O_NONBLOCK the opening of a named pipe waits for somebody to write. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK

/** `name` stands in the sentence of a refusal in place of the path; `isOwn` refuses a symbolic link. */
export type LicenseFileOptions = Readonly<{ name?: string; isOwn?: boolean }>

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this account',
  EPERM: 'may not be read by this account',
  ELOOP: 'leads around in a circle of symbolic links',
  ENAMETOOLONG: 'is a name too long for this system',
}

/**
 * The text of the file at `path`, which is a regular one or, unless it is our own, a link to it. It reads no more than a
 * licence may have. Error: `license_unreadable` (invalid), with a sentence that names the file.
 */
export async function readLicenseFile(path: string, options: LicenseFileOptions = {}): Promise<string> {
  const { name = path, isOwn = false } = options
  try {
    await using file = await open(path, isOwn ? FLAGS | constants.O_NOFOLLOW : FLAGS)
    const stat = await file.stat()
    if (!stat.isFile()) throw unreadable(name, stat.isDirectory() ? 'is a folder' : 'is no file')
    if (stat.size > DOCUMENT_BYTES_MAX) throw unreadable(name, `is larger than ${DOCUMENT_BYTES_MAX / 1024} KiB`)
    return decode(name, await file.readFile())
  } catch (error) {
    if (error instanceof AppError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (isOwn && code === 'ELOOP') throw unreadable(name, 'is a symbolic link, and is not followed')
    throw unreadable(name, WORDS[code] ?? `cannot be read (${code})`)
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
