import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { addMs, type Clock, MINUTE_MS, parseDate } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'

/** How long a folder stays its owner's after the last sign of life. */
const LEASE_MS = 2 * MINUTE_MS
const RENEWALS = 4
const OWNER = 'owner.json'
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A folder for work in progress. It goes with its disposal, unless it was handed over. */
export type LeasedFolder = AsyncDisposable & Readonly<{ id: string; path: string; handOver(): void }>

type Means = Readonly<{ clock: Clock; random: Random }>

/** Makes a folder of mode 0700 under `root`, which `listDeadFolders` leaves alone for as long as this process lives. */
export async function leaseFolder(root: string, { clock, random }: Means): Promise<LeasedFolder> {
  const id = random.uuid()
  const path = join(root, id)
  await mkdir(path, { recursive: true, mode: 0o700 })
  await sign(path, clock)
  const timer = setInterval(() => void sign(path, clock).catch(() => {}), LEASE_MS / RENEWALS)
  timer.unref()
  let isOurs = true
  return {
    id,
    path,
    handOver() {
      isOurs = false
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      if (isOurs) await rm(path, { recursive: true, force: true })
    },
  }
}

/** The ids of folders whose owner is dead: its process is gone from this machine, or gave no sign of life for two minutes. */
export async function listDeadFolders(root: string, clock: Clock): Promise<string[]> {
  const names = await readdir(root).catch(() => [])
  const dead: string[] = []
  for (const id of names.filter(isFolderId)) if (await isDead(join(root, id), clock)) dead.push(id)
  return dead
}

export function isFolderId(text: string): boolean {
  return ID.test(text)
}

async function sign(path: string, clock: Clock): Promise<void> {
  const owner = { host: hostname(), pid: process.pid, until: addMs(clock.now(), LEASE_MS).toISOString() }
  await writeFile(join(path, `${OWNER}.new`), JSON.stringify(owner), { mode: 0o600 })
  await rename(join(path, `${OWNER}.new`), join(path, OWNER))
}

async function isDead(path: string, clock: Clock): Promise<boolean> {
  const owner: unknown = await readFile(join(path, OWNER), 'utf8')
    .then((text) => JSON.parse(text))
    .catch(() => undefined)
  // A folder is signed right after it is made: one without is being made, or being removed.
  if (typeof owner !== 'object' || owner === null) return false
  const { host, pid, until } = { host: undefined, pid: undefined, until: undefined, ...owner }
  if (host === hostname() && typeof pid === 'number' && !isAlive(pid)) return true
  const end = parseDate(String(until))
  return end === undefined || end <= clock.now()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
