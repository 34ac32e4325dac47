import { expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { groups } from '#core/access/tables.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { failRestore } from '#platform/backups/restore-failure.ts'
import { runRestore } from '#platform/backups/restore-run.ts'
import { backups, restores } from '#platform/backups/tables.ts'
import { platformJobs } from '#platform/platform.ts'
import { makeGroup, outcome } from '#test/groups/arrange.ts'
import { auditOf, call, type Org, openOrg } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import { makeOrg } from '#test/support/app.ts'
import { backUp, ended, filesOf, folderOf, putBackup, putRealBackup } from './room.ts'

const LOST = 60_000

async function groupsOf({ app, orgId }: Pick<Org, 'app' | 'orgId'>): Promise<string[]> {
  const rows = await app.ctx.db.select({ name: groups.name }).from(groups).where(eq(groups.orgId, orgId))
  return rows.map(({ name }) => name).toSorted()
}

async function askToRestore(org: Org, id: unknown, confirm = `RESTORE ${org.slug}`) {
  return await call(org.app, 'POST', `/api/backups/${String(id)}/restore`, org.admin, { confirm })
}

function attemptIn({ orgId }: Pick<Org, 'orgId'>) {
  const scope = { orgId, actor: { kind: 'job', jobId: 'job' }, permissions: new Set<never>() } as const
  return { scope, signal: new AbortController().signal }
}

test(
  'a restore brings back what was there, keeps what was lost in a safety backup, and touches no other org',
  async () => {
    await using org = await openOrg({ worker: true })
    const { app, admin, orgId } = org
    const other = { app, ...(await makeOrg(app.ctx)) }
    await makeGroup(app, other.orgId, [], [], 'Theirs')
    await makeGroup(app, orgId, [], [], 'Before')
    const { id, name } = await backUp(org)
    await app.ctx.db.delete(groups).where(eq(groups.orgId, orgId))
    await makeGroup(app, orgId, [], [], 'After')
    const preview = await ended(app, admin, `/api/backups/${String(id)}/preview`)
    expect(preview).toMatchObject({ status: 'complete', people_created: 0 })
    expect(preview.tables).toContainEqual({ name: 'groups', added: 1, changed: 0, removed: 1, unchanged: 0 })
    expect(await groupsOf(org)).toEqual(['After'])
    const asked = await askToRestore(org, id)
    expect(asked.status).toBe(202)
    expect(asked.body).toMatchObject({ status: 'running', backup_id: id, backup_name: name, created_by: admin.email })
    const done = await ended(app, admin, `/api/restores/${String(asked.body.id)}`)
    expect(done).toMatchObject({ status: 'complete', step: 'ended', failure: null, rows_done: done.rows })
    expect([await groupsOf(org), await groupsOf(other)]).toEqual([['Before'], ['Theirs']])
    const safety = await call(app, 'GET', `/api/backups/${String(done.safety_backup_id)}`, admin)
    expect(safety.body).toMatchObject({ kind: 'safety', status: 'complete', is_on_disk: true })
    const log = (await auditOf(app, orgId)).map(({ action, by }) => `${action} ${by}`)
    expect(log).toEqual(['backup.created', 'backup.created', 'backup.restored'].map((one) => `${one} ${admin.email}`))
    const back = await askToRestore(org, done.safety_backup_id)
    await ended(app, admin, `/api/restores/${String(back.body.id)}`)
    expect(await groupsOf(org)).toEqual(['After'])
  },
  LOST,
)

const WRONG = [
  '',
  'RESTORE',
  'restore {slug}',
  'RESTORE {slug} ',
  'RESTORE  {slug}',
  'RESTORE another',
  '{slug}',
  'ＲESTORE {slug}',
]

for (const phrase of WRONG) {
  test(`“${phrase}” restores nothing, whatever a page let through`, async () => {
    await using org = await openOrg()
    const id = await putBackup(org)
    const answer = await askToRestore(org, id, phrase.replace('{slug}', org.slug))
    expect([answer.status, answer.body.error]).toEqual([400, 'confirm_mismatch'])
    expect([await org.app.ctx.db.$count(restores), await org.app.ctx.db.$count(jobs)]).toEqual([0, 0])
    expect((await askToRestore(org, id)).status).toBe(202)
  })
}

test('an org is restored once at a time, and not while it is backed up', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const id = await putBackup(org)
  const all = await Promise.all(Array.from({ length: 5 }, () => askToRestore(org, id)))
  expect(all.map(({ status, body }) => body.error ?? status).toSorted()).toEqual([
    202,
    ...Array(4).fill('restore_running'),
  ])
  expect(await outcome(app, 'POST', '/api/backups', admin)).toBe('409 restore_running')
  expect([await app.ctx.db.$count(restores), await app.ctx.db.$count(backups)]).toEqual([1, 2])
  await app.ctx.db.update(restores).set({ state: 'failed' })
  expect((await askToRestore(org, id)).body.error).toBe('backup_running')
})

test(
  'a backup that is none changes nothing, and says why',
  async () => {
    await using org = await openOrg({ worker: true })
    const { app, admin, orgId } = org
    await makeGroup(app, orgId, [], [], 'Ours')
    const id = await putBackup(org)
    const asked = await askToRestore(org, id)
    const failed = await ended(app, admin, `/api/restores/${String(asked.body.id)}`)
    expect(failed).toMatchObject({ status: 'failed', step: 'ended' })
    expect(String(failed.failure)).not.toBe('')
    expect(await groupsOf(org)).toEqual(['Ours'])
    const last = (await auditOf(app, orgId)).at(-1)
    expect(last).toMatchObject({ action: 'backup.restore_failed', by: admin.email, detail: { backup_id: id } })
    expect((await askToRestore(org, id)).status).toBe(202)
  },
  LOST,
)

test(
  'without a safety backup there is no restore',
  async () => {
    await using org = await openOrg()
    const { app, orgId } = org
    const id = await putRealBackup(org)
    await makeGroup(app, orgId, [], [], 'Since')
    for (const change of ['gone', 'failed']) {
      const { body } = await askToRestore(org, id)
      const safety = eq(backups.id, Number(body.safety_backup_id))
      if (change === 'gone') await app.ctx.db.delete(backups).where(safety)
      else await app.ctx.db.update(backups).set({ state: 'failed' }).where(safety)
      const error = await runRestore(app.ctx, attemptIn(org), Number(body.id)).catch((reason: unknown) => reason)
      await failRestore(app.ctx, attemptIn(org), Number(body.id), { error })
      const [row] = await app.ctx.db
        .select()
        .from(restores)
        .where(eq(restores.id, Number(body.id)))
      expect(row).toMatchObject({ state: 'failed', error: expect.stringContaining('The safety backup') })
    }
    expect(await groupsOf(org)).toEqual(['Since'])
  },
  LOST,
)

test(
  'a restore that was cut short is not begun again by itself, and one that is done is not done twice',
  async () => {
    await using org = await openOrg()
    const { app, admin, orgId } = org
    const id = await putRealBackup(org)
    const asked = await askToRestore(org, id)
    const restoreId = Number(asked.body.id)
    await app.ctx.db.update(jobs).set({ state: 'running', attempts: 1, lockedUntil: new Date(0), lockedBy: 'dead' })
    await makeGroup(app, orgId, [], [], 'Since')
    {
      await using _worker = startWorker(app.ctx, platformJobs, { pollMs: 20 })
      expect(await ended(app, admin, `/api/restores/${restoreId}`)).toMatchObject({ status: 'failed' })
    }
    expect(await groupsOf(org)).toEqual(['Since'])
    const again = Number((await askToRestore(org, id)).body.id)
    await runRestore(app.ctx, attemptIn(org), again)
    expect(await groupsOf(org)).toEqual([])
    await makeGroup(app, orgId, [], [], 'Later')
    await runRestore(app.ctx, attemptIn(org), again)
    await failRestore(app.ctx, attemptIn(org), again, { error: new Error('late') })
    expect(await groupsOf(org)).toEqual(['Later'])
    const [row] = await app.ctx.db.select().from(restores).where(eq(restores.id, again))
    expect(row).toMatchObject({ state: 'complete', error: null })
  },
  LOST,
)

test(
  'a preview is made anew once the org was restored',
  async () => {
    await using org = await openOrg()
    const { app, admin, orgId } = org
    const id = await putRealBackup(org)
    const path = `/api/backups/${id}/preview`
    const removed = async () => {
      const { tables } = await ended(app, admin, path)
      return Array.isArray(tables) ? tables.find(({ name }) => name === 'groups').removed : undefined
    }
    expect(await removed()).toBe(0)
    await call(app, 'POST', '/api/groups', admin, { name: 'Later' })
    expect(await removed()).toBe(0)
    const now = app.ctx.clock.now()
    const row = { orgId, backupId: id, step: 'ended', createdAt: now, finishedAt: now } as const
    await app.ctx.db.insert(restores).values({ ...row, state: 'failed' })
    expect(await removed()).toBe(0)
    await app.ctx.db.insert(restores).values({ ...row, state: 'complete' })
    expect(await removed()).toBe(1)
  },
  LOST,
)

test(
  'a preview is made once for who asks again, and one org is compared at a time',
  async () => {
    await using org = await openOrg()
    const { app, admin } = org
    const [one, two] = [await putRealBackup(org), await putRealBackup(org)]
    const path = (id: number) => `/api/backups/${id}/preview`
    const both = await Promise.all([one, two].map((id) => call(app, 'GET', path(id), admin)))
    expect(both.map(({ status, body }) => body.error ?? status).toSorted()).toEqual([200, 'busy'])
    for (const id of [one, two]) {
      await eventually(async () => (await call(app, 'GET', path(id), admin)).status === 200, 20_000)
      const first = await ended(app, admin, path(id))
      expect(first.status).toBe('complete')
      expect((await call(app, 'GET', path(id), admin)).body.made_at).toBe(first.made_at)
    }
    await rm(join(folderOf(org), (await filesOf(org))[0] ?? ''))
    expect((await call(app, 'GET', path(one), admin)).status).toBe(410)
  },
  LOST,
)
