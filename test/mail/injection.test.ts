import { expect, test } from 'bun:test'
import { createMail, type OutgoingMail } from '#core/mail/mail.ts'
import { systemClock } from '#lib/clock.ts'
import { createLog } from '#lib/log.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { orgsNamed } from './orgs.ts'

const HEADERS = ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to']
const PLAIN = { orgName: 'Acme', inviterName: 'Ada', messageId: 'job-1', from: 'Honeyframe <no-reply@example.com>' }

function inviteWith(words: typeof PLAIN): OutgoingMail {
  return {
    template: 'invite',
    props: {
      orgName: words.orgName,
      inviterName: words.inviterName,
      role: 'viewer',
      acceptUrl: 'https://data.example.com/accept-invite?token=abc',
      expiresAt: new Date('2026-03-08T09:30:00Z'),
    },
    to: 'grace@example.org',
    messageId: words.messageId,
    orgId: 1,
  }
}

async function sent(words: typeof PLAIN) {
  await using peer = await startSmtp()
  const log = createLog({ level: 'error', write: () => {}, clock: systemClock })
  const relay = { host: peer.host, port: peer.port, tls: 'none', from: words.from } as const
  const orgs = orgsNamed(words.orgName)
  await createMail({ relay, orgs, publicUrl: 'https://data.example.com', log }).send(inviteWith(words))
  const [mail] = await peer.received(1)
  if (!mail) throw new Error('no mail')
  return { ...mail, headers: [...mail.parsed.headers.keys()].toSorted(), count: peer.mails.length }
}

const ATTACKS = [
  'x\r\nBcc: mallory@example.net',
  'x\nBcc: mallory@example.net\n\nbody',
  'x\rBcc: mallory@example.net',
  'x\r\n\r\n<b>body</b>',
  'x\u2028Bcc: mallory@example.net',
  'x\u0085Bcc: mallory@example.net',
  'x" <mallory@example.net>, "y',
  'mallory@example.net, x',
  'x <mallory@example.net>',
  '=?utf-8?Q?x=0D=0ABcc:_mallory@example.net?=',
  'x\r\n.\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<mallory@example.net>\r\nDATA\r\nhello',
  'x\0y',
]

test('the control: a plain mail has these headers and this one recipient', async () => {
  const mail = await sent(PLAIN)
  expect(mail.headers).toEqual(HEADERS)
  expect(mail.recipients).toEqual(['grace@example.org'])
  expect(mail.parsed.subject).toBe('Ada invites you to Acme')
})

for (const field of ['orgName', 'inviterName', 'messageId'] as const) {
  for (const attack of ATTACKS) {
    test(`no header and no recipient comes out of ${field} ${JSON.stringify(attack)}`, async () => {
      const mail = await sent({ ...PLAIN, [field]: attack })
      expect(mail.headers).toEqual(HEADERS)
      expect(mail.recipients).toEqual(['grace@example.org'])
      expect(mail.from).toBe('no-reply@example.com')
      expect(mail.count).toBe(1)
      const { from, to } = mail.parsed
      expect(from?.value.map(({ address }) => address)).toEqual(['no-reply@example.com'])
      expect([to].flat().flatMap((list) => list?.value.map(({ address }) => address))).toEqual(['grace@example.org'])
      expect(mail.parsed.text).toContain('https://data.example.com/accept-invite?token=abc')
    })
  }
}

for (const to of [
  'grace@example.org\r\nRCPT TO:<mallory@example.net>',
  'grace@example.org, mallory@example.net',
  'grace@example.org>\r\nRCPT TO:<mallory@example.net',
  '"grace@example.org,mallory@example.net"@example.org',
  'Grace <grace@example.org>',
  '',
]) {
  test(`nothing is sent to ${JSON.stringify(to)}`, async () => {
    await using peer = await startSmtp()
    const log = createLog({ level: 'error', write: () => {}, clock: systemClock })
    const relay = { host: peer.host, port: peer.port, tls: 'none', from: PLAIN.from } as const
    const mail = createMail({ relay, orgs: orgsNamed('Acme'), publicUrl: 'https://data.example.com', log })
    const sending = mail.send({ ...inviteWith(PLAIN), to })
    await expect(sending).rejects.toMatchObject({ code: 'mail_address_invalid', facts: { permanent: true } })
    expect(peer.mails).toHaveLength(0)
    await mail.send(inviteWith(PLAIN))
    expect((await peer.received(1))[0]?.recipients).toEqual(['grace@example.org'])
  })
}
