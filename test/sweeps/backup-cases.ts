import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { exportOrg } from '#platform/backups/export.ts'
import { backupSettings, backups, restores } from '#platform/backups/tables.ts'
import { type Content, repack } from '#test/backups/repack.ts'
import { folderOf, putBackup } from '#test/backups/room.ts'
import { ACCESS_KEY_ID, BUCKET, REGION, SECRET, startS3 } from '#test/support/s3.ts'
import type { Case } from './contract-cases.ts'
import type { Stage } from './contract-stage.ts'

const LIST = '/api/backups'
const ONE = '/api/backups/{id}'
const SETTINGS = '/api/backups/settings'
type More = Parameters<typeof putBackup>[1]

/** The operation on a backup made by hand. */
function onBackup(more: More = {}, before: (stage: Stage, id: number) => Promise<unknown> = async () => {}): Case {
  return async (stage, operation) => {
    const id = await putBackup(stage, more)
    await before(stage, id)
    return stage.call(operation, { id, ...(operation.hasBody && { body: phraseOf(stage) }) })
  }
}

function phraseOf({ slug }: Stage): string {
  return JSON.stringify({ confirm: `RESTORE ${slug}` })
}

async function putRestore({ app, orgId }: Stage, backupId: number): Promise<number> {
  const row = { orgId, backupId, state: 'running', step: 'waiting', createdAt: app.ctx.clock.now() } as const
  const [added] = await app.ctx.db.insert(restores).values(row).returning({ id: restores.id })
  return added?.id ?? 0
}

/** The operation on a backup that is real but for what `edit` changes in it. */
function onReal(edit: (content: Content) => void): Case {
  return async (stage, operation) => {
    const id = await putBackup(stage)
    const folder = folderOf(stage)
    const file = join(folder, 'real.tar.gz')
    await exportOrg(stage.app.ctx, stage, { file })
    const path = await repack(file, { edit })
    const [row] = await stage.app.ctx.db.select().from(backups).where(eq(backups.id, id))
    await rename(path, join(folder, row?.name ?? ''))
    return stage.call(operation, { id })
  }
}

/** What every use of a backup's file refuses. */
function fileRefusals(name: string): Record<string, Case> {
  return {
    [`${name} 409 backup_not_complete`]: onBackup({ state: 'failed' }),
    [`${name} 410 backup_file_missing`]: onBackup({}, (stage) => rm(folderOf(stage), { recursive: true })),
  }
}

function busyRefusals(name: string): Record<string, Case> {
  return {
    [`${name} 409 backup_running`]: onBackup({}, (stage) => putBackup(stage, { state: 'running' })),
    [`${name} 409 restore_running`]: onBackup({}, putRestore),
    [`${name} 409 disk_full`]: onBackup({}, (stage) => putBackup(stage, { bytes: Number.MAX_SAFE_INTEGER })),
  }
}

function storeAt(endpoint: string) {
  return { endpoint, region: REGION, bucket: BUCKET, access_key_id: ACCESS_KEY_ID, secret: SECRET }
}

/** The operation with an object store at hand, at an address that the operator lets us call. */
function onStore(meet: (s3: ReturnType<typeof startS3>, stage: Stage) => unknown): Case {
  return async (stage, operation) => {
    await using s3 = startS3()
    await stage.send('PUT', SETTINGS, { store: storeAt(s3.endpoint) })
    await meet(s3, stage)
    return await stage.call(operation)
  }
}

async function spoilStore({ app, orgId }: Stage, set: Partial<typeof backupSettings.$inferInsert>): Promise<void> {
  await app.ctx.db.update(backupSettings).set(set).where(eq(backupSettings.orgId, orgId))
}

export const BACKUP_CASES: Readonly<Record<string, Case>> = {
  [`GET ${LIST} 200`]: onBackup(),
  [`POST ${LIST} 202`]: ({ call }, operation) => call(operation),
  ...busyRefusals(`POST ${LIST}`),
  [`GET ${ONE} 200`]: onBackup(),
  [`DELETE ${ONE} 204`]: onBackup(),
  [`DELETE ${ONE} 409 backup_running`]: onBackup({ state: 'running' }),
  [`DELETE ${ONE} 409 backup_in_use`]: onBackup({}, putRestore),
  [`GET ${ONE}/download 200`]: onBackup(),
  ...fileRefusals(`GET ${ONE}/download`),
  [`GET ${ONE}/preview 200`]: onReal(() => {}),
  ...fileRefusals(`GET ${ONE}/preview`),
  [`GET ${ONE}/preview 409 backup_newer`]: onReal(({ manifest }) => Object.assign(manifest, { format: 99 })),
  [`GET ${ONE}/preview 409 backup_older`]: onReal(({ manifest }) => {
    Object.assign(manifest, { schema: '0001_first_light' })
    manifest.tables[0]?.columns.splice(1, 1, 'gone_since')
  }),
  [`GET ${ONE}/preview 422 archive_invalid`]: onBackup(),
  [`GET ${ONE}/preview 422 backup_of_instance`]: onReal(({ manifest }) => {
    Reflect.deleteProperty(manifest, 'org')
    Object.assign(manifest, { kind: 'instance' })
  }),
  [`GET ${ONE}/preview 429 busy`]: async (stage, operation) => {
    const ids = [await putBackup(stage), await putBackup(stage)]
    const answers = await Promise.all(ids.map((id) => stage.call(operation, { id })))
    return answers.find(({ status }) => status === 429) ?? Response.error()
  },
  [`POST ${ONE}/restore 202`]: onBackup(),
  ...fileRefusals(`POST ${ONE}/restore`),
  ...busyRefusals(`POST ${ONE}/restore`),
  [`POST ${ONE}/restore 400 confirm_mismatch`]: async (stage, operation) =>
    stage.call(operation, { id: await putBackup(stage), body: '{"confirm":"RESTORE another"}' }),
  [`POST ${ONE}/prove 202`]: onBackup(),
  ...fileRefusals(`POST ${ONE}/prove`),
  'GET /api/restores/{id} 200': async (stage, operation) =>
    stage.call(operation, { id: await putRestore(stage, await putBackup(stage)) }),
  [`GET ${SETTINGS} 200`]: ({ call }, operation) => call(operation),
  [`PUT ${SETTINGS} 200`]: ({ call }, operation) => call(operation),
  [`PUT ${SETTINGS} 422 invalid_store`]: ({ send }) => send('PUT', SETTINGS, { store: storeAt('nowhere') }),
  [`PUT ${SETTINGS} 422 secret_required`]: ({ send }) =>
    send('PUT', SETTINGS, { store: { ...storeAt('https://s3.example.test'), secret: '' } }),
  [`PUT ${SETTINGS} 422 egress_refused`]: ({ send }) => send('PUT', SETTINGS, { store: storeAt('https://127.0.0.2') }),
  [`POST ${SETTINGS}/test 200`]: onStore(() => {}),
  [`POST ${SETTINGS}/test 409 no_store`]: ({ call }, operation) => call(operation),
  [`POST ${SETTINGS}/test 422 egress_refused`]: onStore((_, stage) =>
    spoilStore(stage, { s3Endpoint: 'http://127.0.0.2' }),
  ),
  [`POST ${SETTINGS}/test 409 secret_unreadable`]: onStore((_, stage) => spoilStore(stage, { s3SecretSealed: 'x' })),
  [`POST ${SETTINGS}/test 502 store_refused`]: onStore(({ peer }) => {
    peer.refuse = { status: 403, code: 'AccessDenied', message: 'Access Denied.' }
  }),
  [`POST ${SETTINGS}/test 502 transport_failed`]: onStore((s3) => s3[Symbol.asyncDispose]()),
}
