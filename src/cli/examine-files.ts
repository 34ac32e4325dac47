import { access, constants, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Finding, finder } from '#cli/finding.ts'
import type { Config } from '#config/config.ts'
import { engineOf } from '#db/engine.ts'
import { pathOf } from '#db/sqlite.ts'
import { nearestExisting, roomAt } from '#host/disk.ts'

type Place = Pick<Config, 'dataDir' | 'databaseUrl'>

const MEGABYTE = 1_000_000
const FREE_BYTES_MIN = 100 * MEGABYTE
const FREE_BYTES_GOOD = 1_000 * MEGABYTE
const NAMES_SHOWN_MAX = 5
const ENTRIES_MAX = 10_000

/** That only the owner reads `DATA_DIR`, and that this process can write to it. */
export async function examineFiles({ dataDir, databaseUrl }: Place): Promise<Finding[]> {
  const { ok, warn, fail } = finder('files')
  const folder = await modeOf(dataDir)
  if (folder === undefined) {
    const above = await nearestExisting(dataDir)
    if (!(await isWritable(above))) {
      return [
        fail(`${dataDir} does not exist, and ${above} cannot be written to.`, `Make ${dataDir} for this account.`),
      ]
    }
    return [warn(`${dataDir} does not exist yet.`, 'Nothing, if this install never ran; else check DATA_DIR.')]
  }
  const database = engineOf(databaseUrl) === 'sqlite' ? [pathOf(databaseUrl)] : []
  const open = await openToOthers([dataDir, ...database, ...(await entriesOf(dataDir))])
  const findings: Finding[] = []
  if (open.length > 0) findings.push(fail(...openWords(open, dataDir)))
  if (!(await isWritable(dataDir))) {
    findings.push(
      fail(`${dataDir} cannot be written to by this account.`, `Give ${dataDir} to the account that runs it.`),
    )
  }
  return findings.length > 0 ? findings : [ok(`${dataDir} and all in it are for its owner only.`)]
}

/** The space that is left where the data are. */
export async function examineDisk({ dataDir, databaseUrl }: Place): Promise<Finding> {
  const { ok, warn, fail } = finder('disk')
  const folders = [dataDir, ...(engineOf(databaseUrl) === 'sqlite' ? [dirname(pathOf(databaseUrl))] : [])]
  const rooms = await Promise.all(folders.map(roomAt))
  const least = rooms.reduce((one, other) => (other.freeBytes < one.freeBytes ? other : one))
  const message = `${Math.floor(least.freeBytes / MEGABYTE)} MB are free at ${least.folder}.`
  if (least.freeBytes < FREE_BYTES_MIN) return fail(message, 'Make room now: a full disk stops every write.')
  return least.freeBytes < FREE_BYTES_GOOD
    ? warn(message, 'Make room, or move DATA_DIR to a larger disk.')
    : ok(message)
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder, { recursive: true })
    return names.slice(0, ENTRIES_MAX).map((name) => join(folder, name))
  } catch {
    // Who may not list it may not write to it, which is found anyway.
    return []
  }
}

/** Only what stands in a folder that others may enter is open to them, but a folder's mode is changed easily. */
async function openToOthers(paths: readonly string[]): Promise<string[]> {
  const modes = await Promise.all(paths.map(modeOf))
  return [...new Set(paths.filter((_, at) => ((modes[at] ?? 0) & 0o077) !== 0))]
}

function openWords(open: readonly string[], dataDir: string): [message: string, fix: string] {
  const more = open.length - NAMES_SHOWN_MAX
  const names = open.slice(0, NAMES_SHOWN_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '')
  return [`Other accounts may open ${names}.`, `Run: chmod -R go= ${open.length === 1 ? open[0] : dataDir}`]
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode
  } catch {
    return undefined
  }
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
