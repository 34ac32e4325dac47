import { createHash } from 'node:crypto'
import { lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { AppError } from '#core/errors.ts'
import { LICENSE_FILE_NAME } from '#core/license/kept-file.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import type { ManifestFile } from './manifest.ts'
import { openFile } from './org-files.ts'

const FOLDER = 'orgs'
const ASIDE = '.restore.part'

/** Files on their way into `DATA_DIR`: aside until all is well. Disposing it removes what stayed aside. */
export type ReceivedFiles = AsyncDisposable &
  Readonly<{
    add(path: string, content: AsyncIterable<Uint8Array>): Promise<void>
    /** Puts them where they belong. */
    place(): Promise<void>
    /** Undoes `place`. */
    takeBack(): Promise<void>
  }>

/**
 * Throws `files_not_empty` (conflict) when files are to come (`expected`) and others are there. The same ones were left by a
 * restore that was killed before its commit; they make room for themselves.
 */
export async function receiveFiles(dataDir: string, expected: readonly ManifestFile[]): Promise<ReceivedFiles> {
  const aside = join(dataDir, ASIDE)
  if (expected.length > 0) await assertFree(dataDir, expected)
  await rm(aside, { recursive: true, force: true })
  let placed: string[] = []

  async function add(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (path !== LICENSE_FILE_NAME && !path.startsWith(`${FOLDER}/`)) throw archiveInvalid('it holds a foreign file')
    const target = join(aside, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    await using handle = await open(target, 'wx', 0o600)
    for await (const chunk of content) {
      for (let from = 0; from < chunk.length; ) from += (await handle.write(chunk, from)).bytesWritten
    }
    await handle.sync()
  }

  async function place(): Promise<void> {
    if (expected.length === 0) return
    await assertFree(dataDir, expected)
    for (const name of await readdir(aside)) {
      await rm(join(dataDir, name), { recursive: true, force: true })
      await rename(join(aside, name), join(dataDir, name))
      placed.push(name)
    }
  }

  async function takeBack(): Promise<void> {
    for (const name of placed) await rm(join(dataDir, name), { recursive: true, force: true })
    placed = []
  }

  return {
    ...{ add, place, takeBack },
    [Symbol.asyncDispose]: () => rm(aside, { recursive: true, force: true }),
  }
}

/** Whether these files are all there, as a backup has them, and no other. A backup without files says nothing about them. */
export async function areFilesThere(dataDir: string, expected: readonly ManifestFile[]): Promise<boolean> {
  if (expected.length === 0) return true
  const present = await filesThere(dataDir)
  return present.length === expected.length && (await areAmong(dataDir, present, expected))
}

/** Removes what a restore that was killed had not put in its place yet. */
export async function clearReceived(dataDir: string): Promise<void> {
  await rm(join(dataDir, ASIDE), { recursive: true, force: true })
}

async function assertFree(dataDir: string, expected: readonly ManifestFile[]): Promise<void> {
  if (await areAmong(dataDir, await filesThere(dataDir), expected)) return
  const message = `There are files in ${dataDir} already (${FOLDER} or ${LICENSE_FILE_NAME}): move them away first.`
  throw new AppError('conflict', 'files_not_empty', message)
}

/** Everything below the folder that is no folder, and the licence. */
async function filesThere(dataDir: string): Promise<string[]> {
  const options = { recursive: true, withFileTypes: true } as const
  const ofOrgs = await readdir(join(dataDir, FOLDER), options).catch(() => [])
  const paths = ofOrgs.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name))
  const license = await lstat(join(dataDir, LICENSE_FILE_NAME)).catch(() => undefined)
  return [...paths.map((path) => relative(dataDir, path)), ...(license ? [LICENSE_FILE_NAME] : [])]
}

async function areAmong(
  dataDir: string,
  paths: readonly string[],
  expected: readonly ManifestFile[],
): Promise<boolean> {
  const sums = new Map(expected.map(({ path, sha256 }) => [path, sha256]))
  for (const path of paths) {
    const sum = sums.get(path)
    if (sum === undefined || (await sumOf(dataDir, path)) !== sum) return false
  }
  return true
}

/** Undefined of what is no file. */
async function sumOf(dataDir: string, path: string): Promise<string | undefined> {
  const content = await openFile(dataDir, path)
  if (!content) return undefined
  const hash = createHash('sha256')
  for await (const chunk of content) hash.update(chunk)
  return hash.digest('hex')
}
