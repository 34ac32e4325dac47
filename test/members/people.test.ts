import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { listPeople, PEOPLE_FILTERS, type PeoplePage, type PeopleQuery } from '#platform/members/people.ts'
import { accept, expire, invite, newcomer, openOrg, scopeOf } from '#test/invites/arrange.ts'
import { makeOrg, makePerson, type TestApp } from '#test/support/app.ts'

const STATEMENTS_MAX = 3

function names({ members, invites }: PeoplePage): string {
  return [...members, ...invites].map(({ email }) => email.split('@')[0]).join(' ')
}

async function rename(app: TestApp, userId: number, name: string): Promise<void> {
  await app.ctx.db.update(users).set({ name }).where(eq(users.id, userId))
}

async function openCrowd() {
  const org = await openOrg()
  const { app } = org
  await app.ctx.db.update(users).set({ email: 'ada@example.test' }).where(eq(users.id, org.admin.userId))
  await makePerson(app, org.orgId, 'viewer', 'bob@example.test')
  await makePerson(app, (await makeOrg(app.ctx)).orgId, 'admin', 'stranger@example.test')
  const gone = await invite(org, 'cyd@example.test')
  await expire(app, gone.id)
  await invite(org, 'dan@example.test')
  const again = await invite(org, 'eve@example.test')
  await expire(app, again.id)
  await invite(org, 'eve@example.test')
  const joined = await invite(org, 'fay@example.test')
  await accept(app, newcomer(joined.token))
  const list = (query: Partial<PeopleQuery> = {}) =>
    listPeople(app.ctx, scopeOf(org.admin), { filter: 'all', search: '', ...query })
  return { ...org, list, [Symbol.asyncDispose]: () => org[Symbol.asyncDispose]() }
}

test('members come first in the order of joining, then open and expired invitations, newest first', async () => {
  await using crowd = await openCrowd()
  const all = await crowd.list()
  expect(names(all)).toBe('ada bob fay eve dan cyd')
  expect(all.invites.map(({ isExpired }) => isExpired)).toEqual([false, false, true])
  expect(all.counts).toEqual({ all: 6, members: 3, pending: 2, expired: 1 })
  expect(all.nextCursor).toBeUndefined()
  expect(names(await crowd.list({ filter: 'members' }))).toBe('ada bob fay')
  expect(names(await crowd.list({ filter: 'pending' }))).toBe('eve dan')
  expect(names(await crowd.list({ filter: 'expired' }))).toBe('cyd')
})

test('pages of any size add up to the whole list', async () => {
  await using crowd = await openCrowd()
  for (const limit of [1, 2, 3, 4, 5, 6]) {
    const pages: string[] = []
    let cursor: string | undefined
    do {
      const page: PeoplePage = await crowd.list({ limit, cursor })
      pages.push(names(page))
      cursor = page.nextCursor
    } while (cursor !== undefined && pages.length < 10)
    expect(pages.join(' ')).toBe('ada bob fay eve dan cyd')
    expect(pages).toHaveLength(Math.ceil(6 / limit))
  }
})

test('a search finds a part of a name or an e-mail without regard to case, and takes % and _ as they are', async () => {
  await using crowd = await openCrowd()
  const { app } = crowd
  await rename(app, crowd.admin.userId, 'Ada 100%_\\sure Ängström')
  for (const [search, found] of [
    ['ADA 100', 'ada'],
    ['  fay@EXAMPLE', 'fay'],
    ['ada@', 'ada'],
    ['@example.test', 'ada bob fay eve dan cyd'],
    ['100%_', 'ada'],
    ['\\sure', 'ada'],
    ['Ängström', 'ada'],
    ['a%a', ''],
    ['b_b', ''],
    ["' or 1=1 --", ''],
    ['\0', 'ada bob fay eve dan cyd'],
    ['stranger', ''],
  ] as const) {
    expect([search, names(await crowd.list({ search }))]).toEqual([search, found])
  }
  expect((await crowd.list({ search: 'nobody at all' })).counts.all).toBe(6)
})

test('a cursor that is none of ours is refused', async () => {
  await using crowd = await openCrowd()
  for (const cursor of ['', 'x', 'm.', 'x.MQ', 'm.!!', 'i.MA', `m.${'9'.repeat(40)}`]) {
    await expect(crowd.list({ cursor })).rejects.toMatchObject({ code: 'invalid_query' })
  }
})

test('the last admin who can sign in is marked, and no one else', async () => {
  await using crowd = await openCrowd()
  const marked = async () => (await crowd.list()).members.filter((one) => one.isLastAdmin).map(({ email }) => email)
  expect(await marked()).toEqual(['ada@example.test'])
  const mate = await makePerson(crowd.app, crowd.orgId, 'admin')
  expect(await marked()).toEqual([])
  await crowd.app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, mate.userId))
  expect(await marked()).toEqual(['ada@example.test'])
})

test(`the list takes at most ${STATEMENTS_MAX} statements whatever its length`, async () => {
  await using crowd = await openCrowd()
  const { app } = crowd
  const count = async (query: Partial<PeopleQuery>) => {
    const before = app.statements.length
    await crowd.list(query)
    return app.statements.length - before
  }
  for (const filter of PEOPLE_FILTERS) expect(await count({ filter, search: 'a' })).toBeLessThanOrEqual(STATEMENTS_MAX)
  const now = app.ctx.clock.now()
  await app.ctx.db.transaction(async (tx) => {
    const made = await tx
      .insert(users)
      .values(
        Array.from({ length: 300 }, (_, n) => ({ email: `crowd-${n}@example.test`, name: `C ${n}`, createdAt: now })),
      )
      .returning({ userId: users.id })
    const rows = made.map(({ userId }) => ({ userId, orgId: crowd.orgId, role: 'viewer' as const, createdAt: now }))
    await tx.insert(userOrgs).values(rows)
  })
  for (const filter of PEOPLE_FILTERS) {
    expect(await count({ filter, search: 'a', limit: 200 })).toBeLessThanOrEqual(STATEMENTS_MAX)
  }
  expect((await crowd.list({ limit: 200 })).members).toHaveLength(200)
})
