import { expect, test } from 'bun:test'
import { and, eq } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { sha256Hex } from '#lib/token.ts'
import { invitesJobs } from '#platform/invites/jobs.ts'
import { invites } from '#platform/invites/tables.ts'
import { eventually } from '#test/jobs/context.ts'
import type { TestApp } from '#test/support/app.ts'
import { DEAD_PORT } from '#test/support/ports.ts'
import { type SmtpRefusal, startSmtp } from '#test/support/smtp.ts'
import { accept, auditOf, call, expire, inviteRow, newcomer, openOrg, relayOf, tokenOf } from './arrange.ts'

const GRACE = { email: 'grace@example.test', role: 'designer' }

/** Makes the back-off of a waiting job end now. */
async function hurry(app: TestApp): Promise<void> {
  await app.ctx.db.update(jobs).set({ runAt: app.ctx.clock.now() }).where(eq(jobs.state, 'waiting'))
}

async function mailJobs(app: TestApp) {
  return await app.ctx.db.select().from(jobs).where(eq(jobs.kind, 'invite.mail'))
}

test('the first mail goes through the queue and arrives with a link that works, whole on one line of its text', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: { ...relayOf(smtp), PUBLIC_URL: 'https://data.example.test' }, worker: true })
  const { app, admin } = org
  const { body } = await call(app, 'POST', '/api/invites', admin, GRACE)
  expect(body).toMatchObject({ mail_state: 'queued', mail_error: null })
  expect(body.accept_url).toBeUndefined()
  const [mail] = await smtp.received(1)
  expect([mail?.from, mail?.recipients]).toEqual(['team@example.test', [GRACE.email]])
  const lines = mail?.parsed.text?.split('\n') ?? []
  const link = lines.find((line) => line.startsWith('https://')) ?? ''
  expect(link).toMatch(/^https:\/\/data\.example\.test\/accept-invite\?token=[\w-]{43}$/)
  expect(mail?.source).toContain(`\r\n${link}\r\n`)
  expect(mail?.parsed.html).toContain(link)
  expect(mail?.parsed.subject).toContain(org.slug.toUpperCase())
  expect(mail?.parsed.text).toContain(admin.email.split('@')[0] ?? '?')
  const id = Number(body.id)
  await eventually(async () => (await inviteRow(app, id)).mailState === 'sent')
  expect((await inviteRow(app, id)).tokenHash).toBe(sha256Hex(tokenOf(link)))
  expect((await accept(app, newcomer(tokenOf(link)))).body).toMatchObject({ role: 'designer' })
})

test('the token is sealed while it waits in the queue, and erased when the job ends', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app } = org
  await call(app, 'POST', '/api/invites', org.admin, GRACE)
  const [waiting] = await mailJobs(app)
  expect(JSON.parse(waiting?.payload ?? '')).toEqual({ sealed: expect.stringMatching(/^v1\./) })
  await using _worker = startWorker(app.ctx, invitesJobs, { pollMs: 20 })
  const [mail] = await smtp.received(1)
  const token = tokenOf(/http\S+token=\S+/.exec(mail?.parsed.text ?? '')?.[0] ?? '')
  expect(waiting?.payload).not.toContain(token)
  await eventually(async () =>
    (await mailJobs(app)).every(({ state, payload }) => state === 'done' && payload === null),
  )
  expect(app.lines.join('\n')).not.toContain(token)
})

test("a mailbox that does not exist ends the tries at once: the row and the log show the server's words", async () => {
  const refusal = { code: 550, text: '5.1.1 <grace@example.test>: nobody here' }
  await using smtp = await startSmtp({ rejectRcpt: (address) => (address === GRACE.email ? refusal : undefined) })
  await using org = await openOrg({ env: relayOf(smtp), worker: true })
  const { app } = org
  const { body } = await call(app, 'POST', '/api/invites', org.admin, GRACE)
  const id = Number(body.id)
  await eventually(async () => (await inviteRow(app, id)).mailState === 'failed')
  const row = await inviteRow(app, id)
  expect(row.mailError).toContain('550')
  expect(row.mailError).toContain(refusal.text)
  expect(row.state).toBe('pending')
  await eventually(async () => (await mailJobs(app))[0]?.state === 'failed')
  const [job] = await mailJobs(app)
  expect(job).toMatchObject({ attempts: 1, payload: null })
  expect((await auditOf(app, org.orgId)).at(-1)).toEqual({
    action: 'invite.mail_failed',
    by: job?.id ?? '?',
    detail: { invite_id: id, email: GRACE.email, error: row.mailError },
  })
  const other = await call(app, 'POST', '/api/invites', org.admin, { email: 'ok@example.test', role: 'viewer' })
  await eventually(async () => (await inviteRow(app, Number(other.body.id))).mailState === 'sent')
})

test('a server that is busy is tried again: meanwhile the row shows its words, and then that the mail went', async () => {
  let refusal: SmtpRefusal | undefined = { code: 451, text: '4.7.1 Come back in a minute' }
  await using smtp = await startSmtp({ rejectRcpt: () => refusal })
  await using org = await openOrg({ env: relayOf(smtp), worker: true })
  const { app } = org
  const { body } = await call(app, 'POST', '/api/invites', org.admin, GRACE)
  const id = Number(body.id)
  await eventually(async () => (await inviteRow(app, id)).mailError !== null)
  expect(await inviteRow(app, id)).toMatchObject({
    mailState: 'queued',
    mailError: expect.stringContaining(refusal.text),
  })
  const shown = await call(app, 'GET', '/api/invites', org.admin)
  expect(JSON.stringify(shown.body)).toContain(refusal.text)
  expect((await auditOf(app, org.orgId)).map(({ action }) => action)).toEqual(['invite.created'])
  await eventually(async () => (await mailJobs(app))[0]?.state === 'waiting')
  refusal = undefined
  await hurry(app)
  await eventually(async () => (await inviteRow(app, id)).mailState === 'sent')
  expect((await inviteRow(app, id)).mailError).toBeNull()
  expect(smtp.mails).toHaveLength(1)
})

test('a relay that does not answer is given up after the last try, once', async () => {
  await using org = await openOrg({ env: relayOf({ host: '127.0.0.1', port: DEAD_PORT }) })
  const { app } = org
  const { body } = await call(app, 'POST', '/api/invites', org.admin, GRACE)
  await app.ctx.db.update(jobs).set({ attempts: 11 }).where(eq(jobs.kind, 'invite.mail'))
  await using _worker = startWorker(app.ctx, invitesJobs, { pollMs: 20 })
  await eventually(async () => (await inviteRow(app, Number(body.id))).mailState === 'failed')
  expect((await inviteRow(app, Number(body.id))).mailError).toMatch(/ECONNREFUSED|connect/i)
  await eventually(async () => (await mailJobs(app))[0]?.state === 'failed')
  const failed = (await auditOf(app, org.orgId)).filter(({ action }) => action === 'invite.mail_failed')
  expect(failed).toHaveLength(1)
})

for (const [what, change] of [
  ['revoked', async ({ app, admin }, id) => call(app, 'POST', `/api/invites/${id}/revoke`, admin)],
  ['expired', async ({ app }, id) => expire(app, id)],
  ['sent again', async ({ app, admin }, id) => call(app, 'POST', `/api/invites/${id}/resend`, admin)],
] as [string, (org: Awaited<ReturnType<typeof openOrg>>, id: number) => Promise<unknown>][]) {
  test(`the mail of an invitation that was ${what} before its turn is not sent`, async () => {
    await using smtp = await startSmtp()
    await using org = await openOrg({ env: relayOf(smtp) })
    const { app } = org
    const { body } = await call(app, 'POST', '/api/invites', org.admin, GRACE)
    await change(org, Number(body.id))
    const sentBefore = smtp.mails.length
    await hurry(app)
    await using _worker = startWorker(app.ctx, invitesJobs, { pollMs: 20 })
    await eventually(async () => (await mailJobs(app)).every(({ state }) => state === 'done'))
    expect(smtp.mails).toHaveLength(sentBefore)
    await call(app, 'POST', '/api/invites', org.admin, { email: 'control@example.test', role: 'viewer' })
    await smtp.received(sentBefore + 1)
    expect(smtp.mails.at(-1)?.recipients).toEqual(['control@example.test'])
  })
}

test('the mail of a link that a resend replaced is not sent, while the mail of the new one still is', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const { body } = await call(app, 'POST', '/api/invites', admin, GRACE)
  await call(app, 'POST', `/api/invites/${body.id}/resend`, admin)
  // As if the process had died before it knew how its own try had ended.
  await app.ctx.db.update(invites).set({ mailState: 'queued' })
  await hurry(app)
  await using _worker = startWorker(app.ctx, invitesJobs, { pollMs: 20 })
  await eventually(async () => (await mailJobs(app)).every(({ state }) => state === 'done'))
  expect(smtp.mails).toHaveLength(2)
  const { tokenHash } = await inviteRow(app, Number(body.id))
  const tokens = smtp.mails.map(({ parsed }) => tokenOf(/http\S+token=\S+/.exec(parsed.text ?? '')?.[0] ?? ''))
  expect(tokens.map(sha256Hex)).toEqual([tokenHash, tokenHash])
})

test('an invitation whose transaction fails sends nothing', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp), worker: true })
  const { app } = org
  await call(app, 'POST', '/api/invites', org.admin, GRACE)
  await smtp.received(1)
  const again = await call(app, 'POST', '/api/invites', org.admin, GRACE)
  expect(again.body.error).toBe('already_invited')
  await Bun.sleep(100)
  expect(smtp.mails).toHaveLength(1)
  expect(await mailJobs(app)).toHaveLength(1)
})

test('names with line breaks add neither a header nor a recipient', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp), worker: true })
  const { app, admin } = org
  await call(app, 'PATCH', '/api/me', admin, { name: 'Ada\r\nBcc: eve@example.test' })
  await call(app, 'POST', '/api/invites', admin, GRACE)
  const [mail] = await smtp.received(1)
  expect(mail?.recipients).toEqual([GRACE.email])
  expect(mail?.parsed.headers.has('bcc')).toBe(false)
  expect(mail?.parsed.subject).toContain('Ada Bcc: eve@example.test')
  expect(await app.ctx.db.$count(invites, and(eq(invites.email, GRACE.email)))).toBe(1)
})
