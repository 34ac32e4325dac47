import { expect, test } from 'bun:test'
import { createServer, type Socket } from 'node:net'
import { AppError } from '#core/errors.ts'
import { createMail, type OrgMails, type OutgoingMail } from '#core/mail/mail.ts'
import type { StoredRelay } from '#core/mail/org-mail.ts'
import { systemClock } from '#lib/clock.ts'
import { createLog } from '#lib/log.ts'
import { makeCertificate } from '#test/support/certificates.ts'
import { startListener } from '#test/support/listener.ts'
import { DEAD_PORT } from '#test/support/ports.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { orgsNamed } from './orgs.ts'

const NAME = 'mail.acme.test'
const PASSWORD = 'canary-own-password'
const AUTH = { username: 'relay', password: PASSWORD }
const ours = await makeCertificate([NAME])
const URL_ROOT = 'https://data.example.com'

const MAIL: OutgoingMail = {
  template: 'password-reset',
  props: { resetUrl: `${URL_ROOT}/reset-password?token=abc`, expiresAt: new Date('2026-03-01T10:30:00Z') },
  to: 'grace@example.org',
  messageId: '0195e2a0-0000-7000-8000-000000000001',
  orgId: 1,
}

function relayAt(port: number, rest: Partial<StoredRelay> = {}): StoredRelay {
  return {
    ...{ host: NAME, port, tls: 'none', username: 'relay', from: 'team@acme.test', openPassword: () => PASSWORD },
    ...rest,
  }
}

function mailBy(orgs: OrgMails, platform?: { port: number }, lines: string[] = []) {
  const log = createLog({ level: 'debug', write: (line) => void lines.push(line), clock: systemClock })
  const relay = platform && { host: '127.0.0.1', port: platform.port, tls: 'none' as const, from: 'p@house.test' }
  return createMail({ relay, orgs, publicUrl: URL_ROOT, log })
}

async function failureOf(sending: Promise<unknown>): Promise<AppError> {
  const error = await sending.then(
    () => undefined,
    (refusal) => refusal,
  )
  if (error instanceof AppError) return error
  throw new Error(`no refusal: ${String(error)}`)
}

test('an org’s own relay carries its mail, from its own sender, with its name before the subject', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using platform = await startSmtp()
  const mail = mailBy(orgsNamed('Acme', { relay: relayAt(own.port) }), platform)
  const { response } = await mail.send(MAIL)
  const [received] = await own.received(1)
  expect(response).toStartWith('250')
  expect(received).toMatchObject({ from: 'team@acme.test', recipients: ['grace@example.org'], username: 'relay' })
  expect(received?.parsed.from?.value).toEqual([{ name: 'Acme', address: 'team@acme.test' }])
  expect(received?.parsed.subject).toBe('Acme: Choose a new Honeyframe password')
  expect(platform.mails).toHaveLength(0)
  await mail.send({ ...MAIL, orgId: undefined })
  expect((await platform.received(1))[0]?.parsed.from?.value).toEqual([{ name: 'Honeyframe', address: 'p@house.test' }])
  expect(own.mails).toHaveLength(1)
})

for (const [from, shown] of [
  ['Data Team <team@acme.test>', 'Acme via Data Team'],
  ['Acme Data Team <team@acme.test>', 'Acme Data Team'],
  ['"Acme" <team@acme.test>', 'Acme'],
] as const) {
  test(`a sender that is ${from} is seen as ${shown}`, async () => {
    await using own = await startSmtp({ auth: AUTH })
    await mailBy(orgsNamed('Acme', { relay: relayAt(own.port, { from }) })).send(MAIL)
    expect((await own.received(1))[0]?.parsed.from?.value).toEqual([{ name: shown, address: 'team@acme.test' }])
  })
}

for (const tls of ['starttls', 'tls'] as const) {
  test(`the certificate is checked against the name, though the vetted address is what is connected to (${tls})`, async () => {
    await using own = await startSmtp({ tls, certificate: ours, auth: AUTH })
    const relay = relayAt(own.port, { tls })
    await mailBy(orgsNamed('Acme', { relay, ca: ours.cert })).send(MAIL)
    expect((await own.received(1))[0]).toMatchObject({ wasEncrypted: true, username: 'relay' })

    const untrusted = await failureOf(mailBy(orgsNamed('Acme', { relay })).send(MAIL))
    expect(untrusted).toMatchObject({ kind: 'upstream', code: 'mail_failed', facts: { permanent: false } })
    expect(untrusted.message).toMatch(/certificate/i)
    const other = { relay: { ...relay, host: 'mail.elsewhere.test' }, ca: ours.cert }
    expect((await failureOf(mailBy(orgsNamed('Acme', other)).send(MAIL))).message).toMatch(/certificate/i)
    expect(own.mails).toHaveLength(1)
  })
}

test('a relay without the encryption asked for gets neither password nor mail', async () => {
  await using plain = await startSmtp({ auth: AUTH })
  for (const tls of ['starttls', 'tls'] as const) {
    const side = { relay: relayAt(plain.port, { tls }), ca: ours.cert }
    expect(await failureOf(mailBy(orgsNamed('Acme', side)).send(MAIL))).toMatchObject({ code: 'mail_failed' })
  }
  expect(plain.mails).toHaveLength(0)
  await mailBy(orgsNamed('Acme', { relay: relayAt(plain.port) })).send(MAIL)
  expect((await plain.received(1))[0]).toMatchObject({ wasEncrypted: false })
})

test('a host that is closed to tenants is never connected to, by name or by address', async () => {
  await using inside = await startListener({ host: '127.0.0.2' })
  await using own = await startSmtp({ auth: AUTH })
  const relay = relayAt(inside.port)
  for (const side of [
    { relay, addresses: ['127.0.0.2'] },
    { relay, addresses: ['127.0.0.1', '127.0.0.2'] },
    { relay: { ...relay, host: '127.0.0.2' } },
    { relay: { ...relay, host: '::ffff:127.0.0.2' } },
  ]) {
    const refusal = await failureOf(mailBy(orgsNamed('Acme', side)).send(MAIL))
    expect(refusal).toMatchObject({ kind: 'invalid', code: 'egress_refused' })
    expect(refusal.message).not.toContain('127.0.0')
  }
  expect(inside.counts.connections).toBe(0)
  await mailBy(orgsNamed('Acme', { relay: relayAt(own.port) })).send(MAIL)
  expect(own.mails).toHaveLength(1)
})

test('a password that cannot be read stops the mail: it never goes by the platform', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using platform = await startSmtp()
  const openPassword = () => {
    throw new AppError('conflict', 'secret_unreadable', 'The stored password cannot be read.')
  }
  const mail = mailBy(orgsNamed('Acme', { relay: relayAt(own.port, { openPassword }) }), platform)
  expect(await failureOf(mail.send(MAIL))).toMatchObject({ code: 'secret_unreadable' })
  expect(own.mails.length + platform.mails.length).toBe(0)
})

test('a relay that refuses or is gone stops the mail, too', async () => {
  await using platform = await startSmtp()
  await using strict = await startSmtp({ auth: { ...AUTH, password: 'another' } })
  const wrong = await failureOf(mailBy(orgsNamed('Acme', { relay: relayAt(strict.port) }), platform).send(MAIL))
  expect(wrong).toMatchObject({ code: 'mail_failed', facts: { permanent: true } })
  expect(wrong.facts.detail).toContain('535 5.7.8')
  const dead = await failureOf(mailBy(orgsNamed('Acme', { relay: relayAt(DEAD_PORT) }), platform).send(MAIL))
  expect(dead).toMatchObject({ kind: 'upstream', code: 'mail_failed', facts: { permanent: false } })
  expect(dead.message).not.toContain('127.0.0.1')
  expect(platform.mails).toHaveLength(0)
})

test('a server that never says a word is left after the time allowed', async () => {
  const sockets: Socket[] = []
  const silent = createServer((socket) => void sockets.push(socket))
  const port = await new Promise<number>((resolve) => {
    silent.listen(0, '127.0.0.1', () => {
      const address = silent.address()
      resolve(address && typeof address === 'object' ? address.port : 0)
    })
  })
  const startedAt = performance.now()
  const mail = mailBy(orgsNamed('Acme', { relay: relayAt(port) }))
  const error = await failureOf(mail.send({ ...MAIL, timeoutMs: 300 }))
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  expect(error).toMatchObject({ code: 'mail_failed', facts: { permanent: false } })
  expect(error.message).toBe('The mail server took too long.')
  for (const socket of sockets) socket.destroy()
  silent.close()
})

for (const echo of [
  PASSWORD,
  Buffer.from(PASSWORD).toString('base64'),
  Buffer.from(`\0relay\0${PASSWORD}`).toString('base64'),
  `${'x'.repeat(285)} ${PASSWORD}`,
]) {
  test(`a server that repeats the password is heard without it: ${echo.slice(0, 20)}`, async () => {
    await using own = await startSmtp({ auth: AUTH, rejectData: () => ({ code: 554, text: `No: ${echo}` }) })
    const lines: string[] = []
    const error = await failureOf(mailBy(orgsNamed('Acme', { relay: relayAt(own.port) }), undefined, lines).send(MAIL))
    expect(error.message).toStartWith('554 No:')
    const told = `${error.message}${JSON.stringify(error.facts)}${lines.join('')}`
    expect(told).not.toContain(echo)
    expect(told).not.toContain('canary')
  })
}

test('an org that is gone gets no mail', async () => {
  await using platform = await startSmtp()
  const orgs = { ...orgsNamed('Acme'), find: async () => undefined }
  expect(await failureOf(mailBy(orgs, platform).send(MAIL))).toMatchObject({
    ...{ code: 'mail_not_configured', facts: { permanent: true } },
  })
  expect(platform.mails).toHaveLength(0)
})
