import { expect, test } from 'bun:test'
import { engine } from '#db/columns.ts'
import { openDatabase } from '#db/database.ts'
import { pathOf } from '#db/sqlite.ts'
import { migrations } from '#migrations/index.ts'
import { makeEmptyDatabase } from '#test/support/database.ts'
import { PROGRAM } from '#test/support/program.ts'

const NAMES = migrations.map(({ name }) => name)

async function honeyframe(url: string, ...argv: string[]) {
  const child = Bun.spawn([...PROGRAM, 'migrate', ...argv], {
    env: { ...process.env, DATABASE_URL: url },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout, stderr] = await Promise.all([child.stdout, child.stderr].map((stream) => new Response(stream).text()))
  return { code: await child.exited, stdout, stderr }
}

test('migrate says what is missing, applies it, and then has nothing to do', async () => {
  await using place = await makeEmptyDatabase()
  const before = await honeyframe(place.url, '--status', '--json')
  expect(JSON.parse(before.stdout ?? '')).toEqual(NAMES.map((name) => ({ name, applied_at: null })))
  const dry = await honeyframe(place.url, '--dry-run', '--json')
  expect(dry).toEqual({ code: 0, stdout: `${JSON.stringify({ pending: NAMES })}\n`, stderr: '' })
  if (engine === 'sqlite') expect(await Bun.file(pathOf(place.url)).exists()).toBe(false)

  const first = await honeyframe(place.url)
  expect(first).toEqual({ code: 0, stdout: NAMES.map((name) => `applied ${name}\n`).join(''), stderr: '' })
  expect(await honeyframe(place.url)).toEqual({ code: 0, stdout: 'The database is up to date.\n', stderr: '' })
  const after = await honeyframe(place.url, '--status')
  expect(after.stdout).toMatch(/^0001_first_light {2}applied \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m)
}, 30_000)

test('migrate refuses a newer database in one line', async () => {
  await using place = await makeEmptyDatabase()
  await honeyframe(place.url)
  await using db = await openDatabase({ url: place.url, poolMax: 1 })
  const table = engine === 'postgres' ? 'honeyframe.applied_migrations' : 'applied_migrations'
  await db.migration((run) => run(`insert into ${table} (name, checksum) values ('9999_future', 'x')`))
  for (const argv of [[], ['--status'], ['--dry-run']]) {
    const { code, stdout, stderr } = await honeyframe(place.url, ...argv)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^honeyframe: .*newer Honeyframe \(9999_future\).*\n$/)
  }
}, 30_000)

test('migrate refuses options that contradict each other', async () => {
  await using place = await makeEmptyDatabase()
  const { code, stderr } = await honeyframe(place.url, '--status', '--dry-run')
  expect([code, stderr]).toEqual([2, 'honeyframe: --status and --dry-run exclude each other.\n'])
})
