import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArguments, UsageError } from '#cli/arguments.ts'
import { roomyFolder } from '#test/support/memory.ts'
import { databaseTests } from './database-tests.ts'
import { type Outcome, runTests, runTool } from './lane.ts'
import { measured, type Part, partsOf, type Row, runTracks } from './parts.ts'
import { shareByProcess } from './scheduling.ts'

const EXECUTABLE = resolve('dist/honeyframe')
const BIOME = 'node_modules/.bin/biome'
const XSS_FOLDER = 'scripts/xss'
/** These drive the built executable. */
const EXECUTABLE_TESTS = /^test\/(e2e|binary)\//
/** A page looks the same on either engine, and a browser is slow. */
const BROWSER_TESTS = /\.browser\.test\.tsx?$/

const BUILT = { HONEYFRAME_BINARY: EXECUTABLE }
/** What tests are told: a folder for their files, and the build of this run, else they start the source, which is slower. */
const variables: Record<string, string> = {}

const FIRST: Readonly<Record<string, () => Promise<Outcome>>> = {
  format: () => runTool(BIOME, 'format', '.'),
  lint: () => runTool(BIOME, 'lint', '--error-on-warnings', '.'),
  types: () => runTool('node_modules/.bin/tsc', '--noEmit'),
  xss: scanForXss,
  migrations: () => runTool('scripts/generate-migrations.ts', '--check'),
  build,
}

/** Beside each other, since tests wait more than they compute. */
const TRACKS = [['browser', 'executable'], ['postgres'], ['sqlite']] as const
const STAGES = [...Object.keys(FIRST), ...TRACKS.flat()]
/** So few that no track waits long for another one's last, and so many that starting them costs little. */
const FILES_AT_ONCE = 8

const HELP = `Usage: bun run check [--only STAGE[,STAGE...]]

Stages: ${STAGES.join(', ')}`

try {
  process.chdir(resolve(import.meta.dir, '..'))
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`check: ${error.message}`)
  process.exitCode = 2
}

async function main(argv: string[]): Promise<void> {
  const { values } = parseArguments({
    args: argv,
    options: { only: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) return console.log(HELP)
  const names = chosen(values.only ?? [])
  const first = await inTurn(names)
  const rows = [...first, ...(await beside(names))]
  const passed = rows.reduce((sum, row) => sum + row.passed, 0)
  const failed = rows.reduce((sum, row) => sum + row.failed, 0)
  for (const row of rows) console.log(rowText(row))
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

function chosen(only: string[]): string[] {
  const names = only.flatMap((list) => list.split(','))
  const stranger = names.find((name) => !STAGES.includes(name))
  if (stranger !== undefined) throw new UsageError(`There is no stage "${stranger}".`)
  return STAGES.filter((name) => names.length === 0 || names.includes(name))
}

/** One after the other; a stage that fails does not stop the next. */
async function inTurn(names: readonly string[]): Promise<Row[]> {
  const rows = []
  for (const [name, run] of Object.entries(FIRST)) {
    if (!names.includes(name)) continue
    console.log(`== ${name}`)
    rows.push(await measured(name, run))
  }
  return rows
}

async function beside(names: readonly string[]): Promise<Row[]> {
  if (!TRACKS.flat().some((lane) => names.includes(lane))) return []
  await using _sharing = await shareByProcess()
  await using needs = new AsyncDisposableStack()
  variables.TMPDIR = await makeFolder(needs)
  const parts = async (lane: string) => (names.includes(lane) ? await preparedParts(lane, needs) : [])
  const tracks = TRACKS.map(async (lanes) => (await Promise.all(lanes.map(parts))).flat())
  return await runTracks(await Promise.all(tracks))
}

/** Where tests make their files. Other users read some of them. */
async function makeFolder(needs: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(await roomyFolder(), 'honeyframe-tests-'))
  needs.defer(() => rm(folder, { recursive: true, force: true }))
  await chmod(folder, 0o755)
  return folder
}

function rowText({ name, passed, failed, seconds }: Row): string {
  const counts = `${String(passed).padStart(6)} passed ${String(failed).padStart(4)} failed`
  return `${failed > 0 ? '✗' : '✓'} ${name.padEnd(11)}${counts} ${seconds.toFixed(1).padStart(7)} s`
}

async function testFiles(isWanted: (file: string) => boolean): Promise<string[]> {
  const files = await Array.fromAsync(new Bun.Glob('test/**/*.test.{ts,tsx}').scan('.'))
  return files.filter(isWanted).sort()
}

async function build(): Promise<Outcome> {
  const outcome = await runTool('scripts/build.ts')
  if (outcome.failed === 0) Object.assign(variables, BUILT)
  return outcome
}

/** Without a server to test against a lane fails, and no other. */
async function preparedParts(lane: string, needs: AsyncDisposableStack): Promise<Part[]> {
  try {
    return await partsOfLane(lane, needs)
  } catch (error) {
    return [{ lane, run: () => Promise.reject(error) }]
  }
}

/** What the parts of a lane need is kept until all of them are over. */
async function partsOfLane(lane: string, needs: AsyncDisposableStack): Promise<Part[]> {
  const isExecutable = (file: string) => EXECUTABLE_TESTS.test(file)
  const isBrowser = (file: string) => !isExecutable(file) && BROWSER_TESTS.test(file)
  const isPlain = (file: string) => !isExecutable(file) && !isBrowser(file)
  const run = (more: Record<string, string>) => (files: string[]) => runTests(lane, files, { ...variables, ...more })
  if (lane === 'executable') return partsOf(lane, await testFiles(isExecutable), 1, run(BUILT))
  if (lane === 'browser') return partsOf(lane, await testFiles(isBrowser), 1, run({}))
  if (lane === 'sqlite') return partsOf(lane, await testFiles(isPlain), FILES_AT_ONCE, run({}))
  const { startPostgres } = await import('#test/support/postgres.ts')
  const { url } = needs.use(await startPostgres())
  const files = await databaseTests(await testFiles(isPlain))
  return partsOf(lane, files, FILES_AT_ONCE, run({ DATABASE_URL: url }))
}

/** The scan reads JSX with the TypeScript of its own folder. */
async function scanForXss(): Promise<Outcome> {
  if (!existsSync(`${XSS_FOLDER}/node_modules`)) {
    const installed = await runTool('install', '--cwd', XSS_FOLDER, '--frozen-lockfile')
    if (installed.failed > 0) return installed
  }
  return runTool(`${XSS_FOLDER}/scan.ts`)
}
