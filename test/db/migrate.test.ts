import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { AppError } from '#core/errors.ts'
import { engine } from '#db/columns.ts'
import { type Database, openDatabase } from '#db/database.ts'
import { type Migration, migrate, migrationStatus } from '#db/migrate.ts'
import { migrations } from '#migrations/index.ts'
import { makeEmptyDatabase } from '#test/support/database.ts'

const PREFIX = engine === 'postgres' ? 'honeyframe.' : ''

function step(name: string, ...statements: string[]): Migration {
  const sql = statements.join('\n--> statement-breakpoint\n')
  return { name, sqlite: sql, postgres: sql }
}

const PARENTS = step(
  '0001_parents',
  `create table ${PREFIX}parents (id integer primary key, name text)`,
  `insert into ${PREFIX}parents values (1, 'one'), (2, 'two')`,
)
const CHILDREN = step(
  '0002_children',
  `create table ${PREFIX}children (id integer primary key, parent integer references ${PREFIX}parents(id) on delete cascade)`,
  `insert into ${PREFIX}children values (1, 1), (2, 2), (3, 2)`,
)

async function openEmpty(): Promise<AsyncDisposable & { db: Database; url: string }> {
  const place = await makeEmptyDatabase()
  const db = await openDatabase({ url: place.url, poolMax: 2 })
  return {
    db,
    url: place.url,
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.catch((caught: unknown) => caught)
  if (error instanceof AppError) return error
  throw new Error('it was not refused', { cause: error })
}

async function tablesOf(db: Database): Promise<string[]> {
  const sqlite = `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`
  const postgres = `select tablename as name from pg_tables where schemaname = 'honeyframe'`
  const rows = await db.inspect(db.engine === 'postgres' ? postgres : sqlite)
  return rows.map(({ name }) => String(name)).sort()
}

async function countOf(db: Database, table: string): Promise<number> {
  const [row] = await db.inspect(`select count(*) as n from ${PREFIX}${table}`)
  return Number(row?.n)
}

describe('migrate', () => {
  test('applies what is missing, in order, once', async () => {
    await using place = await openEmpty()
    expect(await migrate(place.db, [PARENTS])).toEqual(['0001_parents'])
    expect(await migrate(place.db, [PARENTS, CHILDREN])).toEqual(['0002_children'])
    expect(await migrate(place.db, [PARENTS, CHILDREN])).toEqual([])
    const states = await migrationStatus(place.db, [PARENTS, CHILDREN])
    expect(states.map(({ name }) => name)).toEqual(['0001_parents', '0002_children'])
    for (const { appliedAt } of states) expect(appliedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('nodes that start at once apply each migration once', async () => {
    for (const nodes of [2, 4]) {
      await using place = await makeEmptyDatabase()
      const script = join(import.meta.dir, 'children/migrate.ts')
      const startAt = String(Math.round(performance.timeOrigin + performance.now() + 1_500))
      const children = Array.from({ length: nodes }, () =>
        Bun.spawn([process.execPath, script, place.url, startAt], { stdout: 'pipe', stderr: 'inherit' }),
      )
      const applied = await Promise.all(children.map(async (child) => new Response(child.stdout).json()))
      for (const child of children) expect(await child.exited).toBe(0)
      expect(applied.flat().sort()).toEqual(migrations.map(({ name }) => name))
      await using db = await openDatabase({ url: place.url, poolMax: 1 })
      expect((await migrationStatus(db, migrations)).every(({ appliedAt }) => appliedAt)).toBe(true)
    }
  }, 30_000)

  test('a dry run names what it would apply and writes nothing', async () => {
    await using place = await openEmpty()
    expect(await migrate(place.db, [PARENTS, CHILDREN], { dryRun: true })).toEqual(['0001_parents', '0002_children'])
    expect(await tablesOf(place.db)).toEqual([])
    expect(await migrationStatus(place.db, [PARENTS])).toEqual([{ name: '0001_parents', appliedAt: undefined }])
    expect(await tablesOf(place.db)).toEqual([])
  })

  test('a migration that fails leaves nothing of itself, and the ones before it stay', async () => {
    await using place = await openEmpty()
    const broken = step('0002_broken', `create table ${PREFIX}half (id integer)`, 'select nothing from nowhere')
    await expect(migrate(place.db, [PARENTS, broken])).rejects.toThrow()
    expect(await tablesOf(place.db)).toEqual(['applied_migrations', 'parents'])
    expect(await migrate(place.db, [PARENTS, CHILDREN])).toEqual(['0002_children'])
  })
})

describe('a database that is not the beginning of what this program knows is refused, and nothing is written', () => {
  test('when it is newer', async () => {
    await using place = await openEmpty()
    await migrate(place.db, [PARENTS, CHILDREN])
    for (const work of [migrate(place.db, [PARENTS]), migrationStatus(place.db, [PARENTS])]) {
      const { code, message } = await refusalOf(work)
      expect(code).toBe('database_newer')
      expect(message).toContain('0002_children')
      expect(message.split('. ')).toHaveLength(1)
    }
    expect(await countOf(place.db, 'applied_migrations')).toBe(2)
  })

  test('when a migration it took has changed since', async () => {
    await using place = await openEmpty()
    await migrate(place.db, [PARENTS])
    const changed = step('0001_parents', `create table ${PREFIX}parents (id integer primary key)`)
    expect(await refusalOf(migrate(place.db, [changed, CHILDREN]))).toMatchObject({ code: 'migration_changed' })
    expect(await tablesOf(place.db)).toEqual(['applied_migrations', 'parents'])
  })

  test('when a migration came in between', async () => {
    await using place = await openEmpty()
    await migrate(place.db, [PARENTS, CHILDREN])
    const between = step('0001_x', `create table ${PREFIX}between (id integer)`)
    const refusal = await refusalOf(migrate(place.db, [PARENTS, between, CHILDREN]))
    expect(refusal.code).toBe('migration_missing')
    expect(await tablesOf(place.db)).not.toContain('between')
  })
})

describe.if(engine === 'sqlite')('a table that is rebuilt', () => {
  const REBUILD = [
    'PRAGMA foreign_keys=OFF',
    'create table __new_parents (id integer primary key, name text not null)',
    'insert into __new_parents select id, name from parents',
    'drop table parents',
    'alter table __new_parents rename to parents',
    'PRAGMA foreign_keys=ON',
  ]

  test('keeps the rows that point at it', async () => {
    await using place = await openEmpty()
    await migrate(place.db, [PARENTS, CHILDREN, step('0003_rebuild', ...REBUILD)])
    expect(await countOf(place.db, 'children')).toBe(3)
    expect(await countOf(place.db, 'parents')).toBe(2)
  })

  test('loses them when foreign keys stay on, so the test above can fail', async () => {
    await using place = await openEmpty()
    await migrate(place.db, [PARENTS, CHILDREN])
    const { Database: Connection } = await import('bun:sqlite')
    using naive = new Connection(place.url.replace('sqlite:', ''))
    naive.run('PRAGMA foreign_keys = ON')
    naive.run('BEGIN')
    for (const statement of REBUILD) naive.run(statement)
    naive.run('COMMIT')
    expect(await countOf(place.db, 'children')).toBe(0)
  })

  test('a migration that leaves a row pointing at nothing is rolled back', async () => {
    await using place = await openEmpty()
    const orphan = step('0003_orphan', 'delete from parents where id = 2')
    await expect(migrate(place.db, [PARENTS, CHILDREN, orphan])).rejects.toThrow(
      'rows of children would point at nothing',
    )
    expect(await countOf(place.db, 'parents')).toBe(2)
  })

  test('foreign keys are on again afterwards, also after a failure', async () => {
    await using place = await openEmpty()
    await migrate(place.db, [PARENTS, CHILDREN])
    await migrate(place.db, [PARENTS, CHILDREN, step('0003_bad', 'nonsense')]).catch(() => {})
    expect(await place.db.migration((run) => run('select * from pragma_foreign_keys'))).toEqual([{ foreign_keys: 0 }])
    await place.db.transaction(async (tx) => {
      expect(await tx.select({ isOn: sql`foreign_keys` }).from(sql`pragma_foreign_keys`)).toEqual([{ isOn: 1 }])
    })
  })
})
