import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BulkTable } from '#db/bulk.ts'
import { readSnapshot } from '#db/bulk.ts'
import { engine } from '#db/columns.ts'
import { instanceTables } from '#platform/backups/coverage.ts'
import { tableSum } from '#platform/backups/table-sum.ts'
import { addEvents } from '#test/backups/content.ts'
import { makeOrg } from '#test/support/app.ts'
import { makeEmptyDatabase } from '#test/support/database.ts'
import { type Install, makeInstall, runVerb, startVerb } from './operator.ts'

const SECRET = 'a secret of this test, and of nothing else'

test('an install moves to another database, and every table is the same there', async () => {
  await using install = await usedInstall()
  await using target = await makeEmptyDatabase()
  const before = await sumsOf(install.url)
  const { code, stdout, stderr } = await runVerb(['migrate', '--to', target.url, '--json'], install.env)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  expect(byName(JSON.parse(stdout).tables)).toEqual(byName(before))
  expect(await sumsOf(target.url)).toEqual(before)
  expect(await sumsOf(install.url)).toEqual(before)
  expect((await readdir(install.dataDir)).filter((name) => name.includes('move'))).toEqual([])
})

test.if(engine === 'postgres')(
  'an install on PostgreSQL moves to a file, and from there to PostgreSQL again',
  async () => {
    await using install = await usedInstall()
    await using target = await makeEmptyDatabase()
    const before = await sumsOf(install.url)
    const file = `sqlite:${join(install.root, 'moved.db')}`
    const out = await runVerb(['migrate', '--to', file], install.env)
    expect(out).toMatchObject({ code: 0, stderr: '' })
    expect(await sumsOf(file)).toEqual(before)
    const back = await runVerb(['migrate', '--to', target.url], { ...install.env, DATABASE_URL: file })
    expect(back).toMatchObject({ code: 0, stderr: '' })
    expect(await sumsOf(target.url)).toEqual(before)
    const served = { ...install.env, DATABASE_URL: target.url, JWT_SECRET: SECRET, PORT: '0' }
    await using server = startVerb(['serve'], served)
    await server.says(/listening/)
  },
)

test('an install that somebody has open is not moved, and moves when it is closed', async () => {
  await using install = await usedInstall()
  await using target = await makeEmptyDatabase()
  const ctx = await install.open({ JWT_SECRET: SECRET })
  const refused = await runVerb(['migrate', '--to', target.url], install.env)
  await ctx[Symbol.asyncDispose]()
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('Another process has the database open')
  expect(await runVerb(['migrate', '--to', target.url], install.env)).toMatchObject({ code: 0 })
})

test('a database with rows in it is not moved into, and keeps them', async () => {
  await using install = await usedInstall()
  await using other = await usedInstall('other')
  const before = await sumsOf(other.url)
  const refused = await runVerb(['migrate', '--to', other.url], install.env)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('The database is not empty')
  expect(await sumsOf(other.url)).toEqual(before)
})

test('an address that is no database, or the same one, is wrong usage', async () => {
  await using install = await usedInstall()
  for (const address of ['mysql://nowhere', install.url]) {
    expect(await runVerb(['migrate', '--to', address], install.env)).toMatchObject({ code: 2 })
  }
})

test('an address where no database answers is told as that, without its password, and nothing is changed', async () => {
  await using install = await usedInstall()
  const before = await sumsOf(install.url)
  const target = 'postgres://honeyframe:a-word-of-mine@127.0.0.1:1/nowhere'
  const { code, stdout, stderr } = await runVerb(['migrate', '--to', target], install.env)
  const words = 'The database does not answer (ECONNREFUSED): check the address after --to.'
  expect([code, stdout, stderr]).toEqual([1, '', `honeyframe: Nothing was moved. ${words} (move_failed)\n`])
  expect(await sumsOf(install.url)).toEqual(before)
})

/** Nobody has it open any more. */
async function usedInstall(slug = 'acme'): Promise<Install> {
  const install = await makeInstall()
  await install.db[Symbol.asyncDispose]()
  await using ctx = await install.open({ JWT_SECRET: SECRET })
  const { orgId } = await makeOrg(ctx, slug)
  await addEvents(install.url, orgId, 500)
  await ctx.db.transaction((tx) =>
    ctx.jobs.enqueue(tx, { kind: 'note', payload: { word: 'é\u{1f41d}' }, isSecret: true, orgId }),
  )
  return install
}

async function sumsOf(url: string) {
  return await readSnapshot(url, async (reader) => {
    const sums = []
    for (const table of instanceTables() satisfies BulkTable[]) {
      const { rows, sha256 } = await tableSum(reader, table)
      sums.push({ name: table.name, rows, sha256 })
    }
    return sums
  })
}

function byName<T extends { name: string }>(tables: readonly T[]): T[] {
  return tables.toSorted((one, other) => (one.name < other.name ? -1 : 1))
}
