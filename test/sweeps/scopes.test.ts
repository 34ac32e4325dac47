import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { getTableName, is, Table } from 'drizzle-orm'
import { type ScopedTable, scopes } from '#db/columns.ts'
import { coverageOf, instanceTables } from '#platform/backups/coverage.ts'
import * as tables from '#platform/tables.ts'
import { openTestDatabase } from '#test/support/database.ts'
import { liveColumns } from '#test/support/schema.ts'

const SECRET = /hash|sealed|secret|token|password|key|credential|private/
/** The name of a picture, a name as it is compared, and the public half of a pair. */
const NO_SECRETS = ['orgs.logo_hash', 'groups.name_key', 'backup_settings.s3_access_key_id']

type Live = ReadonlyMap<string, readonly string[]>

/** What is wrong with the declared scopes, compared with the tables a database has and their columns. */
function scopeFaults(declared: readonly Pick<ScopedTable, 'name' | 'decl'>[], live: Live): string[] {
  const named = new Set(declared.map(({ name }) => name))
  const silent = [...live.keys()].filter((name) => !named.has(name)).map((name) => `${name} declares no scope`)
  const faults = declared.flatMap(({ name, decl }) => {
    const columns = live.get(name)
    if (!columns) return [`${name} is not in the database`]
    const column = 'column' in decl ? [decl.column] : []
    const picked = 'backup' in decl ? (decl.only ?? decl.without ?? []) : []
    const missing = [...column, ...picked].filter((one) => !columns.includes(one))
    return missing.map((one) => `${name} has no column ${one}`)
  })
  return [...silent, ...faults]
}

test('every table declares whom its rows belong to, by a column it has', async () => {
  await using place = await openTestDatabase()
  const live = await liveColumns(place.db)
  expect(live.size).toBeGreaterThan(8)
  expect(scopeFaults(scopes(), live)).toEqual([])
})

test('every tables.ts is in the platform’s list of tables', async () => {
  const listed = Object.values<unknown>(tables).flatMap((value) => (is(value, Table) ? [getTableName(value)] : []))
  const root = join(import.meta.dir, '../../src')
  for await (const file of new Bun.Glob('**/tables.ts').scan(root)) {
    const found: Record<string, unknown> = await import(join(root, file))
    for (const value of Object.values(found)) if (is(value, Table)) expect(listed).toContain(getTableName(value))
  }
  expect(
    scopes()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(listed.toSorted())
})

test('no column that by its name holds a secret is in the backup of an org', () => {
  const suspects = coverageOf(1).flatMap(({ name, columns }) =>
    columns.filter((column) => SECRET.test(column.name)).map((column) => `${name}.${column.name}`),
  )
  expect(suspects).toEqual([...NO_SECRETS])
  const all = instanceTables().flatMap(({ columns }) => columns.filter(({ name }) => SECRET.test(name)))
  expect(all.length).toBeGreaterThan(suspects.length + 8)
})

test('this sweep sees a table that declares none, one that is gone, and a column that is not there', () => {
  const live: Live = new Map([
    ['silent', ['id', 'org_id']],
    ['wrong', ['id']],
    ['right', ['id', 'org_id']],
  ])
  const declared: Pick<ScopedTable, 'name' | 'decl'>[] = [
    { name: 'wrong', decl: { scope: 'org', column: 'org_id', backup: 'replace', without: ['gone'] } },
    { name: 'right', decl: { scope: 'org', column: 'org_id', backup: 'replace' } },
    { name: 'gone', decl: { scope: 'instance' } },
  ]
  const faults = [
    'silent declares no scope',
    'wrong has no column org_id',
    'wrong has no column gone',
    'gone is not in the database',
  ]
  expect(scopeFaults(declared, live)).toEqual(faults)
})
