import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { endOfTurn } from './turn.ts'

export type FolderSize = Readonly<{
  /** The lengths of the files, added up. */
  bytes: number
  files: number
  /** False when a limit ended the walk, or something in the folder could not be read: then there is at least so much. */
  isWhole: boolean
}>

export type WalkLimits = Readonly<{ entriesMax: number; msMax: number; signal?: AbortSignal }>

const LOOKED_AT_ONCE = 32
/** A folder is read as a whole, so that going through its entries waits for nothing. */
const ENTRIES_IN_A_TURN = 500

/**
 * What the files under a folder come to; nothing for a folder that is not there. Links are neither followed nor counted, the
 * folder's own address included. What comes and goes meanwhile may be counted or not.
 */
export async function measureFolder(path: string, { entriesMax, msMax, signal }: WalkLimits): Promise<FolderSize> {
  const end = performance.now() + msMax
  const sum = { bytes: 0, files: 0, isWhole: true }
  const folders = (await isFolder(path)) ? [path] : []
  let entries = 0
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let files: string[] = []
    try {
      for await (const entry of await opendir(folder)) {
        signal?.throwIfAborted()
        if (++entries > entriesMax || performance.now() > end) return { ...sum, isWhole: false }
        if (entries % ENTRIES_IN_A_TURN === 0) await endOfTurn()
        if (entry.isDirectory()) folders.push(join(folder, entry.name))
        if (entry.isFile()) files.push(join(folder, entry.name))
        if (files.length < LOOKED_AT_ONCE) continue
        await addSizes(sum, files)
        files = []
      }
    } catch (error) {
      if (signal?.aborted) throw error
      sum.isWhole &&= isGone(error)
    }
    await addSizes(sum, files)
  }
  return sum
}

async function addSizes(sum: { bytes: number; files: number; isWhole: boolean }, files: string[]): Promise<void> {
  const sizes = await Promise.all(files.map(sizeOf))
  for (const size of sizes) {
    if (size === 'unreadable') sum.isWhole = false
    if (typeof size !== 'number') continue
    sum.bytes += size
    sum.files += 1
  }
}

/** It may have become a link since its folder was read. */
async function sizeOf(file: string): Promise<number | 'gone' | 'unreadable'> {
  try {
    const found = await lstat(file)
    return found.isFile() ? found.size : 'gone'
  } catch (error) {
    return isGone(error) ? 'gone' : 'unreadable'
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory()
  } catch {
    return false
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}
