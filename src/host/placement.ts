import { constants } from 'node:fs'
import { copyFile, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const FOLDER_MODE = 0o755

/**
 * Puts a copy of the file `source` at `path`. Whoever looks finds the old file whole or the new one whole, also after
 * a crash in the middle; a program that runs from the old one keeps running.
 */
export async function placeCopy(source: string, path: string, mode: number): Promise<void> {
  await place(path, mode, (aside) => copyFile(source, aside, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE))
}

/** Puts `text` at `path`, whole or not at all. */
export async function placeText(text: string, path: string, mode: number): Promise<void> {
  await place(path, mode, (aside) => writeFile(aside, text, { mode, flag: 'wx' }))
}

async function place(path: string, mode: number, write: (aside: string) => Promise<void>): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  await removeLeftovers(folder, basename(path))
  // In the same folder, because a rename is atomic only within one file system.
  const aside = join(folder, `${leftoverPrefix(basename(path))}${process.pid}`)
  try {
    await write(aside)
    await flush(aside, mode)
    await rename(aside, path)
  } finally {
    await rm(aside, { force: true })
  }
}

/** On the disk before the rename: a power cut must not leave the new name on an empty file. */
async function flush(path: string, mode: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.chmod(mode)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What an earlier attempt left when it was killed. */
async function removeLeftovers(folder: string, name: string): Promise<void> {
  const leftovers = (await readdir(folder)).filter((entry) => entry.startsWith(leftoverPrefix(name)))
  await Promise.all(leftovers.map((entry) => rm(join(folder, entry), { force: true })))
}

function leftoverPrefix(name: string): string {
  return `.${name}.new.`
}
