import { join } from 'node:path'
import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { UsageError } from '#cli/arguments.ts'
import { build } from '#config/build.ts'
import type { Config } from '#config/config.ts'
import { AppError } from '#core/errors.ts'
import { type Clock, DAY_MS, systemClock } from '#lib/clock.ts'
import { localRunner, type Runner } from '#lib/exec.ts'
import { leaseFolder } from '#lib/leased-folder.ts'
import { type Random, systemRandom } from '#lib/random.ts'
import { exportInstance } from '#platform/backups/instance-export.ts'
import type { ManifestTable } from '#platform/backups/manifest.ts'
import { workRoot } from '#platform/backups/restored-files.ts'

const LOADED = Type.Object({
  tables: Type.Array(Type.Object({ name: Type.String(), rows: Type.Integer(), sha256: Type.String() })),
})

type Loaded = Static<typeof LOADED>
type Tools = Readonly<{ clock: Clock; random: Random; exec: Runner }>

/** The operator. `move` for the command line; prints what was moved and ends with 0. */
export async function moveCommand(config: Config, address: string, isJson: boolean): Promise<number> {
  const target = address === '-' ? (await Bun.stdin.text()).trim() : address
  if (!/^(sqlite:\/|postgres(ql)?:\/\/)/.test(target)) throw new UsageError('--to takes postgres://… or sqlite:/FILE.')
  if (target === config.databaseUrl) throw new UsageError('--to names the database that DATABASE_URL names.')
  const tools = { clock: systemClock, random: systemRandom, exec: localRunner }
  const tables = await moveDatabase(config, target, tools)
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  const words = `${tables.length} tables with ${rows} rows are in the other database, each compared. Start with DATABASE_URL set to it.`
  const facts = { tables: tables.map(({ name, rows, sha256 }) => ({ name, rows, sha256 })) }
  process.stdout.write(`${isJson ? JSON.stringify(facts) : words}\n`)
  return 0
}

/**
 * The operator. Copies every row of this install's database into the empty one at `target`, and answers the tables, whose rows and
 * SHA-256 are the same in both. The source is not changed, and nobody else may have it open meanwhile; the target is empty again
 * after a failure. A process speaks to one engine only, so that a child of the same program with the other `DATABASE_URL` loads
 * what this one writes to a file in a work folder, which goes again. Whenever it is killed, the target is empty or complete; done
 * again, it says which. Errors: those of `exportInstance`; `move_failed` (upstream) with the child's own sentence.
 */
export async function moveDatabase(config: Config, target: string, tools: Tools): Promise<readonly ManifestTable[]> {
  const { clock, random, exec } = tools
  await using folder = await leaseFolder(workRoot(config), { clock, random })
  const file = join(folder.path, 'install.tar.gz')
  const { manifest } = await exportInstance(config, clock, {
    ...{ file, isWithoutFiles: true, isAlone: true },
    andThen: async ({ manifest }) => assertSame(manifest.tables, await load(config, target, file, exec)),
  })
  return manifest.tables
}

/** The address may hold a password, so that the child gets it in its environment and not among its arguments. */
async function load(config: Config, target: string, file: string, exec: Runner): Promise<Loaded> {
  const argv = [...ownProgram(), 'restore', '-', '--instance', '--json']
  const env = { DATABASE_URL: target, DATA_DIR: config.dataDir }
  const { code, stdout, stderr } = await exec.run(argv, { stdin: { file }, env, timeoutMs: DAY_MS })
  if (code !== 0) throw failed(stderr)
  const answer: unknown = JSON.parse(stdout)
  if (!Value.Check(LOADED, answer)) throw failed('')
  return answer
}

function ownProgram(): string[] {
  return build.isExecutable ? [process.execPath] : [process.execPath, join(import.meta.dir, '../main.ts')]
}

function assertSame(here: readonly ManifestTable[], { tables }: Loaded): void {
  const there = new Map(tables.map((table) => [table.name, table]))
  const other = here.find(({ name, rows, sha256 }) => {
    const twin = there.get(name)
    return twin?.rows !== rows || twin.sha256 !== sha256
  })
  if (!other && tables.length === here.length) return
  throw new AppError('internal', 'move_differs', `${other?.name ?? 'A table'} is not the same in both databases.`)
}

function failed(words: string): AppError {
  const sentence =
    words
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^honeyframe: /, '')
      .replace(/ \([a-z_]+\)$/, '')
      .replace('check DATABASE_URL', 'check the address after --to') ?? ''
  return new AppError(
    'upstream',
    'move_failed',
    `Nothing was moved. ${sentence || 'The other process gave no answer.'}`,
  )
}
