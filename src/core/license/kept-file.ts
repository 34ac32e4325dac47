import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '#lib/random.ts'

/** In `DATA_DIR`: the document of an install with one org. */
export const LICENSE_FILE_NAME = 'license.json'

const RANDOM_BYTES = 6

/**
 * Puts a document into `DATA_DIR/license.json`, mode 0600. It is written aside and renamed, so that a crash leaves the old
 * file or the new one; a symbolic link there is replaced and not followed.
 */
export async function keepLicenseFile(dataDir: string, text: string, random: Random): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, LICENSE_FILE_NAME)
  const aside = `${path}.${Buffer.from(random.bytes(RANDOM_BYTES)).toString('hex')}`
  try {
    await writeWhole(aside, text)
    await rename(aside, path)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
  await flushFolder(dataDir)
}

/** Whether anything is at `DATA_DIR/license.json`, a link that leads nowhere too. */
export async function hasLicenseFile(dataDir: string): Promise<boolean> {
  return await lstat(join(dataDir, LICENSE_FILE_NAME)).then(
    () => true,
    () => false,
  )
}

/** Removes `DATA_DIR/license.json`, if it is there. */
export async function dropLicenseFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, LICENSE_FILE_NAME), { force: true })
  await flushFolder(dataDir)
}

async function writeWhole(path: string, text: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(text)
  await file.sync()
}

/** The name of a file survives a power cut only when its folder was written, too. */
async function flushFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}
