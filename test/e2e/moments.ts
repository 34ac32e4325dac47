import { Database as Connection } from 'bun:sqlite'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { start } from '#test/binary/executable.ts'

const WAIT_MS = 60_000
/** More than anything writes but a swap, or a load. */
const MUCH_BYTES = 512 * 1024

type Program = Pick<ReturnType<typeof start>, 'pid' | 'kill' | 'ended'>
type Install = Readonly<{ dataDir: string; file: string }>
export type Moment = (install: Install) => Promise<boolean>

/** Looks until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string, pauseMs = 3): Promise<void> {
  const end = performance.now() + WAIT_MS
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${what} did not come`)
    await Bun.sleep(pauseMs)
  }
}

/**
 * Stops a program (SIGSTOP) where something can be seen, and looks again while it stands still. False when it never came to
 * that: it was over between two looks.
 */
export async function stopAt({ pid, kill }: Program, isSo: () => Promise<boolean>): Promise<boolean> {
  let isMet = false
  await until(async () => {
    if (!(await isRunning(pid))) return true
    if (!(await isSo())) return false
    kill('SIGSTOP')
    await until(async () => (await stateOf(pid)) !== 'running', 'a stop')
    isMet = (await stateOf(pid)) === 'stopped' && (await isSo())
    if (!isMet) kill('SIGCONT')
    return isMet
  }, 'the moment')
  return isMet
}

/** Kills a program (SIGKILL) at that moment, and sees what it had started end by itself. False when it never came to it. */
export async function killAt(program: Program, isSo: () => Promise<boolean>): Promise<boolean> {
  if (!(await stopAt(program, isSo))) return false
  const children = await childrenOf(program.pid)
  program.kill('SIGKILL')
  await program.ended()
  for (const pid of children) await until(async () => !(await isRunning(pid)), 'an end of its child')
  return true
}

async function childrenOf(pid: number): Promise<number[]> {
  const line = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return line.split(' ').filter(Boolean).map(Number)
}

async function isRunning(pid: number): Promise<boolean> {
  return (await stateOf(pid)) !== 'ended'
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function stateOf(pid: number): Promise<'running' | 'stopped' | 'ended'> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [letter = 'X'] = line.slice(line.lastIndexOf(')') + 2)
  if ('ZX'.includes(letter)) return 'ended'
  return letter === 'T' ? 'stopped' : 'running'
}

/** A backup of acme is on its way into its file. */
export async function isSaving({ dataDir }: Install): Promise<boolean> {
  return await isSpooling(join(dataDir, '_backups/acme'))
}

/** Something is on its way into a backup in this folder. */
export async function isSpooling(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => [])
  const spools = names.filter((name) => name.endsWith('.spool.part'))
  return (await Promise.all(spools.map((name) => sizeOf(join(folder, name))))).some((size) => size > 0)
}

/** A move is on its way into its file. */
export async function isWritten(install: Pick<Install, 'dataDir'>): Promise<boolean> {
  const folders = await workFolders(install)
  return (await Promise.all(folders.map((id) => isSpooling(join(install.dataDir, '_restore', id))))).some(Boolean)
}

/** A backup is read into a scratch file, and nothing is written of the org yet. */
export async function isLoading(install: Install): Promise<boolean> {
  const folders = await workFolders(install)
  const sizes = await Promise.all(folders.map((id) => sizeOf(join(install.dataDir, '_restore', id, 'scratch.db'))))
  return sizes.some((size) => size > 2 * MUCH_BYTES) && !isHeld(install)
}

/** A transaction is open that has written much. */
export async function isSwapping(install: Install): Promise<boolean> {
  return (await sizeOf(`${install.file}-wal`)) > MUCH_BYTES && isHeld(install)
}

/** What restores work in. */
export async function workFolders({ dataDir }: Pick<Install, 'dataDir'>): Promise<string[]> {
  return await readdir(join(dataDir, '_restore')).catch(() => [])
}

/** Whether somebody is writing. */
function isHeld({ file }: Install): boolean {
  using connection = new Connection(file, { readwrite: true })
  try {
    connection.run('BEGIN IMMEDIATE')
    connection.run('ROLLBACK')
    return false
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return true
    throw error
  }
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}
