import { expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { eq } from 'drizzle-orm'
import { backups, restores } from '#platform/backups/tables.ts'
import { makeGroup, makeHolder } from '#test/groups/arrange.ts'
import { openOrg } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import { open, submit } from '#test/members/visit.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { ACCESS_KEY_ID, BUCKET, REGION, SECRET, startS3 } from '#test/support/s3.ts'
import { filesOf, folderOf, putBackup, putRealBackup, settingsRow } from './room.ts'

test('the page is for who holds backup.edit, shows the org’s own backups, and says what to do where there are none', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  await putBackup({ ...org, ...(await makeOrg(app.ctx)) }, { name: 'theirs.tar.gz' })
  const empty = await open(app, '/backups', { person: admin })
  expect([empty.status, empty.html.includes('No backups yet'), empty.html.includes('theirs')]).toEqual([
    200,
    true,
    false,
  ])
  await putBackup(org, { provenAt: app.ctx.clock.now(), proofTables: 23, proofDifferences: 0 })
  const { html } = await open(app, '/backups', { person: admin })
  expect(html.replaceAll(/<[^>]+>/g, '')).toContain('Last proven restorable just now, 23 tables, 0 differences')
  const viewer = await makePerson(app, orgId, 'viewer')
  expect((await open(app, '/backups', { person: viewer })).status).toBe(403)
  const holder = await makeHolder(org, 'backup.edit')
  const held = await open(app, '/backups', { person: holder })
  expect([held.status, held.html.includes('Download'), held.html.includes('restore=')]).toEqual([200, true, false])
})

test('a backup is asked for with and without scripts, and a second one meanwhile is told why not', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const plain = await submit(app, '/backups', {}, { person: admin })
  expect([plain.status, plain.location, plain.toast]).toEqual([303, '/backups', 'The backup is on its way.'])
  const row = await app.ctx.db.$count(backups)
  const again = await submit(app, '/backups', {}, { person: admin, isPartial: true })
  expect([again.status, row, await app.ctx.db.$count(backups)]).toEqual([409, 1, 1])
  expect(again.html).toContain('A backup is being made already.')
  expect(again.html).toContain('hx-trigger="every 1s"')
  const other = await submit(app, '/backups', {}, { person: admin, site: 'cross-site' })
  expect(other.status).toBe(403)
})

test('a row asks for itself while something goes on, and no more afterwards', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const id = await putBackup(org, { state: 'running', rowsDone: 600, rows: 1204 })
  const running = await open(app, `/backups/${id}/row`, { person: admin, isPartial: true })
  expect(running.html).toContain(`hx-get="/backups/${id}/row"`)
  expect(running.html).toContain('600 of 1,204 rows')
  await app.ctx.db.update(backups).set({ state: 'complete', rowsDone: 1204 })
  const done = await open(app, `/backups/${id}/row`, { person: admin, isPartial: true })
  expect([done.html.includes('hx-get'), done.html.includes('File missing')]).toEqual([false, true])
  expect((await open(app, `/backups/${id}/row`, { person: admin })).location).toBe('/backups')
  await app.ctx.db.delete(backups)
  const gone = await open(app, `/backups/${id}/row`, { person: admin, isPartial: true })
  expect([gone.status, gone.html.includes('<tr')]).toEqual([200, false])
})

test('the question whether to restore shows what would change, and takes the phrase only', async () => {
  await using org = await openOrg()
  const { app, admin, slug } = org
  const id = await putRealBackup(org)
  await makeGroup(app, org.orgId)
  let preview = ''
  await eventually(async () => {
    preview = (await open(app, `/backups/${id}/preview`, { person: admin, isPartial: true })).html
    return !preview.includes('hx-get')
  }, 30_000)
  expect(preview.replaceAll(/<[^>]+>/g, ' ')).toMatch(/groups\s+0\s+0\s+1/)
  const asked = await open(app, `/backups?restore=${id}`, { person: admin })
  expect(asked.html).toContain(`Type RESTORE ${slug} to confirm`)
  const wrong = await submit(app, `/backups/${id}/restore`, { confirm: 'restore' }, { person: admin, isPartial: true })
  expect([wrong.status, await app.ctx.db.$count(restores)]).toEqual([400, 0])
  expect(wrong.html).toContain('value="restore"')
  const right = await submit(app, `/backups/${id}/restore`, { confirm: `RESTORE ${slug}` }, { person: admin })
  expect([right.status, right.location, await app.ctx.db.$count(restores)]).toEqual([303, '/backups', 1])
  const page = await open(app, '/backups', { person: admin })
  expect(page.html).toContain('A backup is being restored')
  const [row] = await app.ctx.db.select().from(restores)
  await app.ctx.db.update(restores).set({ state: 'failed', step: 'ended', error: 'No room.', finishedAt: new Date() })
  const told = await open(app, `/backups/restores/${row?.id}`, { person: admin, isPartial: true })
  expect(told.html).toContain('The restore failed; nothing was changed')
  expect(told.html).not.toContain('hx-get')
})

test('a backup is deleted from the page, and one without its file says so', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const id = await putBackup(org)
  await rm(folderOf(org), { recursive: true })
  expect((await open(app, '/backups', { person: admin })).html).toContain('Its file is no longer on the disk')
  const deleted = await submit(app, `/backups/${id}/delete`, {}, { person: admin })
  expect([deleted.status, deleted.toast]).toMatchObject([303, expect.stringContaining('is deleted.')])
  expect([await app.ctx.db.$count(backups), await filesOf(org)]).toEqual([0, []])
  const gone = await open(app, `/backups?restore=${id}`, { person: admin })
  expect(gone.status).toBe(404)
})

test('the schedule is saved from the page, and a wrong one is told beside its field', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const form = { frequency: 'weekly', hour: '5', weekday: '3' }
  const saved = await submit(app, '/backups/schedule', form, { person: admin })
  expect([saved.status, saved.toast]).toEqual([303, 'The schedule is saved.'])
  expect(await settingsRow(org)).toMatchObject({ frequency: 'weekly', hour: 5, weekday: 3 })
  for (const change of [{ hour: '24' }, { hour: '' }, { hour: '1e1' }, { weekday: '7' }, { frequency: 'hourly' }]) {
    const refused = await submit(app, '/backups/schedule', { ...form, ...change }, { person: admin, isPartial: true })
    expect([change, refused.status, refused.html.includes('hf-fault')]).toEqual([change, 422, true])
  }
  expect(await settingsRow(org)).toMatchObject({ frequency: 'weekly', hour: 5, weekday: 3 })
})

test('the object store is saved, tested and removed from the page, which never shows its secret', async () => {
  await using s3 = startS3()
  await using org = await openOrg({ env: { EGRESS_ALLOW: '127.0.0.1/32' } })
  const { app, admin, orgId } = org
  const form = { endpoint: s3.endpoint, region: REGION, bucket: BUCKET, prefix: '', access_key_id: ACCESS_KEY_ID }
  const refused = await submit(app, '/backups/store', { ...form, secret: '' }, { person: admin, isPartial: true })
  expect([refused.status, refused.html.includes('Type the secret access key')]).toEqual([422, true])
  const wrong = { ...form, bucket: 'A/B', secret: SECRET }
  expect((await submit(app, '/backups/store', wrong, { person: admin })).html).not.toContain(SECRET)
  const saved = await submit(app, '/backups/store', { ...form, secret: SECRET }, { person: admin })
  expect([saved.status, saved.toast]).toEqual([303, 'The object store is saved.'])
  const page = await open(app, '/backups', { person: admin })
  expect([page.html.includes(BUCKET), page.html.includes(SECRET)]).toEqual([true, false])
  const tested = await submit(app, '/backups/store/test', {}, { person: admin, isPartial: true })
  expect([tested.status, tested.html.includes('The store takes copies')]).toEqual([200, true])
  s3.peer.refuse = { status: 403, code: 'AccessDenied', message: '<b>Access</b> Denied.' }
  const denied = await submit(app, '/backups/store/test', {}, { person: admin })
  expect([denied.status, denied.html.includes('403 AccessDenied')]).toEqual([502, true])
  await submit(app, '/backups/store/remove', {}, { person: admin })
  expect((await settingsRow(org))?.s3SecretSealed).toBeNull()
  expect(await app.ctx.db.$count(backups, eq(backups.orgId, orgId))).toBe(0)
})
