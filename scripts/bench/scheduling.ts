const SETTING = '/proc/sys/kernel/sched_autogroup_enabled'

/**
 * Has Linux share the processors between processes and not between sessions, until disposed. Each process of a PostgreSQL that was
 * started by hand is a session of its own, and kept waiting for up to a second while another one works. Services in control
 * groups, as systemd keeps them, know no such sessions (sched(7), "The autogroup feature"). Says so where it may not.
 */
export async function shareByProcess(): Promise<AsyncDisposable> {
  const isBySession = await bySession()
  if (isBySession && !(await setBySession('0'))) {
    console.error(
      'bench: kernel.sched_autogroup_enabled is 1, and only root may change it: figures under load say little.',
    )
  }
  return {
    async [Symbol.asyncDispose]() {
      if (isBySession) await setBySession('1')
    },
  }
}

async function bySession(): Promise<boolean> {
  const file = Bun.file(SETTING)
  return (await file.exists()) && (await file.text()).trim() === '1'
}

async function setBySession(value: '0' | '1'): Promise<boolean> {
  try {
    await Bun.write(SETTING, value)
    return true
  } catch {
    return false
  }
}
