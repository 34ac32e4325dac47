import { afterEach, beforeEach, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { users } from '#core/tenancy/tables.ts'
import { standingClock } from '#test/jobs/context.ts'
import { makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const HUGE = 'x'.repeat(300_000)
const PEER = '203.0.113.5'
const clock = standingClock()
let app: TestApp
let ada: TestPerson
let vera: TestPerson

beforeEach(async () => {
  app = await startTestApp({ overrides: { clock } })
  const { orgId } = await makeOrg(app.ctx)
  ada = await makePerson(app, orgId)
  vera = await makePerson(app, orgId, 'viewer')
})
afterEach(async () => app[Symbol.asyncDispose]())

type Sent = { method?: string; headers?: Record<string, string>; body?: string | ReadableStream<Uint8Array> }

async function ask(path: string, { method = 'POST', headers = {}, body }: Sent): Promise<[number, string]> {
  const length = typeof body === 'string' ? { 'content-length': String(Buffer.byteLength(body)) } : {}
  const answer = await app.fetch(
    path,
    { method, headers: { ...length, ...headers }, ...(body !== undefined && { body }) },
    PEER,
  )
  return [answer.status, (await answer.json()).error]
}

async function drain(): Promise<void> {
  for (let n = 0; n < 20; n += 1) await ask('/api/auth/logout', {})
}

test('no such route is 404 before everything else', async () => {
  await drain()
  expect(await ask('/api/auth/nothing', { body: HUGE })).toEqual([404, 'not_found'])
  expect(await ask('/api/auth/login', { method: 'PUT', body: HUGE })).toEqual([404, 'not_found'])
})

test('an announced excess is 413 before 429, 401 and 403', async () => {
  expect(await ask('/api/auth/login', { body: HUGE })).toEqual([413, 'too_large'])
  expect(await ask('/api/invites', { body: HUGE })).toEqual([413, 'too_large'])
  expect(await ask('/api/invites', { body: HUGE, headers: vera.bearer })).toEqual([413, 'too_large'])
  await drain()
  expect(await ask('/api/auth/login', { body: HUGE })).toEqual([413, 'too_large'])
})

test('the address bucket is 429 before 401, 403, 400 and 422', async () => {
  await drain()
  for (const body of ['{', '{}', '']) expect(await ask('/api/auth/login', { body })).toEqual([429, 'rate_limited'])
  expect(await ask('/api/auth/tokens', { body: '{' })).toEqual([429, 'rate_limited'])
  expect(await ask('/api/auth/logout', { headers: ada.bearer })).toEqual([429, 'rate_limited'])
})

test('nobody is 401 before an org that is not his, an unreadable body and one that does not fit', async () => {
  expect(await ask('/api/invites', { body: '{', headers: { 'x-org-id': 'x' } })).toEqual([401, 'unauthenticated'])
  expect(await ask('/api/invites', { body: '{}' })).toEqual([401, 'unauthenticated'])
  expect(await ask('/api/invites', { body: chunked(HUGE) })).toEqual([401, 'unauthenticated'])
  expect(await ask('/api/auth/tokens/abc', { method: 'DELETE' })).toEqual([401, 'unauthenticated'])
})

test('403 comes before 400, 413 of a chunked body and 422; the reset that is due before the permission', async () => {
  expect(await ask('/api/invites', { body: '{', headers: vera.bearer })).toEqual([403, 'permission_denied'])
  expect(await ask('/api/invites', { body: '{}', headers: vera.bearer })).toEqual([403, 'permission_denied'])
  expect(await ask('/api/invites', { body: chunked(HUGE), headers: vera.bearer })).toEqual([403, 'permission_denied'])
  expect(await ask('/api/invites', { body: '{', headers: { ...ada.bearer, 'x-org-id': '999' } })).toEqual([
    403,
    'not_a_member',
  ])
  await app.ctx.db.update(users).set({ mustResetPassword: true }).where(eq(users.id, vera.userId))
  expect(await ask('/api/invites', { body: '{', headers: vera.bearer })).toEqual([403, 'password_reset_required'])
})

test('who may gets 413 for a chunked excess, 400 for what is unreadable, 422 for what does not fit, then the answer', async () => {
  expect(await ask('/api/invites', { body: chunked(HUGE), headers: ada.bearer })).toEqual([413, 'too_large'])
  expect(await ask('/api/invites', { body: '{', headers: ada.bearer })).toEqual([400, 'unreadable_json'])
  expect(await ask('/api/invites', { body: '{"email":5}', headers: ada.bearer })).toEqual([422, 'invalid_body'])
  const fits = JSON.stringify({ email: 'new@example.test', role: 'viewer' })
  expect((await ask('/api/invites', { body: fits, headers: ada.bearer }))[0]).toBe(201)
  expect((await ask('/api/invites', { body: fits, headers: ada.bearer }))[0]).toBe(409)
})

test('an account’s lock-out stands after 422', async () => {
  const guess = (password: string | number) => {
    clock.advance(1000)
    return ask('/api/auth/login', { body: JSON.stringify({ username: ada.email, password }) })
  }
  for (let n = 0; n < 10; n += 1) await guess('wrong')
  expect(await guess(PASSWORD)).toEqual([429, 'locked_out'])
  expect(await guess(5)).toEqual([422, 'invalid_body'])
})

function chunked(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text))
      controller.close()
    },
  })
}
