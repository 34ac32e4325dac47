import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '#core/errors.ts'
import { LICENSE_FILE_NAME } from '#core/license/kept-file.ts'
import { archiveInvalid } from '#lib/tar-header.ts'

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

/** Throws `files_not_empty` (conflict) when files are to come and some are there. */
export async function receiveFiles(dataDir: string, isAny: boolean): Promise<ReceivedFiles> {
  const aside = join(dataDir, ASIDE)
  if (isAny) await assertFree(dataDir)
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
    if (!isAny) return
    await rmdir(join(dataDir, FOLDER)).catch(() => {})
    for (const name of await readdir(aside)) {
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

async function assertFree(dataDir: string): Promise<void> {
  const ofOrgs = await readdir(join(dataDir, FOLDER)).catch(() => [])
  const license = await stat(join(dataDir, LICENSE_FILE_NAME)).catch(() => undefined)
  if (ofOrgs.length === 0 && !license) return
  const message = `There are files in ${dataDir} already (${FOLDER} or ${LICENSE_FILE_NAME}): move them away first.`
  throw new AppError('conflict', 'files_not_empty', message)
}
