/**
 * Writes the next migration pair from the difference between the tables and the last snapshot of each engine.
 *
 *   bun scripts/generate-migrations.ts NAME      writes migrations/NNNN_NAME.{sqlite,postgres}.sql and index.ts
 *   bun scripts/generate-migrations.ts --check   fails when the migrations are not what the tables and files say
 */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type DrizzleSnapshotJSON,
  type DrizzleSQLiteSnapshotJSON,
  generateDrizzleJson,
  generateMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api'
import type { Engine } from '#db/engine.ts'

type Difference = Readonly<{ isSame: boolean; snapshot: unknown; statements: string[] }>

const ENGINES = ['sqlite', 'postgres'] as const
const ENGINE_URLS: Record<Engine, string> = { sqlite: 'sqlite:unused', postgres: 'postgres://unused' }
const FOLDER = join(import.meta.dir, '../migrations')
const BREAKPOINT = '\n--> statement-breakpoint\n'
const NOTHING = '-- Nothing to change on this engine.'

async function main(argv: string[]): Promise<number> {
  const [first, engine, out] = argv
  if (first === '--engine' && (engine === 'sqlite' || engine === 'postgres') && out) return compareHere(engine, out)
  if (first === '--check') return check()
  if (first && /^[a-z][a-z0-9_]*$/.test(first)) return generate(first)
  console.error('usage: bun scripts/generate-migrations.ts NAME_IN_SNAKE_CASE | --check')
  return 2
}

async function generate(name: string): Promise<number> {
  const [sqlite, postgres] = await compareEach(false)
  if (sqlite.isSame && postgres.isSame) {
    console.log('The tables have not changed.')
    return 0
  }
  const numbered = `${String((await listNames()).length + 1).padStart(4, '0')}_${name}`
  await write(numbered, 'sqlite', sqlite)
  await write(numbered, 'postgres', postgres)
  await Bun.write(join(FOLDER, 'index.ts'), renderIndex(await listNames()))
  console.log(`Wrote ${numbered}: read both files before you commit them.`)
  return 0
}

async function check(): Promise<number> {
  const faults: string[] = []
  const differences = await compareEach(true)
  for (const [place, { isSame }] of differences.entries()) {
    if (!isSame) faults.push(`the tables differ from the last ${ENGINES[place]} migration: bun run generate NAME`)
  }
  const index = await Bun.file(join(FOLDER, 'index.ts')).text()
  if (index !== renderIndex(await listNames())) faults.push('migrations/index.ts does not list the files beside it')
  for (const fault of faults) console.error(fault)
  return faults.length === 0 ? 0 : 1
}

/** The tables take one engine for the life of a process, so each engine gets a process of its own. */
async function compareEach(isCheck: boolean): Promise<[Difference, Difference]> {
  const folder = await mkdtemp(join(tmpdir(), 'honeyframe-generate-'))
  try {
    const sqlite = await compareApart('sqlite', join(folder, 'sqlite.json'), isCheck)
    return [sqlite, await compareApart('postgres', join(folder, 'postgres.json'), isCheck)]
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function compareApart(engine: Engine, out: string, isCheck: boolean): Promise<Difference> {
  // drizzle-kit asks on the terminal whether a column was renamed; a check never asks.
  const child = Bun.spawn([process.execPath, import.meta.path, '--engine', engine, out, isCheck ? 'check' : 'write'], {
    env: { ...process.env, DATABASE_URL: ENGINE_URLS[engine] },
    stdio: ['inherit', 'inherit', 'inherit'],
  })
  if ((await child.exited) !== 0) throw new Error(`drizzle-kit failed for ${engine}`)
  return Bun.file(out).json()
}

async function compareHere(engine: Engine, out: string): Promise<number> {
  const tables = await import('#platform/tables.ts')
  const last = (await readdir(join(FOLDER, 'meta', engine)).catch(() => [])).sort().at(-1)
  const previous = last ? await Bun.file(join(FOLDER, 'meta', engine, last)).json() : undefined
  const isCheck = process.argv.at(-1) === 'check'
  const difference = await (engine === 'sqlite' ? compareSqlite : comparePostgres)(tables, previous, isCheck)
  await Bun.write(out, JSON.stringify(difference))
  return 0
}

async function compareSqlite(
  tables: Record<string, unknown>,
  previous: DrizzleSQLiteSnapshotJSON | undefined,
  isCheck: boolean,
): Promise<Difference> {
  const before = previous ?? (await generateSQLiteDrizzleJson({}))
  const snapshot = await generateSQLiteDrizzleJson(tables, before.id)
  const isSame = shapeOf(before) === shapeOf(snapshot)
  return { isSame, snapshot, statements: isSame || isCheck ? [] : await generateSQLiteMigration(before, snapshot) }
}

async function comparePostgres(
  tables: Record<string, unknown>,
  previous: DrizzleSnapshotJSON | undefined,
  isCheck: boolean,
): Promise<Difference> {
  const before = previous ?? generateDrizzleJson({})
  const snapshot = generateDrizzleJson(tables, before.id)
  const isSame = shapeOf(before) === shapeOf(snapshot)
  return { isSame, snapshot, statements: isSame || isCheck ? [] : await generateMigration(before, snapshot) }
}

function shapeOf(snapshot: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...snapshot, id: '', prevId: '' })
}

async function write(name: string, engine: Engine, difference: Difference): Promise<void> {
  const kept = difference.statements.map(clean).filter((statement) => statement !== '')
  const sql = kept.length > 0 ? kept.join(BREAKPOINT) : NOTHING
  await Bun.write(join(FOLDER, `${name}.${engine}.sql`), `${sql}\n`)
  const meta = join(FOLDER, 'meta', engine)
  await mkdir(meta, { recursive: true })
  await Bun.write(join(meta, `${name}.json`), `${JSON.stringify(difference.snapshot, null, 1)}\n`)
}

/** migrate.ts makes the schema and switches foreign keys off; the search path finds the tables. */
function clean(statement: string): string {
  return statement
    .replaceAll('"public".', '')
    .replace(/^CREATE SCHEMA .*;$/m, '')
    .replace(/^PRAGMA foreign_keys=(OFF|ON);$/m, '')
    .replace(/\t/g, '  ')
    .trim()
}

async function listNames(): Promise<string[]> {
  const files = await readdir(FOLDER)
  const names = files.filter((file) => file.endsWith('.sqlite.sql')).map((file) => file.replace('.sqlite.sql', ''))
  return names.sort()
}

function renderIndex(names: string[]): string {
  const imports = names.flatMap((name) =>
    ENGINES.toReversed().map(
      (engine) => `import ${idOf(name, engine)} from './${name}.${engine}.sql' with { type: 'text' }`,
    ),
  )
  const rows = names.map(
    (name) => `  { name: '${name}', sqlite: ${idOf(name, 'sqlite')}, postgres: ${idOf(name, 'postgres')} },`,
  )
  return [
    ...["import type { Migration } from '#db/migrate.ts'", ...imports, ''],
    '/** Every migration, oldest first. Written by scripts/generate-migrations.ts. */',
    ...['export const migrations: readonly Migration[] = [', ...rows, ']', ''],
  ].join('\n')
}

function idOf(name: string, engine: Engine): string {
  return `${engine}${name.slice(0, 4)}`
}

process.exitCode = await main(process.argv.slice(2))
