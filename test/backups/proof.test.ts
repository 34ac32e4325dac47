import { expect, test } from 'bun:test'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { proveBackup } from '#platform/backups/proof.ts'
import { backUp, everyRow, type Life, openLife } from './org-life.ts'
import { type Content, editRows, packed, repack } from './repack.ts'

/** What is planted in a backup, and what the proof then says. The twin of each is the backup as it was. */
const PLANTED: readonly (Readonly<{ what: string; edit: (content: Content) => void; isHonest?: boolean }> &
  (Readonly<{ differences: number }> | Readonly<{ error: RegExp }>))[] = [
  {
    what: 'a row that was lost',
    edit: (content) => editRows(content, 'usage_events', (lines) => lines.slice(1)),
    isHonest: false,
    error: /not where the manifest says/,
  },
  {
    what: 'a row that was changed into one of the same length',
    edit: (content) =>
      editRows(content, 'usage_events', (lines) => lines.map((line) => line.replace('agent', 'agenT'))),
    isHonest: false,
    error: /SHA-256 differs/,
  },
  {
    what: 'a checksum that is wrong',
    edit: ({ manifest }) => void Object.assign(manifest.tables.at(-1) ?? {}, { sha256: '0'.repeat(64) }),
    isHonest: false,
    error: /SHA-256 differs/,
  },
  {
    what: 'a count that is wrong',
    edit: ({ manifest }) => void Object.assign(tableIn(manifest, 'usage_events'), { rows: 299 }),
    isHonest: false,
    error: /300 rows and not 299/,
  },
  {
    what: 'rows in another order, with sums that fit',
    edit: (content) => editRows(content, 'usage_events', (lines) => lines.toReversed()),
    differences: 1,
  },
  {
    what: 'a group that was lost while its grants were not, with sums that fit',
    edit: ({ tables }) => void Object.assign(tables, { groups: '' }),
    error: /rows of group_(members|grants)/,
  },
  {
    what: 'a row twice, with sums that fit',
    edit: (content) => editRows(content, 'usage_events', (lines) => [...lines, lines[0] ?? '']),
    error: /a row breaks a rule of its table/,
  },
  {
    what: 'a number that is none, with sums that fit',
    edit: (content) => editRows(content, 'usage_events', (lines) => lines.map((line) => line.replace(/^\d+/, 'x'))),
    error: /cannot be read/,
  },
]

test('a sound backup comes out of a scratch database as it went in, and the live one is not touched', async () => {
  await using life = await openLife()
  const { app, ctx, acme } = life
  const file = await backUp(life, acme)
  const before = await everyRow(life)
  const again = await repack(file, { edit: () => {} })
  for (const path of [file, again]) {
    const proof = await proveBackup(ctx, path)
    expect(proof).toEqual({ tables: proof.tables, differences: 0 })
    expect(proof.tables).toBeGreaterThan(15)
  }
  expect(await everyRow(life)).toEqual(before)
  expect(await readdir(join(app.config.dataDir, '_restore'))).toEqual([])
  expect(await schemas(life)).toEqual([])
}, 60_000)

test('a proof finds what was planted', async () => {
  await using life = await openLife()
  const { ctx, acme } = life
  const file = await backUp(life, acme)
  for (const { what, edit, isHonest, ...expected } of PLANTED) {
    const planted = await repack(file, { edit, ...(isHonest !== undefined && { isHonest }) })
    const proof = await proveBackup(ctx, planted)
    if ('error' in expected)
      expect({ what, error: proof.error }).toEqual({ what, error: expect.stringMatching(expected.error) })
    else expect({ what, ...proof }).toMatchObject({ what, ...expected })
  }
  expect(await proveBackup(ctx, file)).toMatchObject({ differences: 0 })
}, 120_000)

test('a proof finds a file that was cut short, and one that is no backup', async () => {
  await using life = await openLife()
  const { app, ctx, acme } = life
  const file = await backUp(life, acme)
  const bytes = await Bun.file(file).bytes()
  const path = join(app.config.dataDir, 'cut.tar.gz')
  for (const left of [bytes.length - 1, bytes.length - 500, 1_000, 100, 0]) {
    await writeFile(path, bytes.subarray(0, left))
    expect((await proveBackup(ctx, path)).error).toContain('no whole backup')
  }
  await writeFile(path, packed({ manifest: { tables: [], files: [] } as never, tables: {}, files: {} }))
  expect((await proveBackup(ctx, path)).error).toContain('no whole backup')
  expect((await proveBackup(ctx, join(app.config.dataDir, 'none'))).error).toContain('gone')
}, 60_000)

function tableIn({ tables }: Content['manifest'], name: string) {
  const found = tables.find((table) => table.name === name)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}

async function schemas({ ctx }: Life): Promise<unknown[]> {
  if (ctx.db.engine === 'sqlite') return []
  return await ctx.db.inspect(`select nspname from pg_namespace where nspname like 'honeyframe_%'`)
}
