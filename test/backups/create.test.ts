import { expect, test } from 'bun:test'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { orgs } from '#core/tenancy/tables.ts'
import { refuseWithoutRoom } from '#platform/backups/room.ts'
import { backups } from '#platform/backups/tables.ts'
import { writeBackup } from '#platform/backups/writing.ts'
import { outcome } from '#test/groups/arrange.ts'
import { auditOf, call, openOrg } from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { contentOf } from './content.ts'
import { backUp, ended, filesOf, folderOf, modeOf, putBackup } from './room.ts'

const NAME = /^\d{8}-\d{6}\.tar\.gz$/

test('a backup is made by the queue: it runs, then it is a file of the program’s own, and the log tells of it', async () => {
  await using org = await openOrg({ worker: true })
  const { app, admin, orgId, slug } = org
  const asked = await call(app, 'POST', '/api/backups', admin)
  expect(asked.status).toBe(202)
  expect(asked.body).toMatchObject({ status: 'running', kind: 'manual', created_by: admin.email, is_on_disk: false })
  const made = await ended(app, admin, `/api/backups/${asked.body.id}`)
  expect(made).toMatchObject({ status: 'complete', failure: null, is_on_disk: true, rows_done: made.rows })
  const name = String(made.name)
  expect(name).toMatch(NAME)
  expect(await filesOf(org)).toEqual([name])
  const file = join(folderOf(org), name)
  const bytes = await Bun.file(file).bytes()
  expect(made).toMatchObject({
    bytes: bytes.length,
    sha256: new Bun.CryptoHasher('sha256').update(bytes).digest('hex'),
  })
  const { manifest } = await contentOf(file)
  expect(manifest).toMatchObject({ kind: 'org', org: { id: orgId, slug } })
  expect(made.tables).toBe(manifest.tables.length)
  expect(made.rows).toBe(manifest.tables.reduce((sum, { rows }) => sum + rows, 0))
  expect([await modeOf(file), await modeOf(folderOf(org)), await modeOf(join(folderOf(org), '..'))]).toEqual([
    0o600, 0o700, 0o700,
  ])
  const detail = { backup_id: made.id, name, kind: 'manual', rows: made.rows, bytes: made.bytes }
  expect(await auditOf(app, orgId)).toEqual([{ action: 'backup.created', by: admin.email, detail }])
})

test('an org has one backup at a time, and none while it is restored; another org is not held up', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const other = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  const answers = await Promise.all(Array.from({ length: 5 }, () => outcome(app, 'POST', '/api/backups', admin)))
  expect(answers.toSorted()).toEqual(['202', ...Array(4).fill('409 backup_running')])
  expect(await outcome(app, 'POST', '/api/backups', other)).toBe('202')
  expect(await app.ctx.db.$count(backups)).toBe(2)
})

test('two backups of one second have names of their own', async () => {
  const standing = new Date('2026-03-01T09:00:00.250Z')
  const clock = { now: () => standing, sleep: (ms: number) => Bun.sleep(ms) }
  await using org = await openOrg({ overrides: { clock } })
  const names: unknown[] = []
  for (let count = 0; count < 3; count++) {
    const { body } = await call(org.app, 'POST', '/api/backups', org.admin)
    names.push(body.name)
    await org.app.ctx.db.update(backups).set({ state: 'failed' })
  }
  expect(names).toEqual(['20260301-090000.tar.gz', '20260301-090000-2.tar.gz', '20260301-090000-3.tar.gz'])
})

test('what a worker that died left behind is gone after the next attempt, and the backup is whole', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const { body } = await call(app, 'POST', '/api/backups', admin)
  await mkdir(folderOf(org), { recursive: true })
  const other = '.20200101-000000.tar.gz.x.part'
  for (const left of [`.${body.name}.dead.part`, `.${body.name}.dead.part.spool.part`, other]) {
    await Bun.write(join(folderOf(org), left), 'half')
  }
  const scope = { orgId, actor: { kind: 'job', jobId: 'job' }, permissions: new Set<never>() } as const
  const attempt = { scope, signal: new AbortController().signal }
  await writeBackup(app.ctx, attempt, Number(body.id))
  expect(await filesOf(org)).toEqual([other, String(body.name)])
  const before = await call(app, 'GET', `/api/backups/${body.id}`, admin)
  await writeBackup(app.ctx, attempt, Number(body.id))
  expect(await call(app, 'GET', `/api/backups/${body.id}`, admin)).toEqual(before)
  expect(before.body).toMatchObject({ status: 'complete' })
})

test('a backup that cannot be written fails with a sentence that tells nothing of the inside, and leaves no file', async () => {
  await using org = await openOrg({ worker: true })
  const { app, orgId } = org
  await mkdir(join(app.config.dataDir, '_backups'))
  await Bun.write(folderOf(org), 'no folder')
  const failed = await backUp(org)
  expect(failed).toMatchObject({ status: 'failed', failure: 'The backup could not be written.', bytes: 0 })
  const [entry, ...rest] = await auditOf(app, orgId)
  expect([entry?.action, rest]).toEqual(['backup.failed', []])
  await rm(folderOf(org))
  expect(await backUp(org)).toMatchObject({ status: 'complete', failure: null })
}, 60_000)

test('a backup for which the disk has no room is refused with a sentence, and nothing is added', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const id = await putBackup(org, { bytes: Number.MAX_SAFE_INTEGER })
  const answer = await call(app, 'POST', '/api/backups', admin)
  expect([answer.status, answer.body.error]).toEqual([409, 'disk_full'])
  expect(String(answer.body.message)).toContain('The disk has ')
  expect(await app.ctx.db.$count(backups)).toBe(1)
  await app.ctx.db.update(backups).set({ bytes: 1 }).where(eq(backups.id, id))
  expect(await outcome(app, 'POST', '/api/backups', admin)).toBe('202')
  expect(() => refuseWithoutRoom(10, 11)).toThrow('The disk has 10 B left, and a backup needs 11 B.')
  expect(() => refuseWithoutRoom(11, 11)).not.toThrow()
})

test('a backup of an org that is deleted meanwhile leaves nothing', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  await call(app, 'POST', '/api/backups', admin)
  await app.ctx.db.delete(orgs).where(eq(orgs.id, orgId))
  expect(await app.ctx.db.$count(backups)).toBe(0)
})
