import { readFile, writeFile } from 'node:fs/promises'

const SETTING = '/proc/sys/kernel/sched_autogroup_enabled'

/**
 * Has Linux share the processors between processes and not between sessions, until disposed; without effect where we may not. Each
 * process of a PostgreSQL that was started by hand is a session of its own, and kept waiting for up to a second while another one
 * works. Services in control groups, as systemd keeps them, know no such sessions (sched(7), "The autogroup feature").
 */
export async function shareByProcess(): Promise<AsyncDisposable> {
  const wasShared = await isSharedBySession()
  if (wasShared) await set('0')
  return {
    async [Symbol.asyncDispose]() {
      if (wasShared) await set('1')
    },
  }
}

export async function isSharedBySession(): Promise<boolean> {
  return (await readFile(SETTING, 'utf8').catch(() => '')).trim() === '1'
}

/** Only root may; for everybody else it stays as it is. */
async function set(value: '0' | '1'): Promise<void> {
  await writeFile(SETTING, value).catch(() => {})
}
