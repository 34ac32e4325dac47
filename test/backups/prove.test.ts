import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { addMs, HOUR_MS } from '#lib/clock.ts'
import { listUnproven } from '#platform/backups/proof-request.ts'
import { prove } from '#platform/backups/proving.ts'
import { backups } from '#platform/backups/tables.ts'
import { auditOf, call, type Org, openOrg, relayOf } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import { makeOrg } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { filesOf, folderOf, putBackup, putRealBackup } from './room.ts'

const signal = new AbortController().signal
const actor = { kind: 'operator' } as const

async function rowOf({ app }: Pick<Org, 'app'>, id: number) {
  const [row] = await app.ctx.db.select().from(backups).where(eq(backups.id, id))
  return row
}

test('a proof that is asked for is made by the queue, and the backup and the log tell of it', async () => {
  await using org = await openOrg({ worker: true })
  const { app, admin, orgId } = org
  const id = await putRealBackup(org)
  const asked = await call(app, 'POST', `/api/backups/${id}/prove`, admin)
  expect(asked).toMatchObject({ status: 202, body: { proof: { is_running: true, proven_at: null } } })
  await eventually(async () => (await rowOf(org, id))?.provenAt !== null, 30_000)
  const row = await rowOf(org, id)
  expect(row).toMatchObject({ proofDifferences: 0, proofError: null })
  expect(row?.proofTables).toBeGreaterThan(10)
  const detail = { backup_id: id, name: row?.name, tables: row?.proofTables, differences: 0 }
  const [entry] = await auditOf(app, orgId)
  expect(entry).toMatchObject({ action: 'backup.proven', detail, by: admin.email })
  await eventually(async () => {
    const { body } = await call(app, 'GET', `/api/backups/${id}`, admin)
    return JSON.stringify(body.proof).includes('"is_running":false')
  })
}, 60_000)

test('a backup that was changed since is not proven, and the admins hear of it', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp), worker: true })
  const { app, admin, orgId } = org
  const id = await putRealBackup(org)
  const file = join(folderOf(org), (await filesOf(org))[0] ?? '')
  const bytes = await Bun.file(file).bytes()
  bytes.set(
    [...bytes.subarray(-400, -390)].map((byte) => byte ^ 255),
    bytes.length - 400,
  )
  await Bun.write(file, bytes)
  await prove(app.ctx, { id, orgId }, actor, signal)
  const row = await rowOf(org, id)
  expect(row?.provenAt).toBeNull()
  expect(row?.proofError).toBeString()
  const [mail] = await smtp.received(1, 20_000)
  expect(mail?.recipients).toEqual([admin.email])
  expect(mail?.parsed.subject).toContain('a backup could not be proven restorable')
  expect(mail?.parsed.text).toContain(String(row?.proofError))
  const detail = { backup_id: id, name: row?.name, error: row?.proofError }
  expect(await auditOf(app, orgId)).toMatchObject([{ action: 'backup.proof_failed', detail }])
}, 60_000)

test('the night tries the newest complete backup of each org, unless that was proven in the last twenty hours', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const now = app.ctx.clock.now()
  await putBackup(org)
  const newest = await putBackup(org)
  await putBackup(org, { state: 'failed' })
  await putBackup(org, { state: 'running' })
  const other = { ...org, ...(await makeOrg(app.ctx)) }
  const proven = await putBackup(other, { provenAt: addMs(now, -21 * HOUR_MS) })
  await putBackup({ ...org, ...(await makeOrg(app.ctx)) }, { provenAt: addMs(now, -19 * HOUR_MS) })
  await makeOrg(app.ctx)
  expect((await listUnproven(app.ctx)).toSorted((a, b) => a.id - b.id)).toEqual([
    { id: newest, orgId },
    { id: proven, orgId: other.orgId },
  ])
})

test('a backup that is gone meanwhile, or another org’s, is nothing to prove', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const other = { ...org, ...(await makeOrg(app.ctx)) }
  const id = await putRealBackup(other)
  await prove(app.ctx, { id, orgId }, actor, signal)
  await prove(app.ctx, { id: 987_654, orgId }, actor, signal)
  expect([await rowOf(org, id), await auditOf(app, orgId)]).toMatchObject([{ provenAt: null, proofError: null }, []])
})
