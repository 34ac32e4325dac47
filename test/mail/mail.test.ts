import { expect, test } from 'bun:test'
import { createServer, type Socket } from 'node:net'
import type { AppError } from '#core/errors.ts'
import { createMail, type OutgoingMail, type Relay } from '#core/mail/mail.ts'
import { systemClock } from '#lib/clock.ts'
import { createLog } from '#lib/log.ts'
import { makeCertificate } from '#test/support/certificates.ts'
import { DEAD_PORT } from '#test/support/ports.ts'
import { type SmtpPeer, startSmtp } from '#test/support/smtp.ts'
import { orgsNamed } from './orgs.ts'

const certificate = await makeCertificate()
const AUTH = { username: 'relay', password: 'canary-pass-word' }
const TOKEN = 'x'.repeat(43)
const ACCEPT_URL = `https://data.example.com/accept-invite?token=${TOKEN}`
const MESSAGE_ID = '0195e2a0-0000-7000-8000-000000000001'

const INVITE = inviteTo('Acme')

function inviteTo(orgName: string): OutgoingMail {
  const expiresAt = new Date('2026-03-08T09:30:00Z')
  return {
    template: 'invite',
    props: { orgName, inviterName: 'Ada', role: 'analyst', acceptUrl: ACCEPT_URL, expiresAt },
    to: 'grace@example.org',
    messageId: MESSAGE_ID,
    orgId: 1,
  }
}

function mailTo(peer: { port: number }, rest: Partial<Relay> = {}, lines: string[] = [], orgName = 'Acme') {
  const log = createLog({ level: 'debug', write: (line) => void lines.push(line), clock: systemClock })
  const relay = { host: '127.0.0.1', port: peer.port, tls: 'none', from: 'no-reply@example.com', ...rest } as const
  return createMail({ relay, orgs: orgsNamed(orgName), publicUrl: 'https://data.example.com', log })
}

async function failureOf(sending: Promise<unknown>): Promise<AppError> {
  return sending.then(
    () => Promise.reject(new Error('it was sent')),
    (error) => error,
  )
}

async function only(peer: SmtpPeer) {
  const [mail] = await peer.received(1)
  if (!mail) throw new Error('no mail')
  return mail
}

test('an invite arrives whole: both parts, its link, the org as sender, the envelope', async () => {
  await using peer = await startSmtp()
  const { response } = await mailTo(peer, { from: 'Data House <no-reply@example.com>' }).send(INVITE)
  const mail = await only(peer)
  expect(response).toStartWith('250')
  expect(mail).toMatchObject({ from: 'no-reply@example.com', recipients: ['grace@example.org'] })
  expect(mail.greetedAs).toBe('data.example.com')
  expect(mail.parsed.from?.value).toEqual([{ name: 'Acme via Data House', address: 'no-reply@example.com' }])
  expect(mail.parsed.subject).toBe('Ada invites you to Acme')
  expect(mail.parsed.html).toContain(ACCEPT_URL)
  expect(mail.parsed.text).toContain('2026-03-08 09:30 UTC')
  expect(mail.parsed.headers.get('auto-submitted')).toBe('auto-generated')
})

test('a password reset arrives with its link', async () => {
  await using peer = await startSmtp()
  const resetUrl = `https://data.example.com/reset-password?token=${TOKEN}`
  const props = { resetUrl, expiresAt: new Date('2026-03-01T10:30:00Z') }
  await mailTo(peer).send({ template: 'password-reset', props, to: 'grace@example.org', messageId: MESSAGE_ID })
  const mail = await only(peer)
  expect(mail.parsed.text?.split('\n')).toContain(resetUrl)
  expect(mail.parsed.from?.value).toEqual([{ name: 'Honeyframe', address: 'no-reply@example.com' }])
})

for (const orgName of ['Acme', 'Übergröße ☕ 株式会社']) {
  test(`each link of the text part is whole on one line, in a mail of ${orgName}`, async () => {
    await using peer = await startSmtp()
    await mailTo(peer, {}, [], orgName).send(inviteTo(orgName))
    const mail = await only(peer)
    expect(mail.parsed.text?.split(/\r?\n/)).toContain(ACCEPT_URL)
    expect(mail.parsed.text).toContain(orgName)
    expect(mail.parsed.from?.value[0]?.name).toBe(`${orgName} via Honeyframe`)
  })
}

test('in a mail of plain ASCII the link is whole even in the source', async () => {
  await using peer = await startSmtp()
  await mailTo(peer).send(INVITE)
  const mail = await only(peer)
  expect(mail.source.split('\r\n')).toContain(ACCEPT_URL)
})

test('the Message-ID is made of the job and our host, and is the same at every try', async () => {
  await using peer = await startSmtp()
  const mail = mailTo(peer)
  await mail.send(INVITE)
  await mail.send(INVITE)
  const ids = (await peer.received(2)).map(({ parsed }) => parsed.messageId)
  expect(ids).toEqual([`<${MESSAGE_ID}@data.example.com>`, `<${MESSAGE_ID}@data.example.com>`])
})

test('STARTTLS is used, and signing in comes after it', async () => {
  await using peer = await startSmtp({ tls: 'starttls', certificate, auth: AUTH })
  await mailTo(peer, { ...AUTH, tls: 'starttls', ca: certificate.cert }).send(INVITE)
  expect(await only(peer)).toMatchObject({ wasEncrypted: true, username: 'relay' })
})

test('a relay that does not offer STARTTLS gets nothing', async () => {
  await using peer = await startSmtp({ tls: 'none', auth: AUTH })
  const error = await failureOf(mailTo(peer, { ...AUTH, tls: 'starttls' }).send(INVITE))
  expect(error).toMatchObject({ kind: 'upstream', code: 'mail_failed', facts: { permanent: false } })
  expect(peer.mails).toHaveLength(0)
  await mailTo(peer, { ...AUTH, tls: 'none' }).send(INVITE)
  expect(await only(peer)).toMatchObject({ wasEncrypted: false })
})

test('implicit TLS is spoken from the first byte', async () => {
  await using peer = await startSmtp({ tls: 'tls', certificate, auth: AUTH })
  await mailTo(peer, { ...AUTH, tls: 'tls', ca: certificate.cert }).send(INVITE)
  expect(await only(peer)).toMatchObject({ wasEncrypted: true, username: 'relay' })
})

for (const tls of ['starttls', 'tls'] as const) {
  test(`a certificate nobody vouches for is refused (${tls}), and one for another name too`, async () => {
    await using peer = await startSmtp({ tls, certificate })
    const strange = await failureOf(mailTo(peer, { tls }).send(INVITE))
    expect(strange).toMatchObject({ code: 'mail_failed', facts: { permanent: false } })
    const elsewhere = await makeCertificate(['mail.example.org'])
    await using misnamed = await startSmtp({ tls, certificate: elsewhere })
    const wrongName = await failureOf(mailTo(misnamed, { tls, ca: elsewhere.cert }).send(INVITE))
    expect(wrongName).toMatchObject({ code: 'mail_failed' })
    expect(peer.mails.length + misnamed.mails.length).toBe(0)
    await mailTo(peer, { tls, ca: certificate.cert }).send(INVITE)
    expect(await only(peer)).toMatchObject({ wasEncrypted: true })
  })
}

test('a wrong password is told in the words of the server, and is permanent', async () => {
  await using peer = await startSmtp({ tls: 'starttls', certificate, auth: AUTH })
  const wrong = { username: 'relay', password: 'another-canary', tls: 'starttls', ca: certificate.cert } as const
  const lines: string[] = []
  const error = await failureOf(mailTo(peer, wrong, lines).send(INVITE))
  expect(error.facts).toEqual({ detail: expect.stringContaining('535 5.7.8'), permanent: true })
  expect(error.message).toContain('credentials invalid')
  expect(`${error.message}${JSON.stringify(error.facts)}${lines.join('')}`).not.toContain('another-canary')
  expect(peer.mails).toHaveLength(0)
})

const REFUSALS = [
  { code: 550, text: '5.1.1 No such user here', permanent: true },
  { code: 552, text: '5.2.2 Mailbox full', permanent: true },
  { code: 450, text: '4.2.1 Try again later', permanent: false },
  { code: 421, text: '4.3.2 Shutting down', permanent: false },
]

for (const { code, text, permanent } of REFUSALS) {
  test(`a recipient refused with ${code} is ${permanent ? 'not ' : ''}tried again`, async () => {
    const refusals = new Map([['grace@example.org', { code, text }]])
    await using peer = await startSmtp({ rejectRcpt: (address) => refusals.get(address) })
    const error = await failureOf(mailTo(peer).send(INVITE))
    expect(error).toMatchObject({ kind: 'upstream', code: 'mail_failed', facts: { permanent } })
    expect(error.facts.detail).toContain(`${code} ${text}`)
    refusals.clear()
    await mailTo(peer).send(INVITE)
    expect(peer.mails).toHaveLength(1)
  })
}

test('a message refused after it was sent is a failure with the words of the server', async () => {
  await using peer = await startSmtp({ rejectData: () => ({ code: 554, text: '5.7.1 Looks like\u0007 spam' }) })
  const error = await failureOf(mailTo(peer).send(INVITE))
  expect(error.facts).toMatchObject({ permanent: true })
  expect(error.message).toContain('554 5.7.1 Looks like spam')
})

test('a port where nobody listens is a failure that may pass', async () => {
  const error = await failureOf(mailTo({ port: DEAD_PORT }).send(INVITE))
  expect(error).toMatchObject({ kind: 'upstream', code: 'mail_failed', facts: { permanent: false } })
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
  const error = await failureOf(mailTo({ port }).send({ ...INVITE, timeoutMs: 200 }))
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  expect(error).toMatchObject({ message: 'The mail server took too long.', facts: { permanent: false } })
  for (const socket of sockets) socket.destroy()
  silent.close()
})

test('without a relay nothing is configured, and sending is refused for good', async () => {
  const log = createLog({ level: 'error', write: () => {}, clock: systemClock })
  const mail = createMail({ orgs: orgsNamed('Acme'), publicUrl: 'http://localhost:8000', log })
  expect([mail.hasPlatformRelay, await mail.isConfigured(1), await mail.isConfigured(undefined)]).toEqual([
    ...[false, false, false],
  ])
  expect(await failureOf(mail.send(INVITE))).toMatchObject({ code: 'mail_not_configured', facts: { permanent: true } })
})

test('a sender that is no address is refused at once, naming the variable', () => {
  expect(() => mailTo({ port: 25 }, { from: 'nobody' })).toThrow('SMTP_FROM')
  expect(() => mailTo({ port: 25 }, { from: 'A <a@b.c>, B <b@b.c>' })).toThrow('SMTP_FROM')
})
