import { expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { pruneBackups } from '#platform/backups/retention.ts'
import { backups, restores } from '#platform/backups/tables.ts'
import { makeHolder, outcome } from '#test/groups/arrange.ts'
import { auditOf, call, openOrg } from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { filesOf, folderOf, putBackup } from './room.ts'

function idsIn(body: Record<string, unknown>): unknown[] {
  return Array.isArray(body.items) ? body.items.map((item) => item.id) : []
}

test('the list has the org’s backups only, the newest first, in pages', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  await putBackup({ ...org, ...(await makeOrg(app.ctx)) })
  const ids = [await putBackup(org), await putBackup(org, { state: 'failed', error: 'No.' }), await putBackup(org)]
  const all = await call(app, 'GET', '/api/backups', admin)
  expect(idsIn(all.body)).toEqual(ids.toReversed())
  expect(all.body.next_cursor).toBeNull()
  const first = await call(app, 'GET', '/api/backups?limit=2', admin)
  const second = await call(app, 'GET', `/api/backups?limit=2&cursor=${first.body.next_cursor}`, admin)
  expect([...idsIn(first.body), ...idsIn(second.body)]).toEqual(ids.toReversed())
  expect(second.body.next_cursor).toBeNull()
})

test('a backup is deleted with its file, and the log tells of it', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const [id, other] = [await putBackup(org), await putBackup(org)]
  const [name = '', kept = ''] = await filesOf(org)
  expect(await outcome(app, 'DELETE', `/api/backups/${id}`, admin)).toBe('204')
  expect(await filesOf(org)).toEqual([kept])
  expect(await outcome(app, 'GET', `/api/backups/${id}`, admin)).toBe('404 not_found')
  expect((await call(app, 'GET', `/api/backups/${other}`, admin)).status).toBe(200)
  const detail = { backup_id: id, name }
  expect(await auditOf(app, orgId)).toEqual([{ action: 'backup.deleted', by: admin.email, detail }])
})

test('a backup that is made, or that a restore uses, is not deleted', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const running = await putBackup(org, { state: 'running' })
  const [backupId, safetyBackupId] = [await putBackup(org), await putBackup(org, { kind: 'safety' })]
  const row = { orgId, backupId, safetyBackupId, step: 'loading', createdAt: new Date() } as const
  const [restore] = await app.ctx.db
    .insert(restores)
    .values({ ...row, state: 'running' })
    .returning({ id: restores.id })
  expect(await outcome(app, 'DELETE', `/api/backups/${running}`, admin)).toBe('409 backup_running')
  expect(await outcome(app, 'DELETE', `/api/backups/${backupId}`, admin)).toBe('409 backup_in_use')
  expect(await outcome(app, 'DELETE', `/api/backups/${safetyBackupId}`, admin)).toBe('409 backup_in_use')
  expect([await app.ctx.db.$count(backups), (await filesOf(org)).length]).toEqual([3, 2])
  await app.ctx.db
    .update(restores)
    .set({ state: 'complete' })
    .where(eq(restores.id, restore?.id ?? 0))
  expect(await outcome(app, 'DELETE', `/api/backups/${backupId}`, admin)).toBe('204')
})

test('twenty backups and five safety backups are kept, the newest; those in use stay as well', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const safe: number[] = []
  const made: number[] = []
  for (let count = 0; count < 24; count++) {
    made.push(await putBackup(org, { kind: count % 2 ? 'manual' : 'scheduled' }))
    if (count < 8) safe.push(await putBackup(org, { kind: 'safety' }))
  }
  const running = await putBackup(org, { state: 'running' })
  const elsewhere = await putBackup({ ...org, ...(await makeOrg(app.ctx)) })
  const used = { orgId, backupId: made[0] ?? 0, safetyBackupId: safe[0] ?? 0, createdAt: new Date() }
  await app.ctx.db.insert(restores).values({ ...used, state: 'running', step: 'saving' })
  const gone = await app.ctx.db.transaction((tx) => pruneBackups(app.ctx, tx, orgId))
  const left = await app.ctx.db.select({ id: backups.id }).from(backups)
  const kept = [made[0], ...made.slice(4), safe[0], ...safe.slice(3), running, elsewhere]
  expect(left.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(kept.map(Number).toSorted((a, b) => a - b))
  expect(gone).toHaveLength(5)
  expect(await app.ctx.db.transaction((tx) => pruneBackups(app.ctx, tx, orgId))).toEqual([])
})

test('a backup is downloaded as a file of its own name and size, which the log tells', async () => {
  await using org = await openOrg()
  const { app, admin, orgId, slug } = org
  const id = await putBackup(org)
  const [name = ''] = await filesOf(org)
  const response = await app.fetch(`/api/backups/${id}/download`, { headers: admin.bearer })
  const text = await response.text()
  expect(text).toBe(await Bun.file(join(folderOf(org), name)).text())
  expect([...response.headers].filter(([header]) => header.startsWith('content-'))).toContainEqual([
    'content-length',
    String(text.length),
  ])
  expect(response.headers.get('content-type')).toBe('application/gzip')
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${slug}-${name}"`)
  const detail = { backup_id: id, name }
  expect(await auditOf(app, orgId)).toEqual([{ action: 'backup.downloaded', by: admin.email, detail }])
})

test('a file that is gone is said to be, and nothing but deleting it is left', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const id = await putBackup(org)
  await rm(folderOf(org), { recursive: true })
  expect((await call(app, 'GET', `/api/backups/${id}`, admin)).body.is_on_disk).toBe(false)
  const path = `/api/backups/${id}`
  expect(await outcome(app, 'GET', `${path}/download`, admin)).toBe('410 backup_file_missing')
  expect(await outcome(app, 'GET', `${path}/preview`, admin)).toBe('410 backup_file_missing')
  expect(await outcome(app, 'POST', `${path}/prove`, admin)).toBe('410 backup_file_missing')
  const confirm = { confirm: `RESTORE ${org.slug}` }
  expect(await outcome(app, 'POST', `${path}/restore`, admin, confirm)).toBe('410 backup_file_missing')
  expect(await outcome(app, 'DELETE', path, admin)).toBe('204')
})

test('backups are for who holds backup.edit, and restoring is for org.admin alone', async () => {
  await using org = await openOrg()
  const { app, orgId, slug } = org
  const viewer = await makePerson(app, orgId, 'viewer')
  const holder = await makeHolder(org, 'backup.edit')
  const id = await putBackup(org)
  const confirm = { confirm: `RESTORE ${slug}` }
  expect(await outcome(app, 'GET', '/api/backups', viewer)).toBe('403 permission_denied')
  expect(await outcome(app, 'POST', '/api/backups', viewer)).toBe('403 permission_denied')
  expect(await outcome(app, 'GET', `/api/backups/${id}/download`, viewer)).toBe('403 permission_denied')
  expect(await outcome(app, 'GET', '/api/backups', holder)).toBe('200')
  expect(await outcome(app, 'GET', `/api/backups/${id}/download`, org.admin).catch(() => 'a file')).toBe('a file')
  expect(await outcome(app, 'POST', `/api/backups/${id}/restore`, holder, confirm)).toBe('403 permission_denied')
  expect(await outcome(app, 'POST', `/api/backups/${id}/restore`, org.admin, confirm)).toBe('202')
})
