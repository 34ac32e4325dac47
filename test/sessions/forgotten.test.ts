import { afterEach, beforeEach, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { passwordResets } from '#core/access/tables.ts'
import { users } from '#core/tenancy/tables.ts'
import { jobs } from '#jobs/tables.ts'
import { HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'
import { prepareReset } from '#platform/sessions/password.ts'
import { type StandingClock, standingClock } from '#test/jobs/context.ts'
import { json, makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { type SmtpPeer, startSmtp } from '#test/support/smtp.ts'

const PUBLIC_URL = 'https://data.example.com'
const LINK = /https?:\/\/\S+\/reset-password\?token=([\w-]{43})/
let smtp: SmtpPeer
let app: TestApp
let clock: StandingClock
let ada: TestPerson
let peers = 0

beforeEach(async () => {
  smtp = await startSmtp()
  clock = standingClock()
  const env = {
    PUBLIC_URL,
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(smtp.port),
    SMTP_TLS: 'none',
    SMTP_FROM: 'no-reply@example.com',
  }
  app = await startTestApp({ env, overrides: { clock }, worker: true })
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterEach(async () => {
  await app[Symbol.asyncDispose]()
  await smtp[Symbol.asyncDispose]()
})

function forgot(email: string, headers: Record<string, string> = {}): Promise<Response> {
  peers += 1
  return app.fetch('/api/auth/forgot-password', json('POST', { email }, headers), `10.5.0.${peers}`)
}

function reset(token: string, password = 'a quite new password'): Promise<Response> {
  peers += 1
  return app.fetch('/api/auth/reset-password', json('POST', { token, new_password: password }), `10.5.0.${peers}`)
}

/** Resolves when no job is left to run. */
async function settled(): Promise<void> {
  const end = performance.now() + 10_000
  for (;;) {
    const rows = await app.ctx.db.select({ state: jobs.state }).from(jobs)
    if (rows.every(({ state }) => state !== 'waiting' && state !== 'running')) return
    if (performance.now() > end) throw new Error(`jobs are left: ${JSON.stringify(rows)}`)
    await Bun.sleep(10)
  }
}

async function mailedToken(count: number): Promise<string> {
  const mails = await smtp.received(count)
  return LINK.exec(mails[count - 1]?.parsed.text ?? '')?.[1] ?? ''
}

test('a link is mailed to the account, and opens it', async () => {
  const answer = await forgot(ada.email.toUpperCase())
  expect(answer.status).toBe(202)
  const token = await mailedToken(1)
  expect(smtp.mails[0]?.recipients).toEqual([ada.email])
  expect((await reset(token)).status).toBe(200)
})

test('the answer is the same without an account, and nothing is mailed or kept', async () => {
  const [known, unknown] = [await forgot(ada.email), await forgot('nobody@example.test')]
  expect([known.status, unknown.status]).toEqual([202, 202])
  expect(await known.json()).toEqual(await unknown.json())
  await smtp.received(1)
  await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, ada.userId))
  expect((await forgot(ada.email)).status).toBe(202)
  await settled()
  expect(smtp.mails.length).toBe(1)
  expect(await app.ctx.db.$count(passwordResets)).toBe(1)
})

test('what is no e-mail is 422', async () => {
  for (const email of ['', 'x', 'a@b@c', 'a b@example.test', 'ada@example.test\r\nBcc: eve@example.test', 'a@x,b@y']) {
    const answer = await forgot(email)
    expect([email, answer.status, (await answer.json()).error]).toEqual([email, 422, 'invalid_email'])
  }
  await settled()
  expect(smtp.mails.length).toBe(0)
})

test('the link starts with PUBLIC_URL whatever Host, X-Forwarded-Host and Forwarded say', async () => {
  const hostile = {
    'x-forwarded-host': 'evil.example',
    forwarded: 'host=evil.example;proto=http',
    'x-forwarded-proto': 'http',
    'x-original-host': 'evil.example',
  }
  expect((await forgot(ada.email, { ...hostile, host: 'evil.example' })).status).toBe(202)
  const [mail] = await smtp.received(1)
  expect(mail?.source).not.toContain('evil.example')
  expect(
    mail?.parsed.text?.split('\n').filter((line) => line.startsWith(`${PUBLIC_URL}/reset-password?token=`)).length,
  ).toBe(1)
  expect(String(mail?.parsed.html)).toContain(`${PUBLIC_URL}/reset-password?token=`)
})

test('the newest link counts and the ones before are dead', async () => {
  await forgot(ada.email)
  const first = await mailedToken(1)
  await forgot(ada.email)
  const second = await mailedToken(2)
  expect(second).not.toBe(first)
  expect((await reset(first)).status).toBe(410)
  expect((await reset(second)).status).toBe(200)
})

test('a link lives for one hour', async () => {
  await forgot(ada.email)
  const token = await mailedToken(1)
  clock.advance(HOUR_MS - 1)
  expect((await reset(token, 'short')).status).toBe(422)
  clock.advance(1)
  expect((await reset(token)).status).toBe(410)
})

test('an account gets three mails an hour, and the fourth leaves the third link alive', async () => {
  for (let n = 1; n <= 3; n += 1) {
    await forgot(ada.email)
    await smtp.received(n)
    clock.advance(MINUTE_MS)
  }
  const token = await mailedToken(3)
  expect((await forgot(ada.email)).status).toBe(202)
  await settled()
  expect(smtp.mails.length).toBe(3)
  clock.advance(57 * MINUTE_MS)
  await forgot(ada.email)
  await smtp.received(4)
  expect((await reset(token)).status).toBe(410)
  expect((await reset(await mailedToken(4))).status).toBe(200)
})

test('ten requests at once make three mails and one link that lives', async () => {
  await Promise.all(Array.from({ length: 10 }, () => prepareReset(app.ctx, ada.email)))
  await settled()
  expect(smtp.mails.length).toBe(3)
  const rows = await app.ctx.db.select().from(passwordResets)
  expect(rows.filter((row) => row.expiresAt > clock.now()).length).toBe(1)
})

test('the token is kept as a hash only: in no other table, in no line of the log', async () => {
  await forgot(ada.email)
  const token = await mailedToken(1)
  await settled()
  const rows = await app.ctx.db.select().from(passwordResets)
  expect(rows.map((row) => row.tokenHash)).toEqual([sha256Hex(token)])
  const everything = JSON.stringify([rows, await app.ctx.db.select().from(jobs), app.lines])
  expect(everything).not.toContain(token)
})

test('a token on its way to the mail server is sealed', async () => {
  await using quiet = await startTestApp({ overrides: { clock } })
  const eve = await makePerson(quiet, (await makeOrg(quiet.ctx)).orgId)
  await prepareReset(quiet.ctx, eve.email)
  const [job] = await quiet.ctx.db.select().from(jobs)
  expect(job?.payload).toStartWith('{"sealed":"v1.')
  const [row] = await quiet.ctx.db.select().from(passwordResets)
  expect(JSON.stringify(job)).not.toContain(row?.tokenHash ?? '-')
})
