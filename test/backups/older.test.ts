import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { usageEvents, usageLevels } from '#core/usage/tables.ts'
import { proveBackup } from '#platform/backups/proof.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { backUp, everyRow, openLife } from './org-life.ts'
import { type Content, repack } from './repack.ts'

test('a backup of an older schema comes in where what it lacks has a default, and a table it does not know stays', async () => {
  await using life = await openLife()
  const { ctx, acme } = life
  const file = await backUp(life, acme)
  const older = await repack(file, {
    edit(content) {
      withoutColumn(content, 'usage_events', 'source')
      withoutTable(content, 'usage_levels')
      content.manifest.schema = '0004_license'
    },
  })
  expect(await proveBackup(ctx, older)).toMatchObject({ differences: 0 })
  await ctx.db.delete(usageEvents).where(eq(usageEvents.orgId, acme))
  await restoreOrg(ctx, { orgId: acme }, { file: older })
  const events = await ctx.db.select().from(usageEvents).where(eq(usageEvents.orgId, acme))
  expect(events).toHaveLength(300)
  expect(new Set(events.map(({ source }) => source))).toEqual(new Set(['']))
  expect(await ctx.db.$count(usageLevels, eq(usageLevels.orgId, acme))).toBe(1)
}, 60_000)

test('a backup of an older schema that lacks what every row must have is refused, as is one of this schema that lacks anything', async () => {
  await using life = await openLife()
  const { ctx, acme } = life
  const file = await backUp(life, acme)
  const before = await everyRow(life)
  const cases = [
    { schema: '0004_license', column: 'outcome', code: 'backup_older' },
    { schema: undefined, column: 'source', code: 'archive_invalid' },
  ]
  for (const { schema, column, code } of cases) {
    const lacking = await repack(file, {
      edit(content) {
        withoutColumn(content, 'usage_events', column)
        if (schema) content.manifest.schema = schema
      },
    })
    await expect(restoreOrg(ctx, { orgId: acme }, { file: lacking })).rejects.toMatchObject({ code })
  }
  expect(await everyRow(life)).toEqual(before)
}, 60_000)

/** Of a table whose rows hold neither commas nor quotes. */
function withoutColumn({ manifest, tables }: Content, table: string, column: string): void {
  const found = manifest.tables.find(({ name }) => name === table)
  const place = found?.columns.indexOf(column) ?? -1
  if (!found || place < 0) throw new Error(`${table} has no ${column}`)
  found.columns.splice(place, 1)
  tables[table] = (tables[table] ?? '').replaceAll(/^.*$/gm, (line) => line.split(',').toSpliced(place, 1).join(','))
}

function withoutTable({ manifest }: Content, table: string): void {
  const place = manifest.tables.findIndex(({ name }) => name === table)
  manifest.tables.splice(place, 1)
}
