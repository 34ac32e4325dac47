import { afterEach, beforeEach, expect, test } from 'bun:test'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { announceFirstBoot } from '#cli/first-boot.ts'
import { auditLog } from '#core/audit/tables.ts'
import { createContext } from '#core/context.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'
import { createFirstAdmin, issueSetupLink } from '#platform/setup/setup.ts'
import { setupLinks } from '#platform/setup/tables.ts'
import { type StandingClock, standingClock } from '#test/jobs/context.ts'
import { visit } from '#test/sessions/visitor.ts'
import { json, startTestApp, type TestApp } from '#test/support/app.ts'

const PASSWORD = 'correct horse battery'
const FORM = { org: 'Acme Corp', name: 'Ada Byron', email: 'Ada@Example.test', password: PASSWORD }
let app: TestApp
let clock: StandingClock
let peers = 0

beforeEach(async () => {
  clock = standingClock()
  app = await startTestApp({ overrides: { clock }, env: { PUBLIC_URL: 'https://data.example.com' } })
})
afterEach(async () => app[Symbol.asyncDispose]())

async function announce(): Promise<string> {
  await announceFirstBoot(app.ctx, app.secrets)
  return (await readFile(join(app.config.dataDir, 'setup-link'), 'utf8')).trim()
}

function tokenOf(url: string): string {
  return new URL(url).searchParams.get('token') ?? ''
}

function browser() {
  peers += 1
  return visit(app, { peer: `10.15.0.${peers}` })
}

async function hasLinkFile(): Promise<boolean> {
  return await Bun.file(join(app.config.dataDir, 'setup-link')).exists()
}

test('an empty install logs a link and keeps it in a file of mode 0600 until the first admin is made', async () => {
  const url = await announce()
  expect(url).toMatch(/^https:\/\/data\.example\.com\/setup\?token=[\w-]{43}$/)
  expect((await stat(join(app.config.dataDir, 'setup-link'))).mode & 0o777).toBe(0o600)
  expect(app.lines.some((line) => JSON.parse(line).setup_url === url)).toBe(true)
  expect(await app.ctx.db.select().from(setupLinks)).toMatchObject([{ tokenHash: sha256Hex(tokenOf(url)) }])
  expect((await browser().get(`/setup?token=${tokenOf(url)}`)).status).toBe(200)
  const one = browser()
  const done = await one.post('/setup', { ...FORM, token: tokenOf(url) })
  expect([done.status, done.headers.get('location')]).toEqual([303, '/members'])
  expect((await one.get('/members')).status).toBe(200)
  expect(await hasLinkFile()).toBe(false)
})

test('the first admin is superadmin, chose his password himself, and is admin of the first org', async () => {
  const one = browser()
  await one.post('/setup', { ...FORM, token: tokenOf(await announce()) })
  expect(await app.ctx.db.select().from(orgs)).toMatchObject([{ slug: 'acme-corp', name: 'Acme Corp' }])
  expect(await app.ctx.db.select().from(users)).toMatchObject([
    { email: 'ada@example.test', name: 'Ada Byron', isSuperadmin: true, mustResetPassword: false, isActive: true },
  ])
  expect(await app.ctx.db.select().from(userOrgs)).toMatchObject([{ role: 'admin' }])
  const login = await app.fetch(
    '/api/auth/login',
    json('POST', { username: 'ada@example.test', password: PASSWORD }),
    '10.15.1.1',
  )
  const { access_token: jwt } = await login.json()
  const me = await app.fetch('/api/me', { headers: { authorization: `Bearer ${jwt}` } })
  expect(await me.json()).toMatchObject({ is_superadmin: true, role: 'admin' })
  const actions = (await app.ctx.db.select().from(auditLog)).map(({ action }) => action)
  expect(actions).toEqual(expect.arrayContaining(['org.created', 'user.created']))
  expect(JSON.stringify(await app.ctx.db.select().from(auditLog))).not.toContain(PASSWORD)
})

test('twenty uses of the link at once make one admin and one org', async () => {
  const token = tokenOf(await announce())
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      browser().post('/setup', { ...FORM, token, org: `Org ${n}`, email: `p${n}@example.test` }),
    ),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array(19).fill(410)])
  expect([await app.ctx.db.$count(users), await app.ctx.db.$count(orgs), await app.ctx.db.$count(userOrgs)]).toEqual([
    1, 1, 1,
  ])
  expect(answers.filter((answer) => answer.headers.getSetCookie().length > 0).length).toBe(1)
})

test('the link works for 30 minutes', async () => {
  const token = tokenOf(await announce())
  clock.advance(30 * MINUTE_MS - 1)
  expect((await browser().get(`/setup?token=${token}`)).status).toBe(200)
  clock.advance(1)
  expect((await browser().get(`/setup?token=${token}`)).status).toBe(410)
  expect((await browser().post('/setup', { ...FORM, token })).status).toBe(410)
  expect(await app.ctx.db.$count(users)).toBe(0)
})

test('a restart gives a new link and kills the one before', async () => {
  const [first, second] = [tokenOf(await announce()), tokenOf(await announce())]
  expect((await browser().get(`/setup?token=${first}`)).status).toBe(410)
  expect((await browser().post('/setup', { ...FORM, token: first })).status).toBe(410)
  expect((await browser().post('/setup', { ...FORM, token: second })).status).toBe(303)
})

test('a form that will not do leaves the link usable, and nothing half made', async () => {
  const token = tokenOf(await announce())
  const bad = [
    { password: 'short' },
    { password: 'ada@example.test' },
    { email: 'nobody' },
    { name: ' ' },
    { org: '' },
    { org: 'x'.repeat(201) },
  ]
  for (const wrong of bad) {
    const answer = await browser().post('/setup', { ...FORM, ...wrong, token })
    expect([wrong, answer.status, answer.headers.getSetCookie()]).toEqual([wrong, 422, []])
    expect(await answer.text()).not.toContain(wrong.password ?? 'impossible')
  }
  expect([await app.ctx.db.$count(users), await app.ctx.db.$count(orgs), await hasLinkFile()]).toEqual([0, 0, true])
  expect((await browser().post('/setup', { ...FORM, token })).status).toBe(303)
})

test('without a link, with a made-up one, and once there is an admin, setup is 410', async () => {
  const token = tokenOf(await announce())
  for (const wrong of ['', 'x', token.slice(0, -1), token.toUpperCase(), sha256Hex(token)]) {
    expect([wrong, (await browser().get(`/setup?token=${wrong}`)).status]).toEqual([wrong, 410])
    expect([wrong, (await browser().post('/setup', { ...FORM, token: wrong })).status]).toEqual([wrong, 410])
  }
  await browser().post('/setup', { ...FORM, token })
  expect((await browser().get(`/setup?token=${token}`)).status).toBe(410)
  expect((await browser().post('/setup', { ...FORM, token, email: 'eve@example.test' })).status).toBe(410)
  expect(await issueSetupLink(app.ctx)).toBeUndefined()
  await announceFirstBoot(app.ctx, app.secrets)
  expect([await hasLinkFile(), await app.ctx.db.$count(setupLinks), await app.ctx.db.$count(users)]).toEqual([
    false,
    0,
    1,
  ])
})

test('an admin made at the terminal takes the link and its file away', async () => {
  const token = tokenOf(await announce())
  await createFirstAdmin(app.ctx, {
    email: 'root@example.test',
    name: 'Root',
    password: PASSWORD,
    orgName: 'Root',
    orgSlug: 'root',
  })
  expect([await hasLinkFile(), (await browser().get(`/setup?token=${token}`)).status]).toEqual([false, 410])
  expect((await browser().post('/setup', { ...FORM, token })).status).toBe(410)
})

test('ADMIN_EMAIL and ADMIN_PASSWORD make the first admin and no link', async () => {
  const env = { ADMIN_EMAIL: 'Root@Example.test', ADMIN_PASSWORD: PASSWORD, ORG_SLUG: 'hq', ORG_NAME: 'Headquarters' }
  await using unattended = await startTestApp({ env })
  await announceFirstBoot(unattended.ctx, unattended.secrets)
  expect(await unattended.ctx.db.select().from(users)).toMatchObject([
    { email: 'root@example.test', isSuperadmin: true, mustResetPassword: false },
  ])
  expect(await unattended.ctx.db.select().from(orgs)).toMatchObject([{ slug: 'hq', name: 'Headquarters' }])
  expect(await Bun.file(join(unattended.config.dataDir, 'setup-link')).exists()).toBe(false)
  await announceFirstBoot(unattended.ctx, unattended.secrets)
  expect(await unattended.ctx.db.$count(users)).toBe(1)
  const login = await unattended.fetch(
    '/api/auth/login',
    json('POST', { username: 'root@example.test', password: PASSWORD }),
  )
  expect(login.status).toBe(200)
  expect(unattended.lines.join('\n')).not.toContain(PASSWORD)
})

test('an ADMIN_PASSWORD or ORG_SLUG that will not do stops the start with a sentence that names the variables and no value', async () => {
  for (const wrong of [{ ADMIN_PASSWORD: 'canary-bad' }, { ORG_SLUG: 'Not A Slug' }, { ADMIN_EMAIL: 'nobody' }]) {
    const env = { ADMIN_EMAIL: 'root@example.test', ADMIN_PASSWORD: PASSWORD, ...wrong }
    await using unattended = await startTestApp({ env })
    const failure = await announceFirstBoot(unattended.ctx, unattended.secrets).catch((error: Error) => error.message)
    expect(failure).toContain('ADMIN_EMAIL, ADMIN_PASSWORD or ORG_SLUG')
    expect(failure).not.toContain('canary-bad')
    expect(await unattended.ctx.db.$count(users)).toBe(0)
  }
})

test('two nodes that start at once on an empty database end with one admin, or with one link that lives', async () => {
  const env = { ADMIN_EMAIL: 'root@example.test', ADMIN_PASSWORD: PASSWORD }
  await using one = await startTestApp({ env })
  await using two = await createContext(one.config, one.secrets, {
    passwordCost: one.ctx.passwordCost,
    writeLog: () => {},
  })
  await Promise.all([announceFirstBoot(one.ctx, one.secrets), announceFirstBoot(two, one.secrets)])
  expect([await two.db.$count(users), await two.db.$count(orgs)]).toEqual([1, 1])

  await using other = await createContext(app.config, app.secrets, {
    clock,
    passwordCost: app.ctx.passwordCost,
    writeLog: () => {},
  })
  await Promise.all(Array.from({ length: 6 }, (_, n) => announceFirstBoot(n % 2 ? other : app.ctx, app.secrets)))
  expect(await app.ctx.db.$count(setupLinks)).toBe(1)
  const kept = (await readFile(join(app.config.dataDir, 'setup-link'), 'utf8')).trim()
  expect((await browser().post('/setup', { ...FORM, token: tokenOf(kept) })).status).toBe(303)
})

test('the terminal and the link at once make one first admin', async () => {
  const token = tokenOf(await announce())
  const { completeSetup } = await import('#platform/setup/setup.ts')
  const admin = (n: number) => ({
    email: `p${n}@example.test`,
    name: 'P',
    password: PASSWORD,
    orgName: `O${n}`,
    orgSlug: `o${n}`,
  })
  const caller = { requestId: 'r', address: '192.0.2.1' }
  const tries = Array.from({ length: 10 }, (_, n) =>
    n % 2 ? createFirstAdmin(app.ctx, admin(n)) : completeSetup(app.ctx, caller, token, admin(n)),
  )
  const ended = await Promise.allSettled(tries)
  expect(ended.filter(({ status }) => status === 'fulfilled').length).toBe(1)
  expect([await app.ctx.db.$count(users), await app.ctx.db.$count(orgs)]).toEqual([1, 1])
})
