import { residentMb } from './child.ts'
import type { Served } from './install.ts'

const LOOK_MS = 20
const MEMORY_LOOK_MS = 50

type Backup = Readonly<{ id: number; status: string; failure: string | null; created_at: string; finished_at: string }>

/** What a server is asked about the backups of Ada's org. */
export type BackupClient = Readonly<{
  /** Makes one, and answers the milliseconds from its row to its whole file, and its name. */
  make(): Promise<{ ms: number; name: string }>
}>

export function backupClient(served: Served, headers: Readonly<Record<string, string>>): BackupClient {
  const ask = async (path: string, init: RequestInit = {}): Promise<Backup> => {
    const answer = await fetch(`${served.origin}${path}`, { ...init, headers })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return await answer.json()
  }

  async function make(): Promise<{ ms: number; name: string }> {
    const { id } = await ask('/api/backups', { method: 'POST' })
    for (;;) {
      const backup = await ask(`/api/backups/${id}`)
      if (backup.status === 'failed') throw new Error(`the backup failed: ${backup.failure}`)
      if (backup.status === 'complete') {
        return { ms: Date.parse(backup.finished_at) - Date.parse(backup.created_at), name: String(id) }
      }
      await Bun.sleep(LOOK_MS)
    }
  }

  return { make }
}

/** How far above `base` the memory of a process came until `work` was done, in MB. */
export async function memoryAbove(base: number, pid: number, work: Promise<unknown>): Promise<number> {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  let most = base
  while (!isOver) {
    most = Math.max(most, await residentMb(pid))
    await Promise.race([over, Bun.sleep(MEMORY_LOOK_MS)])
  }
  await over
  return most - base
}
