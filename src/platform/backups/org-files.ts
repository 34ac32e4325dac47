import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#core/errors.ts'
import { isFilePath } from './file-path.ts'
import { FILES_MAX } from './manifest.ts'

const READ_BYTES = 256 * 1024
const DEPTH_MAX = 64

/** The folder of an org's files. */
export function orgFolder({ dataDir }: { dataDir: string }, orgId: number): string {
  return join(dataDir, 'orgs', String(orgId))
}

/**
 * The paths of the plain files below a folder, by their bytes in order; empty without the folder. Links are neither listed nor
 * followed. Throws `too_many_files` (too_large).
 */
export async function listFiles(folder: string): Promise<string[]> {
  const found: string[] = []
  const folders = ['']
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of await entriesOf(join(folder, at))) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`
      if (entry.isDirectory() && path.split('/').length < DEPTH_MAX) folders.push(path)
      if (entry.isFile() && isFilePath(path)) found.push(path)
      if (found.length > FILES_MAX) throw tooMany()
    }
  }
  return found.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

/** The bytes of one file of a folder; undefined when it is gone by now, or has become something else. */
export async function openFile(folder: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  const handle = await open(join(folder, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    absent,
  )
  if (!handle) return undefined
  if (!(await handle.stat()).isFile()) return void (await handle.close())
  return handle.createReadStream({ highWaterMark: READ_BYTES })
}

async function entriesOf(folder: string) {
  return (await readdir(folder, { withFileTypes: true }).catch(absent)) ?? []
}

function absent(error: unknown): undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined
  throw error
}

function tooMany(): AppError {
  return new AppError('too_large', 'too_many_files', `A backup holds at most ${FILES_MAX} files.`)
}
