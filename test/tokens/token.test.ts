import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { tokens } from '#core/access/tables.ts'
import { auditLog } from '#core/audit/tables.ts'
import { users } from '#core/tenancy/tables.ts'
import { scopes } from '#db/columns.ts'
import { DAY_MS, MINUTE_MS } from '#lib/clock.ts'
import { isPersonalAccessToken, newPersonalAccessToken, sha256Hex } from '#lib/token.ts'
import { standingClock } from '#test/jobs/context.ts'
import { visit } from '#test/sessions/visitor.ts'
import { json, makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const clock = standingClock()
let app: TestApp
let orgId: number
let peers = 0

beforeAll(async () => {
  app = await startTestApp({ overrides: { clock } })
  orgId = (await makeOrg(app.ctx)).orgId
})
afterAll(async () => app[Symbol.asyncDispose]())

function peer(): string {
  peers += 1
  return `10.7.${peers >> 8}.${peers & 255}`
}

function call(method: string, path: string, bearer: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${bearer}` }
  return app.fetch(path, body === undefined ? { method, headers } : json(method, body, headers), peer())
}

async function mint(person: TestPerson, body: object = { name: 'ci-pipeline' }) {
  const answer = await call('POST', '/api/auth/tokens', person.jwt, body)
  expect(answer.status).toBe(201)
  return await answer.json()
}

async function statusOf(token: string): Promise<number> {
  return (await call('GET', '/api/me', token)).status
}

/** A session on the present clock, since the people of these tests are older than an hour after a while. */
async function person(): Promise<TestPerson> {
  return await makePerson(app, orgId)
}

test('a minted token is shown once, opens the API as its owner, and is listed without its secret', async () => {
  const ada = await person()
  const made = await mint(ada)
  expect(Object.keys(made).toSorted()).toEqual([
    'created_at',
    'expires_at',
    'id',
    'last_used_at',
    'name',
    'tail',
    'token',
  ])
  expect(made.token).toMatch(/^hf_[0-9A-Za-z]{40}$/)
  expect(isPersonalAccessToken(made.token)).toBe(true)
  const me = await (await call('GET', '/api/me', made.token)).json()
  expect([me.user_id, me.role]).toEqual([ada.userId, 'admin'])
  const list = await (await call('GET', '/api/auth/tokens', ada.jwt)).text()
  expect(JSON.parse(list).items).toMatchObject([
    { id: made.id, name: 'ci-pipeline', tail: made.token.slice(-4), expires_at: null },
  ])
  expect(list).not.toContain(made.token)
})

test('the raw value is in no table, no line of the log and no file, only its SHA-256 is', async () => {
  await import('#platform/tables.ts')
  const ada = await person()
  const { token } = await mint(ada)
  await statusOf(token)
  await call('POST', '/api/auth/tokens', token, { name: 'refused' })
  const rows: unknown[] = []
  for (const { table } of scopes()) rows.push(await app.ctx.db.select().from(table))
  const text = JSON.stringify([rows, app.lines])
  expect(text).toContain(sha256Hex(token))
  expect(text).not.toContain(token)
  expect(text).not.toContain(token.slice(3, 37))
  for (const name of await readdir(app.config.dataDir)) {
    expect((await readFile(join(app.config.dataDir, name), 'latin1')).includes(token)).toBe(false)
  }
})

test('a wrong checksum, an unknown token and odd forms are 401, without asking the database about a form that cannot be', async () => {
  const ada = await person()
  const { token } = await mint(ada)
  const flipped = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
  const before = app.statements.length
  for (const bad of [
    flipped,
    `${token}0`,
    token.slice(0, -1),
    token.toUpperCase(),
    `hf_${'0'.repeat(40)}`,
    'hf_',
    token.replace('hf_', 'HF_'),
  ]) {
    expect([bad, await statusOf(bad)]).toEqual([bad, 401])
  }
  expect(app.statements.length).toBe(before)
  expect(await statusOf(newPersonalAccessToken(app.ctx.random))).toBe(401)
  expect(await statusOf(token)).toBe(200)
})

test('a revoked token is dead at once, and revoking it again is 404', async () => {
  const ada = await person()
  const [one, two] = [await mint(ada), await mint(ada)]
  expect((await call('DELETE', `/api/auth/tokens/${one.id}`, ada.jwt)).status).toBe(204)
  expect([await statusOf(one.token), await statusOf(two.token)]).toEqual([401, 200])
  expect((await call('DELETE', `/api/auth/tokens/${one.id}`, ada.jwt)).status).toBe(404)
  const { items } = await (await call('GET', '/api/auth/tokens', ada.jwt)).json()
  expect(items.map(({ id }: { id: number }) => id)).toEqual([two.id])
})

test('another person’s token is 404 with the body of an unknown one, and lives on', async () => {
  const [ada, eve] = [await person(), await person()]
  const hers = await mint(ada)
  const bodies: object[] = []
  for (const id of [hers.id, 999_999, 0, -1, 'x', '1.5', '9'.repeat(30)]) {
    const answer = await call('DELETE', `/api/auth/tokens/${id}`, eve.jwt)
    expect([id, answer.status]).toEqual([id, 404])
    const body = await answer.json()
    bodies.push({ error: body.error, keys: Object.keys(body) })
  }
  for (const body of bodies) expect(body).toEqual(bodies[1] ?? {})
  expect(await statusOf(hers.token)).toBe(200)
  expect((await (await call('GET', '/api/auth/tokens', eve.jwt)).json()).items).toEqual([])
})

test('a token ends when expires_in_days are over', async () => {
  const ada = await person()
  const { token, expires_at: expiresAt } = await mint(ada, { name: 'short', expires_in_days: 2 })
  expect(Date.parse(expiresAt)).toBe(clock.now().getTime() + 2 * DAY_MS)
  clock.advance(2 * DAY_MS - 1)
  expect(await statusOf(token)).toBe(200)
  clock.advance(1)
  expect(await statusOf(token)).toBe(401)
})

test('a bad name or lifetime is 422 and mints nothing', async () => {
  const ada = await person()
  const bad = [
    {},
    { name: '' },
    { name: '   ' },
    { name: 5 },
    { name: 'x'.repeat(201) },
    { name: 'a', expires_in_days: 0 },
  ]
  const worse = [
    { name: 'a', expires_in_days: 3651 },
    { name: 'a', expires_in_days: 1.5 },
    { name: 'a', expires_in_days: '30' },
    { name: 'a', scope: 'all' },
  ]
  for (const body of [...bad, ...worse])
    expect([body, (await call('POST', '/api/auth/tokens', ada.jwt, body)).status]).toEqual([body, 422])
  expect(await app.ctx.db.$count(tokens, eq(tokens.userId, ada.userId))).toBe(0)
  await mint(ada, { name: 'é'.repeat(200), expires_in_days: 3650 })
})

test('a personal access token cannot mint another, and may revoke', async () => {
  const ada = await person()
  const [one, two] = [await mint(ada), await mint(ada)]
  const answer = await call('POST', '/api/auth/tokens', one.token, { name: 'offspring' })
  expect([answer.status, (await answer.json()).error]).toEqual([403, 'interactive_only'])
  expect((await call('DELETE', `/api/auth/tokens/${two.id}`, one.token)).status).toBe(204)
  expect(await app.ctx.db.$count(tokens, eq(tokens.userId, ada.userId))).toBe(2)
})

test('the token of a deactivated person is dead until the account is active again', async () => {
  const ada = await person()
  const { token } = await mint(ada)
  await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, ada.userId))
  expect(await statusOf(token)).toBe(401)
  await app.ctx.db.update(users).set({ isActive: true }).where(eq(users.id, ada.userId))
  expect(await statusOf(token)).toBe(200)
})

test('last use is written at most once a minute', async () => {
  const ada = await person()
  const { id, token } = await mint(ada)
  const lastUsed = async () =>
    (await app.ctx.db.select().from(tokens).where(eq(tokens.id, id)))[0]?.lastUsedAt?.getTime()
  const isWrite = (sql: string) => /^update .*tokens/.test(sql)
  expect(await lastUsed()).toBeUndefined()
  await statusOf(token)
  const first = clock.now().getTime()
  expect(await lastUsed()).toBe(first)
  const writes = app.statements.filter(isWrite).length
  clock.advance(MINUTE_MS - 1)
  for (let n = 0; n < 5; n += 1) await statusOf(token)
  expect([await lastUsed(), app.statements.filter(isWrite).length]).toEqual([first, writes])
  clock.advance(1)
  await statusOf(token)
  expect(await lastUsed()).toBe(first + MINUTE_MS)
})

test('minting and revoking are written down, by name and never by value', async () => {
  const ada = await person()
  const { id, token } = await mint(ada, { name: 'written down' })
  await call('DELETE', `/api/auth/tokens/${id}`, ada.jwt)
  const rows = await app.ctx.db.select().from(auditLog)
  const mine = rows.filter((row) => JSON.stringify(row).includes('written down'))
  expect(mine.map((row) => row.action).toSorted()).toEqual(['token.created', 'token.revoked'])
  expect(JSON.stringify(rows)).not.toContain(token)
})

test('the list is cut into pages that end', async () => {
  const ada = await person()
  const ids: number[] = []
  for (let n = 0; n < 5; n += 1) ids.unshift((await mint(ada, { name: `t${n}` })).id)
  const seen: number[] = []
  let cursor: string | null = ''
  for (let pages = 0; cursor !== null; pages += 1) {
    const after: string = cursor === '' ? '' : `&cursor=${cursor}`
    const page = await (await call('GET', `/api/auth/tokens?limit=2${after}`, ada.jwt)).json()
    seen.push(...page.items.map(({ id }: { id: number }) => id))
    cursor = page.next_cursor
    expect(pages).toBeLessThan(3)
  }
  expect(seen).toEqual(ids)
  for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=x', 'limit=1.5', 'page=2']) {
    expect([query, (await call('GET', `/api/auth/tokens?${query}`, ada.jwt)).status]).toEqual([query, 422])
  }
})

test('the page shows a new token in its own answer and never again', async () => {
  const ada = await person()
  const browser = visit(app, { peer: peer() })
  await browser.post('/login', { username: ada.email, password: PASSWORD })
  const made = await browser.post('/tokens', { name: '<b>laptop</b>', expires_in_days: '' })
  const page = await made.text()
  const [token = ''] = /hf_[0-9A-Za-z]{40}/.exec(page) ?? []
  expect([made.status, made.headers.get('cache-control'), await statusOf(token)]).toEqual([200, 'no-store', 200])
  expect(page).not.toContain('<b>laptop')
  const again = await (await browser.get('/tokens')).text()
  expect([again.includes('&lt;b>laptop') || again.includes('&lt;b&gt;laptop'), again.includes(token)]).toEqual([
    true,
    false,
  ])
  const [row] = await app.ctx.db.select().from(tokens).where(eq(tokens.userId, ada.userId))
  const gone = await browser.post(`/tokens/${row?.id}/revoke`, {})
  expect([gone.status, gone.headers.get('location'), await statusOf(token)]).toEqual([303, '/tokens', 401])
  for (const days of ['0', '3651', 'x', '-1']) {
    expect((await browser.post('/tokens', { name: 'a', expires_in_days: days })).status).toBe(422)
  }
})
