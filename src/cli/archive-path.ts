import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '#core/errors.ts'

/**
 * Where a new archive will be written, as a whole path. Errors: `file_exists` (conflict); `no_such_folder` (not_found) when there
 * is none to put it in.
 */
export async function requireFreePath(out: string): Promise<string> {
  const file = resolve(out)
  if (await stat(file).catch(() => undefined)) {
    throw new AppError('conflict', 'file_exists', `${file} is there already: name another one.`)
  }
  const folder = await stat(dirname(file)).catch(() => undefined)
  if (folder?.isDirectory()) return file
  throw new AppError('not_found', 'no_such_folder', `There is no folder ${dirname(file)}.`)
}

/** Refuses what cannot be read as an archive before anything else is done; a pipe can. Error: `no_such_file` (not_found). */
export async function requireArchive(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new AppError('not_found', 'no_such_file', `There is no file ${path}.`)
  if (found.isDirectory()) throw new AppError('not_found', 'no_such_file', `${path} is a folder, and not a backup.`)
  const canRead = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  )
  if (!canRead) throw new AppError('not_found', 'no_such_file', `${path} is not readable for this account.`)
}
