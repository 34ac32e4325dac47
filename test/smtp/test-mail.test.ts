import { expect, test } from 'bun:test'
import { createServer, type Socket } from 'node:net'
import { auditOf, call, openOrg } from '#test/invites/arrange.ts'
import { standingClock } from '#test/jobs/context.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { makeCertificate } from '#test/support/certificates.ts'
import { DEAD_PORT } from '#test/support/ports.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { AUTH, bodyFor, HOST, openSmtpOrg, PASSWORD, put, setRelay, spoilPassword, tryRelay } from './arrange.ts'

const certificate = await makeCertificate([HOST])
const HOUR_MS = 3_600_000

for (const tls of ['starttls', 'tls', 'none'] as const) {
  test(`a test mail goes through the org’s own server, now, and its reply is the answer (${tls})`, async () => {
    await using smtp = await startSmtp({ tls, certificate, auth: AUTH })
    await using org = await openSmtpOrg({ overrides: { relayCa: certificate.cert } })
    const { app, orgId, admin } = org
    await setRelay(app, admin, bodyFor(smtp, { tls, from: 'Data Team <team@acme.test>' }))
    const { status, body } = await tryRelay(app, admin, 'Grace@Example.test')
    expect([status, body]).toEqual([200, { to: 'grace@example.test', detail: expect.stringMatching(/^250 /) }])
    const [mail] = await smtp.received(1)
    const name = org.slug.toUpperCase()
    expect(mail).toMatchObject({ from: 'team@acme.test', recipients: ['grace@example.test'], username: 'relay' })
    expect(mail?.wasEncrypted).toBe(tls !== 'none')
    expect(mail?.parsed.from?.value).toEqual([{ name: `${name} via Data Team`, address: 'team@acme.test' }])
    expect(mail?.parsed.subject).toBe(`${name}: Test of the mail server`)
    expect(mail?.parsed.text?.split('\n')).toContain('http://localhost:8000/smtp')
    expect((await auditOf(app, orgId)).at(-1)).toEqual({
      action: 'smtp.tested',
      by: admin.email,
      detail: { to: 'grace@example.test', is_taken: true, detail: String(body.detail) },
    })
  })
}

test('a wrong password is told in the server’s own words, and not repeated', async () => {
  await using smtp = await startSmtp({ auth: { ...AUTH, password: 'another' } })
  await using org = await openSmtpOrg()
  const { app, orgId, admin } = org
  await setRelay(app, admin, bodyFor(smtp))
  const { status, body } = await tryRelay(app, admin)
  expect([status, body.error]).toEqual([502, 'mail_failed'])
  expect(body.detail).toContain('535 5.7.8 Authentication credentials invalid')
  expect(Object.keys(body).toSorted()).toEqual(['detail', 'error', 'message', 'request_id'])
  expect((await auditOf(app, orgId)).at(-1)).toMatchObject({
    action: 'smtp.tested',
    detail: { is_taken: false, detail: String(body.detail) },
  })
  expect([JSON.stringify(body), app.lines.join('')].join()).not.toContain(PASSWORD)
  expect(smtp.mails).toHaveLength(0)
})

const HOSTILE = `5.1.1 <script>alert(1)</script> ${PASSWORD} \u202egnp.exe ${'x'.repeat(900)}`

test('a recipient refused with 550 is told on one line, however the words were meant', async () => {
  let words = '5.1.1 No such user here'
  await using smtp = await startSmtp({ auth: AUTH, rejectRcpt: () => ({ code: 550, text: words }) })
  await using org = await openSmtpOrg()
  const { app, admin } = org
  await setRelay(app, admin, bodyFor(smtp))
  const plain = await tryRelay(app, admin)
  expect([plain.status, plain.body.detail]).toEqual([502, expect.stringContaining('550 5.1.1 No such user here')])
  words = HOSTILE
  const { body } = await tryRelay(app, admin)
  expect(body.detail).toStartWith('550 5.1.1 <script>')
  expect(String(body.detail).length).toBeLessThanOrEqual(300)
  expect(body.detail).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
  expect(JSON.stringify(body)).not.toContain(PASSWORD)
  expect(smtp.mails).toHaveLength(0)
})

test('a certificate that nobody vouches for, or of another name, is refused in words', async () => {
  await using smtp = await startSmtp({ tls: 'starttls', certificate, auth: AUTH })
  const other = await makeCertificate(['mail.elsewhere.test'])
  await using misnamed = await startSmtp({ tls: 'tls', certificate: other, auth: AUTH })
  await using org = await openSmtpOrg()
  await using trusting = await openSmtpOrg({ overrides: { relayCa: other.cert } })
  await setRelay(org.app, org.admin, bodyFor(smtp, { tls: 'starttls' }))
  await setRelay(trusting.app, trusting.admin, bodyFor(misnamed, { tls: 'tls' }))
  for (const { app, admin } of [org, trusting]) {
    const { status, body } = await tryRelay(app, admin)
    expect([status, body.error]).toEqual([502, 'mail_failed'])
    expect(body.detail).toMatch(/certificate/i)
  }
  expect(smtp.mails.length + misnamed.mails.length).toBe(0)
})

test('a server that does not offer the encryption asked for gets neither password nor mail', async () => {
  await using smtp = await startSmtp({ auth: AUTH })
  await using org = await openSmtpOrg()
  const { app, admin } = org
  for (const tls of ['starttls', 'tls']) {
    await setRelay(app, admin, bodyFor(smtp, { tls }))
    const { status, body } = await tryRelay(app, admin)
    expect([tls, status, body.error]).toEqual([tls, 502, 'mail_failed'])
  }
  expect(smtp.mails).toHaveLength(0)
  await setRelay(app, admin, bodyFor(smtp, { tls: 'none' }))
  expect((await tryRelay(app, admin)).status).toBe(200)
})

test('a port where nobody listens, and a name that leads nowhere, are told without an address', async () => {
  const resolve = async (name: string) => {
    if (name === HOST) return ['127.0.0.1']
    throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
  }
  await using org = await openSmtpOrg({ overrides: { resolve } })
  const { app, admin } = org
  for (const [host, words] of [
    [HOST, 'The host refused the connection.'],
    ['nowhere.acme.test', 'The name of the host was not found.'],
  ]) {
    expect((await put(app, admin, bodyFor({ port: DEAD_PORT }, { host }))).status).toBe(200)
    const { status, body } = await tryRelay(app, admin)
    expect([status, body.error, body.message]).toEqual([502, 'mail_failed', words])
    expect(JSON.stringify(body)).not.toContain('127.0.0.1')
  }
})

test('a server that says nothing is left after 15 seconds', async () => {
  const sockets: Socket[] = []
  await using silent = await listening((socket) => void sockets.push(socket))
  await using org = await openSmtpOrg()
  const { app, admin } = org
  await setRelay(app, admin, bodyFor(silent))
  const startedAt = performance.now()
  const { status, body } = await tryRelay(app, admin)
  expect([status, body.error, body.detail]).toEqual([502, 'mail_failed', 'The mail server took too long.'])
  expect(performance.now() - startedAt).toBeLessThan(18_000)
  for (const socket of sockets) socket.destroy()
}, 30_000)

test('a server that takes its time is waited for', async () => {
  await using smtp = await startSmtp({ auth: AUTH, pause: () => Bun.sleep(1_200) })
  await using org = await openSmtpOrg()
  await setRelay(org.app, org.admin, bodyFor(smtp))
  expect((await tryRelay(org.app, org.admin)).status).toBe(200)
})

test('a host that came to be closed since it was saved is refused, and never called', async () => {
  await using smtp = await startSmtp({ auth: AUTH })
  let address = '127.0.0.1'
  await using org = await openSmtpOrg({ overrides: { resolve: async () => [address] } })
  const { app, admin } = org
  await setRelay(app, admin, bodyFor(smtp))
  address = '127.0.0.2'
  expect(await tryRelay(app, admin)).toMatchObject({ status: 422, body: { error: 'egress_refused', field: 'host' } })
  expect(smtp.mails).toHaveLength(0)
  address = '127.0.0.1'
  expect((await tryRelay(app, admin)).status).toBe(200)
})

test('without a server of one’s own there is nothing to test, and a password that cannot be read is asked for', async () => {
  await using platform = await startSmtp()
  await using org = await openOrg({
    env: { SMTP_HOST: '127.0.0.1', SMTP_PORT: String(platform.port), SMTP_TLS: 'none' },
  })
  expect(await tryRelay(org.app, org.admin)).toMatchObject({ status: 409, body: { error: 'smtp_not_set' } })
  await using other = await openSmtpOrg()
  await using smtp = await startSmtp({ auth: AUTH })
  await setRelay(other.app, other.admin, bodyFor(smtp))
  await spoilPassword(other.app, other.orgId)
  expect(await tryRelay(other.app, other.admin)).toMatchObject({
    ...{ status: 409, body: { error: 'secret_unreadable', field: 'password' } },
  })
  expect(await tryRelay(other.app, other.admin, 'not an address')).toMatchObject({
    ...{ status: 422, body: { error: 'invalid_email', field: 'to' } },
  })
  expect(platform.mails.length + smtp.mails.length).toBe(0)
})

test('an org sends at most 20 test mails an hour, one at a time, and does not use up another’s', async () => {
  await using smtp = await startSmtp({ auth: AUTH })
  const clock = standingClock()
  await using org = await openSmtpOrg({ overrides: { clock } })
  const { app, admin } = org
  const other = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  const fresh = async () => ({ ...admin, bearer: await bearerOf(admin) })
  async function bearerOf({ userId, orgId }: typeof admin) {
    const { token } = await app.bearer.sign({ userId, version: 0, orgId, role: 'admin' })
    return { authorization: `Bearer ${token}` }
  }
  for (const person of [admin, other]) await setRelay(app, person, bodyFor(smtp))
  const first = await Promise.all(Array.from({ length: 5 }, () => tryRelay(app, admin)))
  expect(first.map(({ status }) => status).toSorted()).toEqual([200, 429, 429, 429, 429])
  for (let sent = 1; sent < 20; sent++) expect((await tryRelay(app, admin)).status).toBe(200)
  const refused = await tryRelay(app, admin)
  expect(refused).toMatchObject({ status: 429, body: { error: 'too_many_tests', retry_after: 3600 } })
  expect(smtp.mails).toHaveLength(20)
  expect((await tryRelay(app, other)).status).toBe(200)
  clock.advance(HOUR_MS + 1)
  expect((await tryRelay(app, await fresh())).status).toBe(200)
  expect((await call(app, 'GET', '/api/smtp', await fresh())).status).toBe(200)
}, 60_000)

async function listening(onSocket: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const server = createServer(onSocket)
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(address && typeof address === 'object' ? address.port : 0)
    })
  })
  return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
}
