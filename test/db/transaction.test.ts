import { Database as Connection } from 'bun:sqlite'
import { describe, expect, test } from 'bun:test'
import { asc, eq, inArray, sql } from 'drizzle-orm'
import { orgs } from '#core/tenancy/tables.ts'
import { engine } from '#db/columns.ts'
import {
  afterCommit,
  type Database,
  lockRow,
  openDatabase,
  prepared,
  type Queries,
  skipLocked,
  type Tx,
} from '#db/database.ts'
import { pathOf } from '#db/sqlite.ts'
import { systemClock } from '#lib/clock.ts'
import { createLog } from '#lib/log.ts'
import { openTestDatabase } from '#test/support/database.ts'

const AT = new Date('2025-03-04T05:06:07.089Z')

function org(slug: string) {
  return { slug, name: slug, createdAt: AT }
}

async function slugs(db: Queries): Promise<string[]> {
  const rows = await db.select({ slug: orgs.slug }).from(orgs).orderBy(asc(orgs.id))
  return rows.map(({ slug }) => slug)
}

function tick(): Promise<void> {
  return Bun.sleep(1)
}

async function mark(tx: Tx, slug: string): Promise<void> {
  await tx
    .update(orgs)
    .set({ name: sql`${orgs.name} || '+'` })
    .where(eq(orgs.slug, slug))
}

/** Adds one to a counter in so many transactions at once; answers what the counter says then. */
async function addConcurrently(db: Database, times: number, isLocked: boolean): Promise<number> {
  await db.insert(orgs).values({ ...org('count'), name: '0' })
  const reading = db.select({ name: orgs.name }).from(orgs).where(eq(orgs.id, 1))
  async function addOne(tx: Tx) {
    if (isLocked) await lockRow(tx, orgs, 1)
    const [row] = await tx.select({ name: orgs.name }).from(orgs).where(eq(orgs.id, 1))
    await tick()
    const name = String(Number(row?.name) + 1)
    await tx.update(orgs).set({ name }).where(eq(orgs.id, 1))
  }
  await Promise.all(Array.from({ length: times }, () => db.transaction(addOne)))
  const [row] = await reading
  return Number(row?.name)
}

describe('a transaction', () => {
  test('200 concurrent read-modify-writes on a locked row come out exact', async () => {
    await using place = await openTestDatabase()
    expect(await addConcurrently(place.db, 200, true)).toBe(200)
  }, 30_000)

  test.if(engine === 'postgres')(
    'without the lock some of them are lost, so the test above can fail',
    async () => {
      await using place = await openTestDatabase()
      expect(await addConcurrently(place.db, 200, false)).toBeLessThan(200)
    },
    30_000,
  )

  test.if(engine === 'postgres')('two that lock each other out are both committed, once', async () => {
    await using place = await openTestDatabase()
    const { db } = place
    await db.insert(orgs).values([org('one'), org('two')])
    const met = Promise.withResolvers<void>()
    let runs = 0
    async function markBoth(first: string, second: string) {
      await db.transaction(async (tx) => {
        await mark(tx, first)
        if (++runs === 2) met.resolve()
        await met.promise
        await mark(tx, second)
      })
    }
    await Promise.all([markBoth('one', 'two'), markBoth('two', 'one')])
    const rows = await db.select({ name: orgs.name }).from(orgs).orderBy(asc(orgs.id))
    expect([runs > 2, rows]).toEqual([true, [{ name: 'one++' }, { name: 'two++' }]])
  })

  test.if(engine === 'sqlite')(
    'waits for a write of another process, and holds up nothing else meanwhile',
    async () => {
      await using place = await openTestDatabase()
      const { db } = place
      using other = new Connection(pathOf(place.url))
      other.run('BEGIN IMMEDIATE')
      const written = Promise.all([
        db.transaction((tx) => tx.insert(orgs).values(org('first'))),
        db.insert(orgs).values(org('second')),
      ])
      expect(await Promise.race([written, tick().then(() => slugs(db))])).toEqual([])
      other.run(`insert into orgs (slug, name, created_at) values ('other', 'other', 0)`)
      other.run('COMMIT')
      await written
      expect(await slugs(db)).toEqual(['other', 'first', 'second'])
    },
  )

  test.if(engine === 'sqlite')('gives up its wait for another process when the database is closed', async () => {
    await using place = await openTestDatabase()
    const second = await openDatabase({ url: place.url })
    using other = new Connection(pathOf(place.url))
    other.run('BEGIN IMMEDIATE')
    const written = Promise.allSettled([second.insert(orgs).values(org('late'))])
    await second[Symbol.asyncDispose]()
    expect(await written).toMatchObject([{ status: 'rejected' }])
    other.run('ROLLBACK')
    expect(await slugs(place.db)).toEqual([])
  })

  test('a rolled-back row is gone, even with awaits in between', async () => {
    await using place = await openTestDatabase()
    const { db } = place
    const attempt = db.transaction(async (tx) => {
      await tx.insert(orgs).values(org('first'))
      await tick()
      await tx.insert(orgs).values(org('second'))
      await tick()
      throw new Error('changed my mind')
    })
    await expect(attempt).rejects.toThrow('changed my mind')
    expect(await slugs(db)).toEqual([])
    await db.transaction(async (tx) => {
      await tx.insert(orgs).values(org('kept'))
      await tick()
    })
    expect(await slugs(db)).toEqual(['kept'])
  })

  test('a read outside sees only what was committed', async () => {
    await using place = await openTestDatabase()
    const { db } = place
    const written = Promise.withResolvers<void>()
    const looked = Promise.withResolvers<void>()
    const change = db.transaction(async (tx) => {
      await tx.insert(orgs).values(org('new'))
      expect(await slugs(tx)).toEqual(['new'])
      written.resolve()
      await looked.promise
    })
    await written.promise
    expect(await slugs(db)).toEqual([])
    expect(await db.$count(orgs)).toBe(0)
    looked.resolve()
    await change
    expect(await slugs(db)).toEqual(['new'])
  })

  test('a write outside never lands inside a transaction that is rolled back', async () => {
    await using place = await openTestDatabase()
    const { db } = place
    const begun = Promise.withResolvers<void>()
    const attempt = db.transaction(async (tx) => {
      await tx.insert(orgs).values(org('inside'))
      begun.resolve()
      await Bun.sleep(20)
      throw new Error('no')
    })
    await begun.promise
    const [, outcome] = await Promise.all([db.insert(orgs).values(org('outside')), attempt.catch(() => 'rolled back')])
    expect(outcome).toBe('rolled back')
    expect(await slugs(db)).toEqual(['outside'])
  })

  test('commits nothing after a failed statement, even a caught one', async () => {
    await using place = await openTestDatabase()
    const { db } = place
    await db.insert(orgs).values(org('taken'))
    for (const insert of [insertPlainly, insertPrepared]) {
      const attempt = db.transaction(async (tx) => {
        await tx.insert(orgs).values(org('free'))
        await insert(tx, 'taken').catch(() => {})
      })
      await expect(attempt).rejects.toThrow()
    }
    expect(await slugs(db)).toEqual(['taken'])
    await db.transaction(async (tx) => {
      const rows = await tx.insert(orgs).values(org('taken')).onConflictDoNothing().returning({ id: orgs.id })
      expect(rows).toEqual([])
      await tx.insert(orgs).values(org('free'))
    })
    expect(await slugs(db)).toEqual(['taken', 'free'])
  })
})

async function insertPlainly(tx: Tx, slug: string): Promise<void> {
  await tx.insert(orgs).values(org(slug))
}

async function insertPrepared(tx: Tx, slug: string): Promise<void> {
  const query = prepared(tx, 'test_insert_org', (orm) =>
    orm.insert(orgs).values({ slug: sql.placeholder('slug'), name: 'any', createdAt: AT }),
  )
  await query.execute({ slug })
}

describe('the marker of a transaction', () => {
  test('its tx throws once it has ended, committed or rolled back', async () => {
    await using place = await openTestDatabase()
    const kept: Tx[] = []
    await place.db.transaction(async (tx) => void kept.push(tx))
    await place.db.transaction(async (tx) => Promise.reject(new Error(String(kept.push(tx))))).catch(() => {})
    expect(kept).toHaveLength(2)
    for (const tx of kept) {
      expect(insertPlainly(tx, 'late')).rejects.toThrow('has ended')
      expect(insertPrepared(tx, 'late')).rejects.toThrow('has ended')
      expect(slugs(tx)).rejects.toThrow('has ended')
    }
    expect(await slugs(place.db)).toEqual([])
  })

  test('a promise left behind cannot write into the next transaction', async () => {
    await using place = await openTestDatabase()
    const { db } = place
    const left: Promise<unknown>[] = []
    await db.transaction(async (tx) => {
      left.push(
        Bun.sleep(15)
          .then(() => insertPlainly(tx, 'left behind'))
          .catch((error) => error.message),
      )
      left.push(
        Bun.sleep(15)
          .then(() => db.insert(orgs).values(org('by root')))
          .catch((error) => error.message),
      )
    })
    await db.transaction(async (tx) => {
      await Bun.sleep(40)
      await tx.insert(orgs).values(org('mine'))
    })
    expect(await Promise.all(left)).toEqual([
      'this transaction has ended',
      'a finished transaction left work behind that still uses the database',
    ])
    expect(await slugs(db)).toEqual(['mine'])
  })

  test('the root database throws inside, and works again outside', async () => {
    await using place = await openTestDatabase()
    const { db } = place
    const uses: ((db: Database) => Promise<unknown>)[] = [
      (root) => slugs(root),
      async (root) => await root.$count(orgs),
      async (root) => await root.insert(orgs).values(org('by root')),
      (root) => root.transaction(async () => {}),
      (root) => prepared(root, 'test_slugs', (orm) => orm.select({ slug: orgs.slug }).from(orgs)).execute(),
    ]
    for (const use of uses) {
      await db.transaction(async () => {
        await expect(use(db)).rejects.toThrow('only its own tx')
      })
      await use(db)
    }
    expect(await slugs(db)).toEqual(['by root'])
  })
})

describe('afterCommit', () => {
  test('runs after the commit, in order, where the database may be used again', async () => {
    await using place = await openTestDatabase()
    const { db } = place
    const seen: string[] = []
    const reads: Promise<string[]>[] = []
    await db.transaction(async (tx) => {
      afterCommit(tx, () => {
        seen.push('one')
        reads.push(slugs(db))
      })
      afterCommit(tx, () => void seen.push('two'))
      await tx.insert(orgs).values(org('new'))
      expect(seen).toEqual([])
    })
    expect(seen).toEqual(['one', 'two'])
    expect(await Promise.all(reads)).toEqual([['new']])
  })

  test('a follower that throws spoils neither the answer nor the next follower, and is logged', async () => {
    const lines: string[] = []
    const log = createLog({ level: 'error', write: (line) => lines.push(line), clock: systemClock })
    await using place = await openTestDatabase({ log })
    const seen: string[] = []
    const answer = await place.db.transaction(async (tx) => {
      afterCommit(tx, () => {
        throw new Error('bad follower')
      })
      afterCommit(tx, () => void seen.push('next'))
      return 'done'
    })
    expect([answer, seen]).toEqual(['done', ['next']])
    expect(lines.join()).toContain('bad follower')
  })

  test('never runs after a rollback', async () => {
    await using place = await openTestDatabase()
    const seen: string[] = []
    const attempt = place.db.transaction(async (tx) => {
      afterCommit(tx, () => void seen.push('ran'))
      throw new Error('no')
    })
    await expect(attempt).rejects.toThrow('no')
    expect(seen).toEqual([])
  })
})

test('workers that claim at the same time never claim the same row', async () => {
  await using place = await openTestDatabase()
  const { db } = place
  await db.insert(orgs).values(Array.from({ length: 60 }, (_, place) => org(`waiting-${place}`)))
  async function claim(): Promise<number[]> {
    const next = db.select({ id: orgs.id }).from(orgs).where(sql`name like 'waiting%'`).orderBy(asc(orgs.id)).limit(5)
    const rows = await db
      .update(orgs)
      .set({ name: 'claimed' })
      .where(inArray(orgs.id, skipLocked(db, next)))
      .returning({ id: orgs.id })
    return rows.map(({ id }) => id)
  }
  const claimed = (await Promise.all(Array.from({ length: 12 }, claim))).flat()
  expect(new Set(claimed).size).toBe(claimed.length)
  while ((await claim().then((ids) => claimed.push(...ids) && ids.length)) > 0);
  expect(claimed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, place) => place + 1))
})
