import { expect, test } from 'bun:test'
import { auditOf, relayOf } from '#test/invites/arrange.ts'
import { open, submit } from '#test/members/visit.ts'
import { makePerson } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { AUTH, bodyFor, HOST, openSmtpOrg, PASSWORD, setRelay, spoilPassword, storedRow } from './arrange.ts'

function formFor(port: number, changed: Record<string, string> = {}): Record<string, string> {
  return {
    ...{ host: HOST, port: String(port), tls: 'none', username: 'relay', password: PASSWORD, from: 'team@acme.test' },
    ...changed,
  }
}

test('the page says where mail goes: nowhere, by the platform, or by the org’s own server', async () => {
  await using none = await openSmtpOrg()
  expect((await open(none.app, '/smtp', { person: none.admin })).html).toContain('No mail server')
  await using org = await openSmtpOrg({ env: relayOf({ host: '127.0.0.1', port: 2525 }) })
  const { app, admin: person } = org
  const name = org.slug.toUpperCase()
  const before = (await open(app, '/smtp', { person })).html
  expect(before).toContain('The platform’s mail server')
  expect(before).toContain(`From: ${name} via Honeyframe &lt;team@example.test&gt;`)
  expect(before).not.toContain('Test mail')
  await setRelay(app, person, bodyFor({ port: 2525 }, { from: 'Data <d@acme.test>' }))
  const after = (await open(app, '/smtp', { person })).html
  expect(after).toContain('Your own mail server')
  expect(after).toContain(`${HOST}:2525, not encrypted`)
  expect(after).toContain(`From: ${name} via Data &lt;d@acme.test&gt;`)
  expect(after).toContain('Send test mail')
  expect(after).not.toContain(PASSWORD)
})

test('a mail server is saved, tried and removed by forms alone', async () => {
  await using smtp = await startSmtp({ auth: AUTH })
  await using org = await openSmtpOrg()
  const { app, admin: person, orgId } = org
  const saved = await submit(app, '/smtp', formFor(smtp.port), { person })
  expect([saved.status, saved.location]).toEqual([303, '/smtp'])
  expect(saved.toast).toContain('The mail server is saved.')
  const tried = await submit(app, '/smtp/test', { to: 'grace@example.test' }, { person })
  expect([tried.status, tried.html.includes('The server took the mail to grace@example.test')]).toEqual([200, true])
  expect(tried.html).toContain('250 ')
  expect((await smtp.received(1))[0]?.recipients).toEqual(['grace@example.test'])
  expect((await open(app, '/smtp', { person })).html).toContain(`Remove the mail server ${HOST}?`)
  const removed = await submit(app, '/smtp/remove', {}, { person })
  expect([removed.status, removed.location, removed.toast]).toEqual([303, '/smtp', 'The mail server is removed.'])
  expect(await storedRow(app, orgId)).toBeUndefined()
  const actions = (await auditOf(app, orgId)).map(({ action }) => action)
  expect(actions.slice(-3)).toEqual(['smtp.updated', 'smtp.tested', 'smtp.removed'])
})

test('a refused form comes back as it was typed, without the password, whole or in part, and saves nothing', async () => {
  await using org = await openSmtpOrg()
  const { app, admin: person, orgId } = org
  const wrong = await submit(app, '/smtp', formFor(2525, { from: '"><i id=x>', port: '99999' }), { person })
  expect([wrong.status, wrong.html.includes('A port is a number from 1 to 65535.')]).toEqual([422, true])
  expect(wrong.html).toContain(`value="${HOST}"`)
  expect(wrong.html).not.toContain('"><i id=x>')
  const partial = await submit(app, '/smtp', formFor(2525, { password: '' }), { person, isPartial: true })
  expect([partial.status, partial.html.includes('The first time the password is needed.')]).toEqual([422, true])
  expect(partial.html).not.toContain('<html')
  for (const { html } of [wrong, partial]) expect(html).not.toContain(PASSWORD)
  for (const tls of ['', 'ssl']) {
    expect((await submit(app, '/smtp', formFor(2525, { tls }), { person })).html).toContain('Choose STARTTLS')
  }
  expect(await storedRow(app, orgId)).toBeUndefined()
})

test('the words of a server that refuses stand on the page as text, with the form as it was', async () => {
  const words = '5.7.1 </p><script>alert(1)</script> no'
  await using smtp = await startSmtp({ auth: AUTH, rejectRcpt: () => ({ code: 550, text: words }) })
  await using org = await openSmtpOrg()
  const { app, admin: person } = org
  await setRelay(app, person, bodyFor(smtp))
  for (const isPartial of [false, true]) {
    const { status, html } = await submit(app, '/smtp/test', { to: 'x@y.test' }, { person, isPartial })
    expect([status, html.includes('The mail was not sent')]).toEqual([200, true])
    expect(html).toContain('550 5.7.1 &lt;/p&gt;&lt;script&gt;')
    expect(html).not.toContain('<script>alert')
    expect(html).toContain('value="x@y.test"')
  }
  const wrong = await submit(app, '/smtp/test', { to: 'nobody' }, { person })
  expect([wrong.status, wrong.html.includes('This is not an e-mail address.')]).toEqual([422, true])
})

test('a password that cannot be read is told, and a test says what to do', async () => {
  await using org = await openSmtpOrg()
  const { app, admin: person, orgId } = org
  await setRelay(app, person, bodyFor({ port: 2525 }))
  await spoilPassword(app, orgId)
  expect((await open(app, '/smtp', { person })).html).toContain('The stored password cannot be read')
  const tried = await submit(app, '/smtp/test', { to: 'x@y.test' }, { person })
  expect([tried.status, tried.html.includes('Enter it again.')]).toEqual([409, true])
})

test('whoever may not change it sees neither page nor entry', async () => {
  await using org = await openSmtpOrg()
  const { app, orgId, admin } = org
  const viewer = await makePerson(app, orgId, 'viewer')
  expect((await open(app, '/smtp', { person: viewer })).status).toBe(403)
  expect((await submit(app, '/smtp', formFor(2525), { person: viewer })).status).toBe(403)
  expect((await open(app, '/account', { person: viewer })).html).not.toContain('href="/smtp"')
  expect((await open(app, '/account', { person: admin })).html).toContain('href="/smtp"')
})
