import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'

const MEMORY_FOLDER = '/dev/shm'
const FREE_BYTES_MIN = 4 * 1024 ** 3

/** Where what lasts as long as a test is made: in memory where there is room, since no disk needs to keep it. */
export async function roomyFolder(): Promise<string> {
  const { bavail, bsize } = await statfs(MEMORY_FOLDER).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize >= FREE_BYTES_MIN ? MEMORY_FOLDER : tmpdir()
}
