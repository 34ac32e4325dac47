import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The volume a folder is on. What is kept for root does not count as free. */
export type Room = Readonly<{ folder: string; freeBytes: number; totalBytes: number }>

/** How much room there is where a folder is, or will be made. */
export async function roomAt(wanted: string): Promise<Room> {
  const folder = await nearestExisting(wanted)
  const { bavail, blocks, bsize } = await statfs(folder)
  return { folder, freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}

/** The path itself, or the first of the folders around it that exists. */
export async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if ((await isThere(at)) || at === dirname(at)) return at
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch {
    return false
  }
}
