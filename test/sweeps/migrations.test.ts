import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { engine, scopes } from '#db/columns.ts'
import { type Database, openDatabase } from '#db/database.ts'
import { type Migration, migrate, statementsOf } from '#db/migrate.ts'
import { migrations } from '#migrations/index.ts'
import '#platform/tables.ts'
import { makeEmptyDatabase, openTestDatabase } from '#test/support/database.ts'
import { declaredFacts, type Facts, liveFacts } from '#test/support/schema.ts'

const BREAKPOINT = '\n--> statement-breakpoint\n'
const FAILURE = 'select nothing from nowhere'

/** What only one of the two says. */
function differences(declared: Facts, live: Facts): string[] {
  const missing = [...declared].filter((fact) => !live.has(fact)).map((fact) => `not in the database: ${fact}`)
  const unknown = [...live].filter((fact) => !declared.has(fact)).map((fact) => `not in the code: ${fact}`)
  return [...missing, ...unknown]
}

function declared(): Facts {
  const tables = scopes().map(({ table }) => table)
  return declaredFacts(tables, engine)
}

/** The migration as far as its first `count` statements, where it then fails. */
function failingAfter(migration: Migration, count: number): Migration {
  const cut = [...statementsOf(migration, engine).slice(0, count), FAILURE].join(BREAKPOINT)
  return { name: migration.name, sqlite: cut, postgres: cut }
}

async function openEmpty(): Promise<AsyncDisposable & { db: Database }> {
  const place = await makeEmptyDatabase()
  const db = await openDatabase({ url: place.url, poolMax: 1 })
  return {
    db,
    async [Symbol.asyncDispose]() {
      await db[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}

test('every column, index and reference of a migrated database is what the code declares', async () => {
  await using place = await openTestDatabase()
  const live = await liveFacts(place.db)
  expect(live.size).toBeGreaterThan(50)
  expect(differences(declared(), live)).toEqual([])
})

test('every migration stops cleanly at every step, and goes on from there', async () => {
  await using place = await openEmpty()
  for (const [step, migration] of migrations.entries()) {
    const done = migrations.slice(0, step)
    const before = await liveFacts(place.db)
    for (let count = 0; count <= statementsOf(migration, engine).length; count++) {
      await expect(migrate(place.db, [...done, failingAfter(migration, count)])).rejects.toThrow()
      expect(differences(before, await liveFacts(place.db))).toEqual([])
    }
    expect(await migrate(place.db, [...done, migration])).toEqual([migration.name])
  }
  expect(differences(declared(), await liveFacts(place.db))).toEqual([])
}, 120_000)

test('the committed migrations, snapshots and list are what the tables say', async () => {
  const script = join(import.meta.dir, '../../scripts/generate-migrations.ts')
  const child = Bun.spawn([process.execPath, script, '--check'], { stdout: 'pipe', stderr: 'pipe' })
  const words = await new Response(child.stderr).text()
  expect([await child.exited, words]).toEqual([0, ''])
}, 60_000)

test('this sweep sees a column, an index or a reference that only one side has', async () => {
  await using place = await openEmpty()
  await migrate(place.db, migrations)
  const faults = [
    ['alter table @users add column nickname text', 'not in the code: users.nickname is text'],
    ['drop index @invites_open', 'not in the database: invites has the unique index invites_open on org_id, email'],
    ['alter table @orgs rename column name to title', 'not in the database: orgs.name is text not null'],
    ['create table @strays (id text primary key not null)', 'not in the code: strays.id is text not null key'],
    [
      'alter table @orgs add column owner @integer references @users(id)',
      'not in the code: orgs.owner points at users.id, on delete no action',
    ],
  ] as const
  for (const [statement, fault] of faults) {
    const words =
      engine === 'postgres' ? { '@integer': 'bigint', '@': 'honeyframe.' } : { '@integer': 'integer', '@': '' }
    const sql = statement.replaceAll('@integer', words['@integer']).replaceAll('@', words['@'])
    await place.db.migration((run) => run(sql))
    expect(differences(declared(), await liveFacts(place.db))).toContain(fault)
  }
})
