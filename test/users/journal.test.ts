import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { inArray } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { addMs } from '#lib/clock.ts'
import { usersJobs } from '#platform/users/jobs.ts'
import { type Org, openOrg, relayOf } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import { makePerson } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { reset, rowOf, signIn } from './arrange.ts'

type Moment = 'connect' | 'recipient' | 'data'

const UNFINISHED = inArray(jobs.state, ['waiting', 'running'])

/** Another node of the same install, whose relay is at `port`. */
function startNode({ app }: Org, port: number) {
  const { config, database } = app
  const env = {
    ...{ PATH: process.env.PATH ?? '', DATABASE_URL: database.url, DATA_DIR: config.dataDir },
    ...{ ...relayOf({ host: '127.0.0.1', port }), PUBLIC_URL: config.publicUrl },
  }
  const argv = [process.execPath, join(import.meta.dir, 'children/work.ts')]
  return Bun.spawn(argv, { env, stdout: 'ignore', stderr: 'inherit' })
}

for (const [what, moment, mails] of [
  ['before a word is said to the server', 'connect', 1],
  ['while it says whom the mail is for', 'recipient', 1],
  ['after the server has taken the mail', 'data', 2],
] as [string, Moment, number][]) {
  test(`killed ${what}: the password comes ${mails === 1 ? 'once' : 'twice with one Message-ID'}, and works`, async () => {
    let node: ReturnType<typeof startNode> | undefined
    const killAt = (reached: Moment) => {
      if (reached === moment) node?.kill('SIGKILL')
      return undefined
    }
    const trap = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { open: () => killAt('connect'), data() {} } })
    await using smtp = await startSmtp({ rejectRcpt: () => killAt('recipient'), rejectData: () => killAt('data') })
    await using org = await openOrg({ env: relayOf(smtp) })
    const { app, admin } = org
    const { db, clock } = app.ctx
    const grace = await makePerson(app, org.orgId, 'viewer')
    expect((await reset(app, admin, grace)).body).toMatchObject({ mailed: true })
    node = startNode(org, moment === 'connect' ? trap.port : smtp.port)
    await node.exited
    expect(node.signalCode).toBe('SIGKILL')
    node = undefined

    // As if the dead node's lease had run out.
    const now = clock.now()
    await db
      .update(jobs)
      .set({ runAt: now, lockedUntil: addMs(now, -1) })
      .where(UNFINISHED)
    await using _worker = startWorker(app.ctx, usersJobs, { pollMs: 20 })
    await eventually(async () => (await db.$count(jobs, UNFINISHED)) === 0, 20_000)
    expect(smtp.mails).toHaveLength(mails)
    expect(new Set(smtp.mails.map(({ parsed }) => parsed.messageId)).size).toBe(1)
    const found = smtp.mails.map(({ parsed }) => /^[0-9a-z]{5}(?:-[0-9a-z]{5}){3}$/m.exec(parsed.text ?? '')?.[0])
    expect(new Set(found).size).toBe(1)
    expect((await signIn(app, grace.email, found[0] ?? '')).status).toBe(200)
    expect((await rowOf(app, grace)).tokenVersion).toBe(1)
    expect((await db.select().from(jobs)).every(({ payload }) => payload === null)).toBe(true)
    trap.stop(true)
  }, 60_000)
}
