import { describe, expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { engine } from '#db/columns.ts'
import { isUniqueViolation, openDatabase, prepared } from '#db/database.ts'
import { createFairLock } from '#db/fair-lock.ts'
import { pathOf } from '#db/sqlite.ts'
import { invites } from '#platform/invites/tables.ts'
import { makeEmptyDatabase, openTestDatabase } from '#test/support/database.ts'

const AT = new Date('2025-03-04T05:06:07.089Z')
const USER = { email: 'ada@example.org', name: 'Ada', createdAt: AT }
const ORG = { slug: 'acme', name: 'Acme', createdAt: AT }

async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

describe('values', () => {
  test('dates keep their milliseconds, booleans and defaults their type, on both engines', async () => {
    await using place = await openTestDatabase()
    const [row] = await place.db.insert(users).values(USER).returning()
    const expected = { id: 1, createdAt: AT, isActive: true, isSuperadmin: false, tokenVersion: 0, lastSignInAt: null }
    expect(row).toMatchObject(expected)
    const [read] = await place.db.select().from(users).where(eq(users.createdAt, AT))
    expect(read).toEqual(row)
  })

  test('json comes back as it went in, down to a string that looks like a number', async () => {
    await using place = await openTestDatabase()
    const detail = { text: '5', list: [1, null, 'ü😀'], deep: { yes: true } }
    const row = { eventId: 'e', action: 'a', actorKind: 'nobody', actorLabel: 'l', detail, at: AT } as const
    await place.db.insert(auditLog).values(row)
    const rows = await place.db.select({ detail: auditLog.detail }).from(auditLog)
    expect(rows).toEqual([{ detail }])
  })

  test('an id is never given twice, even when the last row is deleted', async () => {
    await using place = await openTestDatabase()
    await place.db.insert(orgs).values(ORG)
    await place.db.delete(orgs)
    const rows = await place.db.insert(orgs).values(ORG).returning({ id: orgs.id })
    expect(rows).toEqual([{ id: 2 }])
  })

  test('a reference to a row that is not there is refused', async () => {
    await using place = await openTestDatabase()
    const insert = place.db.insert(userOrgs).values({ userId: 7, orgId: 7, role: 'viewer', createdAt: AT })
    expect(isUniqueViolation(await failureOf(insert))).toBe(false)
    expect(await place.db.$count(userOrgs)).toBe(0)
  })
})

describe('isUniqueViolation', () => {
  test('names the rule by its column or its index', async () => {
    await using place = await openTestDatabase()
    await place.db.insert(users).values(USER)
    const error = await failureOf(place.db.insert(users).values(USER))
    for (const rule of [undefined, 'email', 'users.email', 'users_email_unique']) {
      expect(isUniqueViolation(error, rule)).toBe(true)
    }
    for (const rule of ['name', 'orgs.email', 'users_pkey']) expect(isUniqueViolation(error, rule)).toBe(false)
  })

  test('knows a partial index over two columns, and a primary key', async () => {
    await using place = await openTestDatabase()
    await place.db.insert(orgs).values(ORG)
    const invite = {
      orgId: 1,
      email: 'a@b.c',
      role: 'viewer',
      createdAt: AT,
      expiresAt: AT,
      mailState: 'link',
    } as const
    await place.db.insert(invites).values({ ...invite, state: 'pending', tokenHash: '1' })
    await place.db.insert(invites).values({ ...invite, state: 'revoked', tokenHash: '2' })
    const twice = await failureOf(place.db.insert(invites).values({ ...invite, state: 'pending', tokenHash: '3' }))
    expect(isUniqueViolation(twice, 'invites_open')).toBe(true)
    expect(isUniqueViolation(twice, 'email')).toBe(true)
    expect(isUniqueViolation(twice, 'invites_token_hash_unique')).toBe(false)
    const sameId = await failureOf(place.db.insert(orgs).values({ ...ORG, id: 1, slug: 'other' }))
    expect(isUniqueViolation(sameId, 'id')).toBe(true)
    expect(isUniqueViolation(sameId, 'slug')).toBe(false)
  })

  test('works on the error a transaction ends with', async () => {
    await using place = await openTestDatabase()
    await place.db.insert(users).values(USER)
    const error = await failureOf(place.db.transaction(async (tx) => tx.insert(users).values(USER)))
    expect(isUniqueViolation(error, 'email')).toBe(true)
  })

  test('is false for anything else', () => {
    for (const value of [
      undefined,
      null,
      'UNIQUE',
      new Error('UNIQUE constraint failed: users.email'),
      { code: '23505' },
    ]) {
      expect(isUniqueViolation(value)).toBe(false)
    }
  })
})

test('a prepared query is built once for a database, and answers by its values', async () => {
  await using place = await openTestDatabase()
  await place.db.insert(users).values([USER, { ...USER, email: 'bob@example.org', name: 'Bob' }])
  let built = 0
  const byId = () =>
    prepared(place.db, 'test_user_by_id', (orm) => {
      built++
      return orm
        .select({ name: users.name })
        .from(users)
        .where(eq(users.id, sql.placeholder('id')))
    })
  expect(await byId().execute({ id: 1 })).toEqual([{ name: 'Ada' }])
  expect(await byId().execute({ id: 2 })).toEqual([{ name: 'Bob' }])
  expect(await byId().execute({ id: 3 })).toEqual([])
  expect(built).toBe(1)
  await place.db.transaction(async (tx) => {
    const inTx = prepared(tx, 'test_user_by_id', (orm) =>
      orm
        .select({ name: users.name })
        .from(users)
        .where(eq(users.id, sql.placeholder('id'))),
    )
    await tx.update(users).set({ name: 'Ada Lovelace' }).where(eq(users.id, 1))
    expect(await inTx.execute({ id: 1 })).toEqual([{ name: 'Ada Lovelace' }])
  })
})

test('every statement is told to onStatement once, prepared or not, inside or outside', async () => {
  const seen: string[] = []
  await using place = await openTestDatabase({ onStatement: (text) => seen.push(text.slice(0, 6)) })
  const { db } = place
  await db.insert(orgs).values(ORG)
  await db.$count(orgs)
  const all = (target: Parameters<typeof prepared>[0]) =>
    prepared(target, 'test_all_orgs', (orm) => orm.select({ id: orgs.id }).from(orgs)).execute()
  await all(db)
  await db.transaction(async (tx) => {
    await tx.update(orgs).set({ name: 'x' })
    await all(tx)
  })
  expect(seen).toEqual(['insert', 'select', 'select', 'update', 'select'])
})

test('reset empties every table and starts ids at 1 again', async () => {
  await using place = await openTestDatabase()
  const [org] = await place.db.insert(orgs).values(ORG).returning()
  await place.db.insert(users).values({ ...USER, defaultOrgId: org?.id })
  await place.reset()
  expect(await place.db.$count(users)).toBe(0)
  expect(await place.db.insert(orgs).values(ORG).returning({ id: orgs.id })).toEqual([{ id: 1 }])
})

test('two open handles of one database see each other’s commits', async () => {
  await using place = await openTestDatabase()
  await using other = await openDatabase({ url: place.url, poolMax: 2 })
  await place.db.insert(orgs).values(ORG)
  expect(await other.$count(orgs)).toBe(1)
  await other.transaction(async (tx) => tx.delete(orgs))
  expect(await place.db.$count(orgs)).toBe(0)
})

test('disposing waits for the transaction that runs', async () => {
  await using place = await openTestDatabase()
  const second = await openDatabase({ url: place.url, poolMax: 2 })
  const change = second.transaction(async (tx) => {
    await Bun.sleep(30)
    await tx.insert(orgs).values(ORG)
  })
  await Bun.sleep(5)
  await second[Symbol.asyncDispose]()
  await change
  expect(await place.db.$count(orgs)).toBe(1)
})

test('an address of the other engine is refused', async () => {
  const url = engine === 'sqlite' ? 'postgres://127.0.0.1:1/none' : 'sqlite:/tmp/none.db'
  await expect(openDatabase({ url })).rejects.toThrow('DATABASE_URL chooses the engine')
})

test.if(engine === 'postgres')(
  'a server that does not answer is told in one sentence, without its password',
  async () => {
    const error = await failureOf(openDatabase({ url: 'postgres://someone:hunter2@127.0.0.1:1/none' }))
    expect(error).toMatchObject({ code: 'database_unreachable' })
    expect(String(error)).toContain('ECONNREFUSED')
    expect(String(error)).not.toContain('hunter2')
  },
)

test.if(engine === 'sqlite')(
  'the file and its journal are for their owner only, and so is a folder we make',
  async () => {
    await using place = await makeEmptyDatabase()
    const path = join(`${pathOf(place.url)}-folder`, 'deeper', 'new.db')
    await using db = await openDatabase({ url: `sqlite:${path}` })
    await db.migration(async (run) => run('create table t (x text)'))
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600)
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
    expect(statSync(join(path, '../..')).mode & 0o777).toBe(0o700)
  },
)

test.if(engine === 'postgres')(
  'a database of a test before is empty, its ids begin at 1, and one with another shape is never met again',
  async () => {
    const urls = new Set<string>()
    for (const leave of ['rows', 'shape', 'rows']) {
      await using place = await openTestDatabase()
      expect(await place.db.$count(orgs)).toBe(0)
      const [made] = await place.db.insert(orgs).values(ORG).returning({ id: orgs.id })
      expect([made?.id, urls.has(place.url)]).toEqual([1, false])
      if (leave === 'rows') continue
      urls.add(place.url)
      await place.db.migration((run) => run('alter table honeyframe.jobs rename to elsewhere'))
    }
  },
)

test('the lock lets waiters in by order of arrival, also after one failed', async () => {
  const lock = createFairLock()
  const order: number[] = []
  const holders = Array.from({ length: 20 }, (_, place) =>
    lock.hold(async () => {
      await Bun.sleep(place % 3)
      order.push(place)
      if (place === 4) throw new Error('four')
    }),
  )
  const outcomes = await Promise.allSettled(holders)
  expect(order).toEqual(Array.from({ length: 20 }, (_, place) => place))
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
})
