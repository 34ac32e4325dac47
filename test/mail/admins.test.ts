import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { enqueueAdminMail, NOTIFIED_ADMINS_MAX } from '#core/mail/admins.ts'
import { mailJobs } from '#core/mail/jobs.ts'
import type { Notice } from '#core/mail/notice.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { makeHolder } from '#test/groups/arrange.ts'
import { type Org, openOrg, relayOf } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { change } from '#test/users/arrange.ts'

const NOTICE: Notice = {
  subject: 'A webhook is disabled',
  lines: ['The receiver at <b>hooks.example.test</b> has refused for 5 days.', 'Nothing is sent to it any more.'],
  linkPath: '/webhooks',
}

function tell({ app, orgId }: Org, notice = NOTICE): Promise<number> {
  return app.ctx.db.transaction((tx) => enqueueAdminMail(app.ctx, tx, orgId, notice))
}

function ended({ app }: Org) {
  return eventually(async () => {
    const left = await app.ctx.db.select().from(jobs).where(eq(jobs.state, 'waiting'))
    const running = await app.ctx.db.select().from(jobs).where(eq(jobs.state, 'running'))
    return left.length + running.length === 0
  })
}

test('each active admin of the org gets one mail, by role or by a group, and nobody else', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: { ...relayOf(smtp), PUBLIC_URL: 'https://data.example.test' } })
  const { app, orgId, admin } = org
  const byGroup = await makeHolder(org, 'org.admin')
  await makeHolder(org, 'webhook.edit')
  await makePerson(app, orgId, 'viewer')
  await change(app, await makePerson(app, orgId), { isActive: false })
  await makePerson(app, (await makeOrg(app.ctx)).orgId)
  expect(await tell(org)).toBe(2)
  await using _worker = startWorker(app.ctx, mailJobs, { pollMs: 20 })
  await ended(org)
  const mails = smtp.mails.toSorted((a, b) => String(a.recipients).localeCompare(String(b.recipients)))
  expect(mails.map(({ recipients }) => recipients)).toEqual([[admin.email], [byGroup.email]].toSorted())
  const [mail] = mails
  expect(mail?.parsed.subject).toBe(`${org.slug.toUpperCase()}: A webhook is disabled`)
  expect(mail?.parsed.from?.value[0]?.name).toBe(`${org.slug.toUpperCase()} via Honeyframe`)
  expect(mail?.parsed.text?.split('\n')).toEqual(expect.arrayContaining([...NOTICE.lines]))
  expect(mail?.parsed.text?.split('\n')).toContain('https://data.example.test/webhooks')
  expect(mail?.parsed.html).toContain('&lt;b&gt;hooks.example.test')
  expect(mail?.parsed.html).not.toContain('<b>')
})

test('whoever is no admin any more when the mail’s turn comes gets none', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const demoted = await makePerson(app, org.orgId)
  const gone = await makePerson(app, org.orgId)
  expect(await tell(org)).toBe(3)
  await app.ctx.db.update(userOrgs).set({ role: 'viewer' }).where(eq(userOrgs.userId, demoted.userId))
  await change(app, gone, { isActive: false })
  await using _worker = startWorker(app.ctx, mailJobs, { pollMs: 20 })
  await ended(org)
  expect(smtp.mails.map(({ recipients }) => recipients)).toEqual([[admin.email]])
})

test('what is taken back is never sent, and without a relay the jobs end in peace', async () => {
  await using org = await openOrg()
  const { app } = org
  const isBroken = app.ctx.db.transaction(async (tx) => {
    await enqueueAdminMail(app.ctx, tx, org.orgId, NOTICE)
    throw new Error('no')
  })
  await expect(isBroken).rejects.toThrow('no')
  expect(await app.ctx.db.select().from(jobs)).toEqual([])
  await tell(org)
  await using _worker = startWorker(app.ctx, mailJobs, { pollMs: 20 })
  await ended(org)
  expect(await app.ctx.db.select({ state: jobs.state, orgId: jobs.orgId }).from(jobs)).toEqual([
    { state: 'done', orgId: org.orgId },
  ])
})

test('a crowd of admins is told by its first members', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const createdAt = app.ctx.clock.now()
  await app.ctx.db.transaction(async (tx) => {
    const many = Array.from({ length: NOTIFIED_ADMINS_MAX + 5 }, (_, at) => ({
      ...{ email: `crowd-${at}@example.test`, name: `C ${at}`, createdAt },
    }))
    const made = await tx.insert(users).values(many).returning({ userId: users.id })
    await tx.insert(userOrgs).values(made.map(({ userId }) => ({ orgId, userId, role: 'admin' as const, createdAt })))
  })
  expect(await tell(org)).toBe(NOTIFIED_ADMINS_MAX)
})
