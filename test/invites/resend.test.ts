import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { DAY_MS } from '#lib/clock.ts'
import { invites } from '#platform/invites/tables.ts'
import { type SmtpRefusal, startSmtp } from '#test/support/smtp.ts'
import { accept, auditOf, call, inviteRow, newcomer, openOrg, relayOf, tokenOf } from './arrange.ts'

const GRACE = { email: 'grace@example.test', role: 'viewer' }

function linkIn(source: string | undefined): string {
  return /http:\/\/localhost:8000\/accept-invite\?token=[\w-]{43}/.exec(source ?? '')?.[0] ?? ''
}

test('a resend makes a new link for 7 more days, tries at once without the queue, and kills the old link', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const { body } = await call(app, 'POST', '/api/invites', admin, GRACE)
  const id = Number(body.id)
  expect(body).toMatchObject({ mail_state: 'queued' })
  expect(body.accept_url).toBeUndefined()
  const soon = new Date(app.ctx.clock.now().getTime() + DAY_MS)
  await app.ctx.db.update(invites).set({ expiresAt: soon }).where(eq(invites.id, id))
  const first = await call(app, 'POST', `/api/invites/${id}/resend`, admin)
  const second = await call(app, 'POST', `/api/invites/${id}/resend`, admin)
  for (const { status, body } of [first, second]) {
    expect([status, body.mail_state, body.mail_error, body.send_failed]).toEqual([200, 'sent', null, null])
    expect(body.accept_url).toBeUndefined()
  }
  expect(Date.parse(String(second.body.expires_at)) - app.ctx.clock.now().getTime()).toBeGreaterThan(6.9 * DAY_MS)
  const links = smtp.mails.map(({ parsed }) => linkIn(parsed.text))
  expect(new Set(links).size).toBe(2)
  expect((await accept(app, newcomer(tokenOf(links[0] ?? '')))).status).toBe(410)
  expect((await accept(app, newcomer(tokenOf(links[1] ?? '')))).status).toBe(201)
  const resent = (await auditOf(app, org.orgId)).filter(({ action }) => action === 'invite.resent')
  expect(resent).toHaveLength(2)
})

for (const [what, refusal] of [
  ['a mailbox that does not exist', { code: 550, text: '5.1.1 No such mailbox here' }],
  ['a server that is busy', { code: 451, text: '4.7.1 Greylisted, come back later' }],
] as [string, SmtpRefusal][]) {
  test(`a resend to ${what} tells the server's words at once, and the row keeps them`, async () => {
    let isRefused = true
    await using smtp = await startSmtp({ rejectRcpt: () => (isRefused ? refusal : undefined) })
    await using org = await openOrg({ env: relayOf(smtp) })
    const { app, admin } = org
    const { body } = await call(app, 'POST', '/api/invites', admin, GRACE)
    const failed = await call(app, 'POST', `/api/invites/${body.id}/resend`, admin)
    expect(failed.status).toBe(200)
    expect(failed.body).toMatchObject({ status: 'pending', mail_state: 'failed' })
    expect(failed.body.send_failed).toContain(refusal.text)
    expect(failed.body.mail_error).toBe(failed.body.send_failed)
    const line = (await auditOf(app, org.orgId)).at(-1)
    expect(line).toMatchObject({ action: 'invite.mail_failed', by: admin.email, detail: { email: GRACE.email } })
    isRefused = false
    const sent = await call(app, 'POST', `/api/invites/${body.id}/resend`, admin)
    expect(sent.body).toMatchObject({ mail_state: 'sent', mail_error: null, send_failed: null })
    expect((await accept(app, newcomer(tokenOf(linkIn(smtp.mails[0]?.parsed.text))))).status).toBe(201)
  })
}

test('a server that never answers costs 5 seconds, and holds up nobody meanwhile', async () => {
  const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
  await using org = await openOrg({ env: relayOf({ host: '127.0.0.1', port: silent.port }) })
  const { app, admin } = org
  const { body } = await call(app, 'POST', '/api/invites', admin, GRACE)
  const startedAt = performance.now()
  const resend = call(app, 'POST', `/api/invites/${body.id}/resend`, admin)
  await Bun.sleep(300)
  const other = await call(app, 'POST', '/api/invites', admin, { email: 'other@example.test', role: 'viewer' })
  expect([other.status, performance.now() - startedAt < 3_000]).toEqual([201, true])
  const { body: failed } = await resend
  expect(performance.now() - startedAt).toBeLessThan(7_000)
  expect(failed).toMatchObject({ mail_state: 'failed', send_failed: expect.stringContaining('too long') })
  silent.stop(true)
}, 20_000)

test('without a relay a resend shows the new link, once', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const { body } = await call(app, 'POST', '/api/invites', admin, GRACE)
  const { body: resent } = await call(app, 'POST', `/api/invites/${body.id}/resend`, admin)
  expect(resent).toMatchObject({ mail_state: 'link', send_failed: null })
  expect(resent.accept_url).not.toBe(body.accept_url)
  expect((await inviteRow(app, Number(body.id))).mailError).toBeNull()
  expect((await accept(app, newcomer(tokenOf(String(body.accept_url))))).status).toBe(410)
  expect((await accept(app, newcomer(tokenOf(String(resent.accept_url))))).status).toBe(201)
})

test('of many resends at once the last link is good and the others are gone', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const { body } = await call(app, 'POST', '/api/invites', admin, GRACE)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => call(app, 'POST', `/api/invites/${body.id}/resend`, admin)),
  )
  const tokens = answers.map(({ body }) => tokenOf(String(body.accept_url)))
  const looks = await Promise.all(tokens.map((token) => call(app, 'GET', `/api/invites/accept?token=${token}`)))
  expect(looks.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(looks.filter(({ status }) => status === 410)).toHaveLength(7)
})
