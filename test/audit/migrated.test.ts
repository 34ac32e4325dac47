import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { migrateAndRecord } from '#core/audit/migrated.ts'
import { auditLog } from '#core/audit/tables.ts'
import { openDatabase } from '#db/database.ts'
import { systemClock } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'
import { migrations } from '#migrations/index.ts'
import { makeEmptyDatabase } from '#test/support/database.ts'

describe('a migration', () => {
  test('of a database that was there is an event of the install; making one, or finding nothing to do, is none', async () => {
    await using place = await makeEmptyDatabase()
    await using db = await openDatabase({ url: place.url })
    const ctx = { db, clock: systemClock, random: systemRandom }
    const { length } = await migrateAndRecord(ctx, migrations)
    expect(length).toBe(migrations.length)
    expect(await migrateAndRecord(ctx, migrations)).toEqual([])
    expect(await db.$count(auditLog)).toBe(0)
    const name = '9999_one_more'
    const sql =
      db.engine === 'postgres' ? 'create table honeyframe.one_more (id int)' : 'create table one_more (id int)'
    const later = [...migrations, { name, sqlite: sql, postgres: sql }]
    expect(await migrateAndRecord(ctx, later)).toEqual([name])
    expect(await migrateAndRecord(ctx, later)).toEqual([])
    const rows = await db.select().from(auditLog).where(eq(auditLog.action, 'system.migrated'))
    expect(rows.map(({ orgId, actorKind, detail }) => [orgId, actorKind, detail])).toEqual([
      [null, 'operator', { migrations: [name] }],
    ])
  })
})
