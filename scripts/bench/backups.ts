import { residentMb } from './child.ts'
import type { Served } from './install.ts'

const LOOK_MS = 20
const MEMORY_LOOK_MS = 50

/** A backup or a restore. */
type Work = Readonly<{ id: number; status: string; failure: string | null; created_at: string; finished_at: string }>

/** What a server is asked about the backups of Ada's org. */
export type BackupClient = Readonly<{
  /** Makes one, and answers the milliseconds from its row to its whole file, and its name. */
  make(): Promise<{ ms: number; name: string }>
  /** Restores one, and answers the milliseconds from the request to the end, the safety backup included. */
  restore(name: string): Promise<number>
}>

export function backupClient(served: Served, headers: Readonly<Record<string, string>>): BackupClient {
  const ask = async (path: string, init: RequestInit = {}): Promise<Work> => {
    const answer = await fetch(`${served.origin}${path}`, { ...init, headers: { ...headers, ...init.headers } })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return await answer.json()
  }

  async function ended(path: string): Promise<Work> {
    for (;;) {
      const work = await ask(path)
      if (work.status === 'failed') throw new Error(`${path} failed: ${work.failure}`)
      if (work.status === 'complete') return work
      await Bun.sleep(LOOK_MS)
    }
  }

  async function make(): Promise<{ ms: number; name: string }> {
    const { id } = await ask('/api/backups', { method: 'POST' })
    const backup = await ended(`/api/backups/${id}`)
    return { ms: Date.parse(backup.finished_at) - Date.parse(backup.created_at), name: String(id) }
  }

  async function restore(name: string): Promise<number> {
    const body = JSON.stringify({ confirm: 'RESTORE acme' })
    const started = performance.now()
    const asked = { method: 'POST', body, headers: { 'content-type': 'application/json' } }
    const { id } = await ask(`/api/backups/${name}/restore`, asked)
    await ended(`/api/restores/${id}`)
    return performance.now() - started
  }

  return { make, restore }
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
