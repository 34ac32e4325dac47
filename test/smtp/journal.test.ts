import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { inArray } from 'drizzle-orm'
import { enqueueAdminMail } from '#core/mail/admins.ts'
import { mailJobs } from '#core/mail/jobs.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { addMs } from '#lib/clock.ts'
import { auditOf, type Org } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { AUTH, bodyFor, openSmtpOrg, setRelay, storedRow, tryRelay } from './arrange.ts'

type Doer = 'test' | 'queue'
type Moment = 'recipient' | 'data'

/** Another node of the same install. */
function startNode({ app, orgId }: Org, doer: Doer) {
  const { config, database } = app
  const env = {
    ...{ PATH: process.env.PATH ?? '', DATABASE_URL: database.url, DATA_DIR: config.dataDir },
    ...{ EGRESS_ALLOW: '127.0.0.1/32', PUBLIC_URL: config.publicUrl },
  }
  const argv = [process.execPath, join(import.meta.dir, 'children/send.ts'), doer, String(orgId)]
  return Bun.spawn(argv, { env, stdout: 'ignore', stderr: 'inherit' })
}

/** An org whose own server ends the process that speaks to it at a moment. */
async function killedAt(org: Org, doer: Doer, moment: Moment) {
  let node: ReturnType<typeof startNode> | undefined
  const killAt = (reached: Moment) => {
    if (reached === moment) node?.kill('SIGKILL')
    return undefined
  }
  const smtp = await startSmtp({
    ...{ auth: AUTH, rejectRcpt: () => killAt('recipient'), rejectData: () => killAt('data') },
  })
  await setRelay(org.app, org.admin, bodyFor(smtp, { host: '127.0.0.1' }))
  node = startNode(org, doer)
  await node.exited
  expect(node.signalCode).toBe('SIGKILL')
  node = undefined
  return smtp
}

for (const [what, moment, taken] of [
  ['while it says whom the mail is for', 'recipient', 0],
  ['after the server has taken the mail', 'data', 1],
] as [string, Moment, number][]) {
  test(`a test mail killed ${what} leaves the settings as they were, and nothing that blocks the next`, async () => {
    await using org = await openSmtpOrg()
    const { app, admin, orgId } = org
    await using smtp = await killedAt(org, 'test', moment)
    expect(smtp.mails).toHaveLength(taken)
    expect(await storedRow(app, orgId)).toMatchObject({ host: '127.0.0.1', port: smtp.port })
    const tests = async () => (await auditOf(app, orgId)).filter(({ action }) => action === 'smtp.tested')
    expect(await tests()).toEqual([])
    expect((await tryRelay(app, admin)).status).toBe(200)
    expect(smtp.mails).toHaveLength(taken + 1)
    expect(await tests()).toHaveLength(1)
  }, 60_000)

  test(`a notice killed ${what} comes by the org’s own server all the same, with one Message-ID`, async () => {
    await using org = await openSmtpOrg()
    const { app, admin, orgId } = org
    const notice = { subject: 'A webhook is disabled', lines: ['It refused for 5 days.'], linkPath: '/webhooks' }
    await app.ctx.db.transaction((tx) => enqueueAdminMail(app.ctx, tx, orgId, notice))
    await using smtp = await killedAt(org, 'queue', moment)
    const now = app.ctx.clock.now()
    const open = inArray(jobs.state, ['waiting', 'running'])
    await app.ctx.db
      .update(jobs)
      .set({ runAt: now, lockedUntil: addMs(now, -1) })
      .where(open)
    await using _worker = startWorker(app.ctx, mailJobs, { pollMs: 20 })
    await eventually(async () => (await app.ctx.db.$count(jobs, open)) === 0, 20_000)
    expect(smtp.mails.map(({ recipients, from }) => [recipients, from])).toEqual(
      Array.from({ length: taken + 1 }, () => [[admin.email], 'team@acme.test']),
    )
    expect(new Set(smtp.mails.map(({ parsed }) => parsed.messageId)).size).toBe(1)
  }, 60_000)
}
