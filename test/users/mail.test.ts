import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { usersJobs } from '#platform/users/jobs.ts'
import { auditOf, call, openOrg, relayOf } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import { makeOrg, makePerson, type TestApp } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { dumpOf } from '#test/sweeps/tenant-rows.ts'
import { change, join, makeOperator, patch, reset, rowOf, signIn } from './arrange.ts'

const PASSWORD_LINE = /^[0-9a-z]{5}(?:-[0-9a-z]{5}){3}$/m

async function mailJobs(app: TestApp) {
  return await app.ctx.db.select().from(jobs).where(eq(jobs.kind, 'user.temporary-password-mail'))
}

function ended(app: TestApp, state: 'done' | 'failed') {
  return eventually(async () => {
    const found = await mailJobs(app)
    return found.length > 0 && found.every((job) => job.state === state && job.payload === null)
  })
}

test('with a relay the password is in the mail and nowhere else, beside the sign-in link on one line', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: { ...relayOf(smtp), PUBLIC_URL: 'https://data.example.test' } })
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer')
  await change(app, admin, { name: 'Ada\u2028https://elsewhere.test/login' })
  const { body } = await reset(app, admin, grace)
  expect(body).toEqual({ mailed: true, expires_at: expect.stringMatching(/Z$/) })
  const [waiting] = await mailJobs(app)
  expect(JSON.parse(waiting?.payload ?? '')).toEqual({ sealed: expect.stringMatching(/^v1\./) })
  const dumped = Object.values(await dumpOf(app)).join('\n')
  await using _worker = startWorker(app.ctx, usersJobs, { pollMs: 20 })
  const [mail] = await smtp.received(1)
  const lines = mail?.parsed.text?.split('\n') ?? []
  const password = PASSWORD_LINE.exec(mail?.parsed.text ?? '')?.[0] ?? ''
  expect(mail?.recipients).toEqual([grace.email])
  expect(lines.filter((line) => line.startsWith('https://'))).toEqual(['https://data.example.test/login'])
  expect([mail?.parsed.subject, mail?.parsed.html]).toEqual([
    `${org.slug.toUpperCase()}: Your temporary Honeyframe password`,
    expect.stringContaining(password),
  ])
  expect(mail?.parsed.text).toContain('UTC')
  await ended(app, 'done')
  for (const text of [dumped, ...Object.values(await dumpOf(app)), ...app.lines]) expect(text).not.toContain(password)
  expect((await signIn(app, grace.email, password)).body).toMatchObject({ must_reset_password: true })
})

test('a mail that came to be stale is not sent: a second reset, a password chosen since, a deactivated account', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const [twice, gone, late] = [
    await makePerson(app, org.orgId, 'viewer'),
    await makePerson(app, org.orgId, 'viewer'),
    await makePerson(app, org.orgId, 'viewer'),
  ]
  for (const person of [twice, twice, gone, late]) expect((await reset(app, admin, person)).status).toBe(200)
  await patch(app, admin, gone, { is_active: false })
  await patch(app, admin, gone, { is_active: true })
  await change(app, late, { passwordExpiresAt: app.ctx.clock.now() })
  await using _worker = startWorker(app.ctx, usersJobs, { pollMs: 20 })
  await ended(app, 'done')
  expect(smtp.mails.map(({ recipients }) => recipients)).toEqual([[twice.email]])
  const password = PASSWORD_LINE.exec(smtp.mails[0]?.parsed.text ?? '')?.[0] ?? ''
  expect((await signIn(app, twice.email, password)).status).toBe(200)
})

test('a mail that is given up leaves a password that is over, a line with the server’s words, and a way to repeat', async () => {
  let isFull = true
  await using smtp = await startSmtp({
    rejectRcpt: () => (isFull ? { code: 550, text: '5.1.1 no such mailbox' } : undefined),
  })
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer')
  await reset(app, admin, grace)
  await using _worker = startWorker(app.ctx, usersJobs, { pollMs: 20 })
  await ended(app, 'failed')
  const { passwordExpiresAt, mustResetPassword } = await rowOf(app, grace)
  expect([passwordExpiresAt !== null && passwordExpiresAt <= app.ctx.clock.now(), mustResetPassword]).toEqual([
    true,
    true,
  ])
  const failures = (await auditOf(app, org.orgId)).filter(({ action }) => action === 'password.mail_failed')
  expect(failures.map(({ detail }) => detail)).toEqual([
    { user_id: grace.userId, email: grace.email, error: expect.stringContaining('5.1.1 no such mailbox') },
  ])
  isFull = false
  expect((await reset(app, admin, grace)).status).toBe(200)
  await smtp.received(1)
})

test('a server that is out of order for a while gets the mail later', async () => {
  let isDown = true
  await using smtp = await startSmtp({
    rejectData: () => (isDown ? { code: 451, text: '4.3.0 try later' } : undefined),
  })
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer')
  await reset(app, admin, grace)
  await using _worker = startWorker(app.ctx, usersJobs, { pollMs: 20 })
  await eventually(async () => (await mailJobs(app))[0]?.lastError !== null)
  expect((await mailJobs(app))[0]?.state).toBe('waiting')
  isDown = false
  await app.ctx.db.update(jobs).set({ runAt: app.ctx.clock.now() })
  await ended(app, 'done')
  expect(smtp.mails.some(({ recipients }) => recipients[0] === grace.email)).toBe(true)
})

test('the mail to a person of several orgs belongs to none of them, that to one of a single org to it', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app } = org
  const operator = await makeOperator(org)
  const both = await makePerson(app, org.orgId, 'viewer')
  await join(app, both, (await makeOrg(app.ctx)).orgId)
  await reset(app, operator, both)
  await reset(app, operator, await makePerson(app, org.orgId, 'viewer'))
  expect((await mailJobs(app)).map(({ orgId }) => orgId).toSorted()).toEqual([org.orgId, null].toSorted())
  expect((await call(app, 'GET', '/api/users?state=reset_due', operator)).body.items).toHaveLength(2)
})
