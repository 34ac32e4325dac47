import { describe, expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { eq } from 'drizzle-orm'
import { announceFirstBoot } from '#cli/first-boot.ts'
import { users } from '#core/tenancy/tables.ts'
import { pathOf } from '#db/sqlite.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { platformJobs } from '#platform/platform.ts'
import { json, startTestApp, type TestApp } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { type Canary, formsOf, type Haystack, leaks, placesOf, type Shown, staleShown } from './canaries.ts'
import { documentOf, jsonOf, operationsOf } from './documented.ts'
import { pathWith, routesOf } from './route-table.ts'
import { dumpOf } from './tenant-rows.ts'

const ADMIN = 'ada@honey.test'
const OUR_PAGE = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' }

/** The whole of where a secret comes out. */
const SHOWN: readonly Shown[] = [
  { canary: 'access token', where: 'POST /api/auth/tokens body', why: 'shown to its owner, once' },
  { canary: 'access token of the page', where: 'POST /tokens body', why: 'shown to its owner, once' },
  { canary: 'session', where: 'POST /api/auth/login body', why: 'signing in answers with it' },
  { canary: 'session', where: 'POST /api/auth/change-password body', why: 'the old ones died' },
  { canary: 'session', where: 'POST /api/auth/reset-password body', why: 'the old ones died' },
  { canary: 'session', where: 'POST /login header set-cookie', why: 'signing in sets it' },
  { canary: 'session', where: 'POST /setup header set-cookie', why: 'the first admin is signed in' },
  { canary: 'setup token', where: 'log', why: 'the way in of the operator of an empty install' },
  { canary: 'setup token', where: 'GET /setup body', why: 'the form of the link carries it' },
  { canary: 'setup token', where: 'POST /setup body', why: 'the refused form carries it again' },
  { canary: 'reset token', where: 'GET /reset-password body', why: 'the form of the link carries it' },
  { canary: 'reset token', where: 'POST /reset-password body', why: 'the refused form carries it again' },
  { canary: 'invite token', where: 'GET /accept-invite body', why: 'the form of the link carries it' },
  { canary: 'invite token', where: 'POST /accept-invite body', why: 'the refused form carries it again' },
]

const SECRETS = {
  'JWT secret': 'canary-jwt-secret-"quoted"-0123456789abcdef',
  'password of an org’s relay': 'canary-own-relay-<"&>-0123456789',
  'SMTP password': 'canary-smtp-password-<&>-0123456789',
  'first password': 'canary first password 1',
  'wrong password': 'canary wrong password 2',
  'reset password': 'canary reset password 3',
  'changed password': 'canary changed password 4',
  'invited password': 'canary invited password 5',
  'weak password': 'canaryweak6',
  'misplaced secret': 'canary-misplaced-7',
  'metrics token': 'canary-metrics-token-8',
  'OpenAI key': 'canary-openai-key-9',
  'Anthropic key': 'canary-anthropic-key-10',
}

/** Asks, and keeps every byte of every answer. */
function witness(app: TestApp) {
  const canaries: Canary[] = Object.entries(SECRETS).map(([name, value]) => ({ name, value }))
  const seen: Haystack[] = []
  let sent = 0
  return {
    canaries,
    seen,
    plant: (name: string, value: string) => void canaries.push({ name, value }),
    async ask(
      method: string,
      path: string,
      init: RequestInit = {},
    ): Promise<{ status: number; text: string; cookie: string }> {
      sent += 1
      const response = await app.fetch(path, { ...init, method }, `10.3.${(sent >> 8) & 255}.${sent & 255}`)
      const text = await response.text()
      const where = `${method} ${path.split('?')[0]}`
      seen.push({ where: `${where} body`, text })
      for (const [name, value] of response.headers) seen.push({ where: `${where} header ${name}`, text: value })
      const cookie = response.headers.getSetCookie().find((one) => one.startsWith('hf_session=')) ?? ''
      const session = cookie.split(';')[0]?.slice('hf_session='.length)
      if (session) canaries.push({ name: 'session', value: session })
      return { status: response.status, text, cookie: `hf_session=${session}` }
    },
  }
}

type Witness = ReturnType<typeof witness>

function form(fields: Record<string, string>, cookie = ''): RequestInit {
  return { body: new URLSearchParams(fields).toString(), headers: { ...OUR_PAGE, ...(cookie && { cookie }) } }
}

const memberOf = (text: string, name: string) => String(jsonOf(JSON.parse(text))[name])
const TEMPORARY = /^((?:[0-9a-z]{5}-){3}[0-9a-z]{5})$/m
const tokenIn = (url: string) => new URL(url).searchParams.get('token') ?? ''

async function setUp(app: TestApp, { ask, plant }: Witness): Promise<string> {
  await announceFirstBoot(app.ctx, app.secrets)
  const token = tokenIn(await Bun.file(join(app.config.dataDir, 'setup-link')).text())
  plant('setup token', token)
  const admin = { token, org: 'Honey', name: 'Ada', email: ADMIN }
  await ask('GET', `/setup?token=${token}`)
  expect((await ask('POST', '/setup', form({ ...admin, password: SECRETS['weak password'] }))).status).toBe(422)
  const done = await ask('POST', '/setup', form({ ...admin, password: SECRETS['first password'] }))
  expect(done.status).toBe(303)
  return done.cookie
}

async function signInBothWays({ ask, plant }: Witness): Promise<void> {
  for (const password of [SECRETS['wrong password'], SECRETS['first password']]) {
    const { text, status } = await ask('POST', '/api/auth/login', json('POST', { username: ADMIN, password }))
    if (status === 200) plant('session', memberOf(text, 'access_token'))
    await ask('POST', '/login', form({ username: ADMIN, password }))
  }
  // A password typed into the wrong field is one, too.
  const misplaced = SECRETS['misplaced secret']
  await ask('POST', '/api/auth/login', json('POST', { username: misplaced, password: misplaced }))
}

/** Mails go out in their jobs; answers with the token of the newest one. */
async function mailedToken(
  app: TestApp,
  smtp: Awaited<ReturnType<typeof startSmtp>>,
  { plant }: Witness,
  name: string,
  secret = /https?:\S+token=(\S{41,})/,
) {
  const waiting = Object.values(await dumpOf(app)).join()
  expect(waiting).toContain('sealed')
  const count = smtp.mails.length + 1
  await using _worker = startWorker(app.ctx, platformJobs, { pollMs: 20 })
  const mails = await smtp.received(count)
  const token = secret.exec(mails.at(-1)?.parsed.text ?? '')?.[1] ?? ''
  expect(token).not.toBe('')
  plant(name, token)
  return { token, waiting }
}

async function bearerOf(app: TestApp, { plant }: Witness) {
  const [admin] = await app.ctx.db.select().from(users).where(eq(users.email, ADMIN))
  if (!admin) throw new Error('the admin is gone')
  const orgId = 1
  const { token } = await app.bearer.sign({ userId: admin.id, version: admin.tokenVersion, orgId, role: 'admin' })
  plant('session', token)
  return { bearer: { authorization: `Bearer ${token}` }, cookie: `hf_session=${token}` }
}

/** An org's own mail server, by both doors, with the right password and with one that is refused. */
async function tryOwnRelay(app: TestApp, seen: Witness): Promise<void> {
  const password = SECRETS['password of an org’s relay']
  const { bearer, cookie } = await bearerOf(app, seen)
  for (const right of [password, 'another']) {
    await using smtp = await startSmtp({ auth: { username: 'own', password: right } })
    const server = { host: '127.0.0.1', tls: 'none', username: 'own', password, from: 'team@honey.test' }
    const body = { ...server, port: smtp.port }
    expect((await seen.ask('PUT', '/api/smtp', json('PUT', body, bearer))).status).toBe(200)
    const tried = await seen.ask('POST', '/api/smtp/test', json('POST', { to: ADMIN }, bearer))
    expect(tried.status).toBe(right === password ? 200 : 502)
    await seen.ask('GET', '/api/smtp', { headers: bearer })
    await seen.ask('GET', '/smtp', { headers: { cookie } })
    await seen.ask('POST', '/smtp', form({ ...server, port: '0' }, cookie))
    await seen.ask('POST', '/smtp', form({ ...server, port: String(smtp.port) }, cookie))
    await seen.ask('POST', '/smtp/test', form({ to: ADMIN }, cookie))
    await seen.ask('GET', '/audit-log', { headers: { cookie } })
  }
  expect((await seen.ask('DELETE', '/api/smtp', { headers: bearer })).status).toBe(204)
}

/** Every route with its documented example, and with a secret where none belongs. */
async function tryEveryRoute(app: TestApp, seen: Witness): Promise<void> {
  const secret = SECRETS['misplaced secret']
  for (const operation of operationsOf(await documentOf(app))) {
    const { bearer } = await bearerOf(app, seen)
    const { method, name, hasBody, example } = operation
    const path = pathWith(operation, 1)
    const wrongType = Object.fromEntries(Object.keys(jsonOf(example)).map((member) => [member, { nested: secret }]))
    const bodies = hasBody ? [example, wrongType, { ...jsonOf(example), surplus: secret }, secret] : [undefined]
    for (const body of bodies) {
      if (name === 'POST /api/auth/change-password' && body === example) continue
      await seen.ask(method, path, body === undefined ? { headers: bearer } : json(method, body, bearer))
    }
    if (hasBody) await seen.ask(method, path, { ...json(method, {}, bearer), body: `{"password":"${secret}` })
    await seen.ask(method, `${path}?limit=${secret}&token=${secret}`, {
      headers: { authorization: `Bearer ${secret}` },
    })
    await seen.ask(method, `${path}?limit=${secret}&token=${secret}`, { headers: { ...bearer, 'x-org-id': secret } })
  }
  for (const route of routesOf(app.app).filter(({ isApi }) => !isApi)) {
    const { cookie } = await bearerOf(app, seen)
    const path = pathWith(route, 1)
    if (route.method === 'GET') await seen.ask('GET', path, { headers: { cookie } })
    else
      await seen.ask(route.method, path, form({ old_password: secret, new_password: secret, password: secret }, cookie))
  }
}

/** Log, rows, and the bytes of every file: those of SQLite hold what was deleted, too. */
async function remains(app: TestApp): Promise<Haystack[]> {
  const rows = Object.entries(await dumpOf(app)).map(([name, text]) => ({ where: `table ${name}`, text }))
  const folders = [app.config.dataDir, ...(app.ctx.db.engine === 'sqlite' ? [dirname(pathOf(app.database.url))] : [])]
  const files: Haystack[] = []
  for (const folder of folders) {
    for (const file of await readdir(folder, { recursive: true })) {
      if (file === 'jwt-secret') continue
      const bytes = await Bun.file(join(folder, file)).bytes()
      files.push({ where: `file ${file}`, text: Buffer.from(bytes).toString('latin1') })
    }
  }
  return [{ where: 'log', text: app.lines.join('\n') }, ...rows, ...files]
}

async function startWatchedApp(smtpPort?: number) {
  return await startTestApp({
    env: {
      JWT_SECRET: SECRETS['JWT secret'],
      METRICS_TOKEN: SECRETS['metrics token'],
      EGRESS_ALLOW: '127.0.0.1/32',
      OPENAI_API_KEY: SECRETS['OpenAI key'],
      ANTHROPIC_API_KEY: SECRETS['Anthropic key'],
      LOG_LEVEL: 'debug',
      ...(smtpPort !== undefined && {
        ...{ SMTP_HOST: '127.0.0.1', SMTP_PORT: String(smtpPort), SMTP_TLS: 'none' },
        ...{ SMTP_USERNAME: 'relay', SMTP_PASSWORD: SECRETS['SMTP password'] },
      }),
    },
  })
}

describe('a secret', () => {
  test('is in no answer, log line, row or file, but where it is meant to be shown', async () => {
    await using smtp = await startSmtp({ auth: { username: 'relay', password: SECRETS['SMTP password'] } })
    await using app = await startWatchedApp(smtp.port)
    const seen = witness(app)
    const { ask, plant } = seen
    const cookie = await setUp(app, seen)
    await signInBothWays(seen)

    await ask('POST', '/api/auth/forgot-password', json('POST', { email: ADMIN }))
    const reset = await mailedToken(app, smtp, seen, 'reset token')
    await ask('GET', `/reset-password?token=${reset.token}`)
    await ask('POST', '/reset-password', form({ token: reset.token, new_password: SECRETS['weak password'] }))
    const newPassword = { token: reset.token, new_password: SECRETS['reset password'] }
    const afterReset = await ask('POST', '/api/auth/reset-password', json('POST', newPassword))
    plant('session', memberOf(afterReset.text, 'access_token'))
    expect((await ask('GET', '/account', { headers: { cookie } })).status).toBe(303)

    const { bearer } = await bearerOf(app, seen)
    const changing = { old_password: SECRETS['reset password'], new_password: SECRETS['changed password'] }
    const changed = await ask('POST', '/api/auth/change-password', json('POST', changing, bearer))
    plant('session', memberOf(changed.text, 'access_token'))

    const fresh = await bearerOf(app, seen)
    const minted = await ask('POST', '/api/auth/tokens', json('POST', { name: 'script' }, fresh.bearer))
    plant('access token', memberOf(minted.text, 'token'))
    const shownByPage = await ask('POST', '/tokens', form({ name: 'page' }, fresh.cookie))
    plant('access token of the page', /hf_[0-9A-Za-z]{40}/.exec(shownByPage.text)?.[0] ?? 'none')

    await ask('POST', '/api/invites', json('POST', { email: 'grace@honey.test', role: 'viewer' }, fresh.bearer))
    const invite = await mailedToken(app, smtp, seen, 'invite token')
    await ask('GET', `/accept-invite?token=${invite.token}`)
    await ask('GET', `/api/invites/accept?token=${invite.token}`)
    const joining = { token: invite.token, name: 'Grace' }
    await ask('POST', '/accept-invite', form({ ...joining, password: SECRETS['weak password'] }))
    const acceptance = { ...joining, password: SECRETS['invited password'] }
    expect((await ask('POST', '/api/invites/accept', json('POST', acceptance))).status).toBe(201)

    await tryOwnRelay(app, seen)
    const resetting = await ask('POST', '/api/users/2/reset-password', { headers: fresh.bearer })
    expect([resetting.status, JSON.parse(resetting.text).mailed]).toEqual([200, true])
    const temporary = await mailedToken(app, smtp, seen, 'temporary password', TEMPORARY)
    await ask('POST', '/login', form({ username: 'grace@honey.test', password: temporary.token }))

    await tryEveryRoute(app, seen)
    await ask('GET', '/metrics', { headers: { authorization: `Bearer ${SECRETS['metrics token']}` } })
    await using _worker = startWorker(app.ctx, platformJobs, { pollMs: 20 })
    while ((await app.ctx.db.select().from(jobs)).some(({ finishedAt }) => finishedAt === null)) await Bun.sleep(20)
    const waiting = { where: 'tables while jobs wait', text: reset.waiting + invite.waiting + temporary.waiting }
    const haystacks = [...seen.seen, waiting, ...(await remains(app))]
    expect(haystacks.length).toBeGreaterThan(800)
    expect(leaks(seen.canaries, haystacks, SHOWN)).toEqual([])
    expect(staleShown(seen.canaries, haystacks, SHOWN)).toEqual([])
    for (const once of seen.canaries.filter(({ name }) => name.startsWith('access token'))) {
      expect([once.name, placesOf(once, haystacks).length]).toEqual([once.name, 1])
    }
  }, 120_000)

  test('that is a temporary password is in the one answer that makes it, where no mail can be sent', async () => {
    await using app = await startWatchedApp()
    const seen = witness(app)
    await setUp(app, seen)
    const { bearer, cookie } = await bearerOf(app, seen)
    const guest = { email: 'grace@honey.test', role: 'viewer' }
    const invited = await seen.ask('POST', '/api/invites', json('POST', guest, bearer))
    const token = tokenIn(memberOf(invited.text, 'accept_url'))
    const joining = { token, name: 'Grace', password: SECRETS['invited password'] }
    expect((await seen.ask('POST', '/api/invites/accept', json('POST', joining))).status).toBe(201)
    const answer = await seen.ask('POST', '/api/users/2/reset-password', { headers: bearer })
    seen.plant('temporary password', memberOf(answer.text, 'temporary_password'))
    const page = await seen.ask('POST', '/users/2/reset-password', form({}, cookie))
    seen.plant('temporary password of the page', /value="((?:[0-9a-z]{5}-){3}[0-9a-z]{5})"/.exec(page.text)?.[1] ?? '?')
    for (const path of ['/users', '/members', '/account']) await seen.ask('GET', path, { headers: { cookie } })
    await seen.ask('GET', '/api/users', { headers: bearer })
    const shown = [
      ...SHOWN,
      { canary: 'temporary password', where: 'POST /api/users/2/reset-password body', why: 'shown once' },
      { canary: 'temporary password of the page', where: 'POST /users/2/reset-password body', why: 'shown once' },
    ]
    const haystacks = [...seen.seen, ...(await remains(app))]
    expect(leaks(seen.canaries, haystacks, shown)).toEqual([])
    for (const once of seen.canaries.filter(({ name }) => name.startsWith('temporary password'))) {
      expect([once.name, placesOf(once, haystacks).length]).toEqual([once.name, 1])
    }
  })

  test('of the mail server is not in the words of its refusal', async () => {
    await using smtp = await startSmtp({ auth: { username: 'relay', password: 'another one' } })
    await using app = await startWatchedApp(smtp.port)
    const seen = witness(app)
    await setUp(app, seen)
    const { bearer } = await bearerOf(app, seen)
    await seen.ask('POST', '/api/invites', json('POST', { email: 'grace@honey.test', role: 'viewer' }, bearer))
    expect((await seen.ask('POST', '/api/invites/1/resend', { headers: bearer })).text).toContain('credentials')
    expect(leaks(seen.canaries, [...seen.seen, ...(await remains(app))], SHOWN)).toEqual([])
  })
})

describe('this sweep sees', () => {
  const secret = { name: 'canary', value: 'a "secret" & more/less?' }
  const encoded = Buffer.from(`{"token":"${secret.value}"}`)
  const planted: [how: string, text: string][] = [
    ['as it is', `<p>${secret.value}</p>`],
    ['in JSON', JSON.stringify({ detail: secret.value })],
    ['in a URL', `/login?next=${encodeURIComponent(`/x?token=${secret.value}`)}`.replaceAll('%25', '%')],
    ['in a form', new URLSearchParams({ token: secret.value }).toString()],
    ['in HTML', '<input value="a &#34;secret&#34; &amp; more/less?">'],
    ['in hex', encoded.toString('hex')],
    ['in Base64', encoded.toString('base64')],
    ['in Base64, shifted', Buffer.concat([Buffer.from('x'), Buffer.from(secret.value)]).toString('base64')],
    ['in a cookie', Buffer.concat([Buffer.from('xy'), Buffer.from(secret.value)]).toString('base64url')],
  ]
  for (const [how, text] of planted) {
    test(`a leak ${how}`, () => {
      expect(leaks([secret], [{ where: 'log', text }], [])).toEqual(['canary in log'])
    })
  }

  test('a leak beside the place that may show it, and a permission nobody uses', () => {
    const haystacks = [
      { where: 'POST /tokens body', text: secret.value },
      { where: 'GET /tokens body', text: secret.value },
    ]
    const shown = [
      { canary: 'canary', where: 'POST /tokens body', why: 'once' },
      { canary: 'canary', where: 'GET /account', why: 'never' },
    ]
    expect(leaks([secret], haystacks, shown)).toEqual(['canary in GET /tokens body'])
    expect(staleShown([secret], haystacks, shown)).toEqual(['canary in GET /account'])
    expect(leaks([secret], [{ where: 'log', text: 'nothing of it' }], [])).toEqual([])
    expect(formsOf('plain').every((form) => form.length > 3)).toBe(true)
  })

  test('a secret that a verb would write down in a row or a file', async () => {
    await using app = await startTestApp()
    await Bun.write(join(app.config.dataDir, 'debug.txt'), `password=${secret.value}`)
    await app.ctx.db.transaction((tx) => app.ctx.jobs.enqueue(tx, { kind: 'plain', payload: { token: secret.value } }))
    app.ctx.log.info('oops', { detail: secret.value })
    const found = leaks([secret], await remains(app), [])
    expect(found).toEqual(expect.arrayContaining(['canary in log', 'canary in table jobs', 'canary in file debug.txt']))
  })
})
