import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { inArray } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { addMs } from '#lib/clock.ts'
import { invitesJobs } from '#platform/invites/jobs.ts'
import { eventually } from '#test/jobs/context.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { accept, call, inviteRow, newcomer, type Org, openOrg, relayOf, tokenOf } from './arrange.ts'

type Moment = 'connect' | 'recipient' | 'data'

/** Another node of the same install, whose relay is at `port`. */
function startNode(org: Org, doer: 'queue' | 'resend', inviteId: number, port: number) {
  const { config, database } = org.app
  const env = {
    ...{ PATH: process.env.PATH ?? '', DATABASE_URL: database.url, DATA_DIR: config.dataDir },
    ...{ ...relayOf({ host: '127.0.0.1', port }), PUBLIC_URL: config.publicUrl },
  }
  const script = join(import.meta.dir, 'children/send.ts')
  const argv = [process.execPath, script, doer, String(org.orgId), String(inviteId)]
  return Bun.spawn(argv, { env, stdout: 'ignore', stderr: 'inherit' })
}

/** As if the dead node's lease had run out, and the time of what waits had come. */
async function passTime({ app }: Org): Promise<void> {
  const { db, clock } = app.ctx
  const now = clock.now()
  const open = inArray(jobs.state, ['waiting', 'running'])
  await db
    .update(jobs)
    .set({ runAt: now, lockedUntil: addMs(now, -1) })
    .where(open)
}

for (const doer of ['queue', 'resend'] as const) {
  for (const [what, moment, mails] of [
    ['before a word is said to the server', 'connect', 1],
    ['while it says whom the mail is for', 'recipient', 1],
    ['after the server has taken the mail', 'data', 2],
  ] as [string, Moment, number][]) {
    test(`a ${doer} killed ${what}: the mail comes ${mails === 1 ? 'once' : 'twice with one Message-ID'}`, async () => {
      let node: ReturnType<typeof startNode> | undefined
      const killAt = (reached: Moment) => {
        if (reached === moment) node?.kill('SIGKILL')
        return undefined
      }
      const trap = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { open: () => killAt('connect'), data() {} } })
      await using smtp = await startSmtp({ rejectRcpt: () => killAt('recipient'), rejectData: () => killAt('data') })
      await using org = await openOrg({ env: relayOf(smtp) })
      const { app, admin } = org
      const { body } = await call(app, 'POST', '/api/invites', admin, { email: 'grace@example.test', role: 'viewer' })
      const id = Number(body.id)
      node = startNode(org, doer, id, moment === 'connect' ? trap.port : smtp.port)
      await node.exited
      expect(node.signalCode).toBe('SIGKILL')
      expect(await inviteRow(app, id)).toMatchObject({ state: 'pending', mailState: 'queued' })
      node = undefined

      await passTime(org)
      await using _worker = startWorker(app.ctx, invitesJobs, { pollMs: 20 })
      await eventually(async () => (await inviteRow(app, id)).mailState === 'sent', 20_000)
      expect(smtp.mails).toHaveLength(mails)
      expect(new Set(smtp.mails.map(({ parsed }) => parsed.messageId)).size).toBe(1)
      const links = new Set(smtp.mails.map(({ parsed }) => /http\S+token=\S+/.exec(parsed.text ?? '')?.[0] ?? ''))
      expect(links.size).toBe(1)
      expect((await accept(app, newcomer(tokenOf([...links].join())))).status).toBe(201)
      await eventually(async () => (await app.ctx.db.$count(jobs, inArray(jobs.state, ['waiting', 'running']))) === 0)
      expect(smtp.mails).toHaveLength(mails)
      trap.stop(true)
    }, 60_000)
  }
}
