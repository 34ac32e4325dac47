import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArguments, UsageError } from '#cli/arguments.ts'
import { databaseTests } from './database-tests.ts'
import { type Outcome, runTests, runTool } from './lane.ts'
import { shareByProcess } from './scheduling.ts'

const EXECUTABLE = resolve('dist/honeyframe')
const BIOME = 'node_modules/.bin/biome'
const XSS_FOLDER = 'scripts/xss'
/** These drive the built executable. */
const EXECUTABLE_TESTS = /^test\/(e2e|binary)\//
/** A page looks the same on either engine, and a browser is slow. */
const BROWSER_TESTS = /\.browser\.test\.tsx?$/

/** For the tests that start the program: a build of this run, else they start the source, which is slower. */
const program: Record<string, string> = {}

type Stages = Readonly<Record<string, () => Promise<Outcome>>>

/** One after the other; a stage that fails does not stop the next. */
const FIRST: Stages = {
  format: () => runTool(BIOME, 'format', '.'),
  lint: () => runTool(BIOME, 'lint', '--error-on-warnings', '.'),
  types: () => runTool('node_modules/.bin/tsc', '--noEmit'),
  xss: scanForXss,
  migrations: () => runTool('scripts/generate-migrations.ts', '--check'),
  build,
}

/** Beside each other, since tests wait more than they compute. */
const TRACKS: readonly Stages[] = [
  { sqlite: () => testOnSqlite(false) },
  { postgres: testOnPostgres },
  { browser: () => testOnSqlite(true), executable: testExecutable },
]

const STAGES: Stages = Object.assign({}, FIRST, ...TRACKS)

const HELP = `Usage: bun run check [--only STAGE[,STAGE...]]

Stages: ${Object.keys(STAGES).join(', ')}`

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
  const first = await inTurn(FIRST, names)
  const rows = [...first, ...(await beside(names))]
  const passed = rows.reduce((sum, row) => sum + row.passed, 0)
  const failed = rows.reduce((sum, row) => sum + row.failed, 0)
  for (const row of rows) console.log(rowText(row))
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

function chosen(only: string[]): string[] {
  const names = only.flatMap((list) => list.split(','))
  const stranger = names.find((name) => !Object.hasOwn(STAGES, name))
  if (stranger !== undefined) throw new UsageError(`There is no stage "${stranger}".`)
  return Object.keys(STAGES).filter((name) => names.length === 0 || names.includes(name))
}

async function inTurn(stages: Stages, names: readonly string[]) {
  const rows = []
  for (const name of Object.keys(stages)) if (names.includes(name)) rows.push(await measured(name))
  return rows
}

async function beside(names: readonly string[]) {
  await using _sharing = await shareByProcess()
  return (await Promise.all(TRACKS.map((track) => inTurn(track, names)))).flat()
}

async function measured(name: string) {
  console.log(`== ${name}`)
  const start = performance.now()
  const outcome = await attempt(name)
  return { name, ...outcome, seconds: (performance.now() - start) / 1000 }
}

async function attempt(name: string): Promise<Outcome> {
  try {
    return (await STAGES[name]?.()) ?? { passed: 0, failed: 1 }
  } catch (error) {
    console.log(error instanceof Error ? error.message : 'The stage failed.')
    return { passed: 0, failed: 1 }
  }
}

function rowText(row: Awaited<ReturnType<typeof measured>>): string {
  const counts = `${String(row.passed).padStart(6)} passed ${String(row.failed).padStart(4)} failed`
  return `${row.failed > 0 ? '✗' : '✓'} ${row.name.padEnd(11)}${counts} ${row.seconds.toFixed(1).padStart(7)} s`
}

async function testFiles(isWanted: (file: string) => boolean): Promise<string[]> {
  const files = await Array.fromAsync(new Bun.Glob('test/**/*.test.{ts,tsx}').scan('.'))
  return files.filter(isWanted).sort()
}

async function build(): Promise<Outcome> {
  const outcome = await runTool('scripts/build.ts')
  if (outcome.failed === 0) program.HONEYFRAME_BINARY = EXECUTABLE
  return outcome
}

async function testOnSqlite(inBrowser: boolean): Promise<Outcome> {
  const files = await testFiles((file) => !EXECUTABLE_TESTS.test(file) && BROWSER_TESTS.test(file) === inBrowser)
  return runTests(inBrowser ? 'browser' : 'sqlite', files, program)
}

async function testExecutable(): Promise<Outcome> {
  const files = await testFiles((file) => EXECUTABLE_TESTS.test(file))
  return runTests('executable', files, { HONEYFRAME_BINARY: EXECUTABLE })
}

async function testOnPostgres(): Promise<Outcome> {
  const { startPostgres } = await import('#test/support/postgres.ts')
  await using server = await startPostgres()
  const files = await testFiles((file) => !EXECUTABLE_TESTS.test(file) && !BROWSER_TESTS.test(file))
  const asking = await databaseTests(files)
  // Awaited here: the server is gone when this function is left.
  return await runTests('postgres', asking, { ...program, DATABASE_URL: server.url })
}

/** The scan reads JSX with the TypeScript of its own folder. */
async function scanForXss(): Promise<Outcome> {
  if (!existsSync(`${XSS_FOLDER}/node_modules`)) {
    const installed = await runTool('install', '--cwd', XSS_FOLDER, '--frozen-lockfile')
    if (installed.failed > 0) return installed
  }
  return runTool(`${XSS_FOLDER}/scan.ts`)
}
