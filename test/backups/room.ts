import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { exportOrg } from '#platform/backups/export.ts'
import { backupSettings, backups } from '#platform/backups/tables.ts'
import { type Answer, call, type Org } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import type { TestApp, TestPerson } from '#test/support/app.ts'

type NewRow = Partial<Omit<typeof backups.$inferSelect, 'id' | 'orgId'>>

/** What a busy machine may take for a small org. */
const ENDED_MS = 30_000

let made = 0

/** Where the backups of an org lie. */
export function folderOf({ app, slug }: Pick<Org, 'app' | 'slug'>): string {
  return join(app.config.dataDir, '_backups', slug)
}

/** The files in it, hidden ones included, by name. */
export async function filesOf(org: Pick<Org, 'app' | 'slug'>): Promise<string[]> {
  return (await readdir(folderOf(org)).catch(() => [])).toSorted()
}

/** A complete backup with a file, made by hand: it holds nothing that could be restored. Answers with its id. */
export async function putBackup(org: Pick<Org, 'app' | 'slug' | 'orgId'>, more: NewRow = {}): Promise<number> {
  const { app, orgId } = org
  const text = `file ${++made}`
  const createdAt = app.ctx.clock.now()
  const row: typeof backups.$inferInsert = {
    ...{ orgId, name: `20260101-${String(made).padStart(6, '0')}.tar.gz`, kind: 'manual', state: 'complete' },
    ...{ rows: 7, rowsDone: 7, tables: 3, files: 0, bytes: text.length, createdAt, finishedAt: createdAt },
    ...more,
  }
  const [added] = await app.ctx.db
    .insert(backups)
    .values(row)
    .returning({ id: backups.id, name: backups.name, state: backups.state })
  if (added?.state === 'complete') {
    await mkdir(folderOf(org), { recursive: true })
    await Bun.write(join(folderOf(org), added.name), text)
  }
  return added?.id ?? 0
}

/** A complete backup of what the org has now, made without the queue. Answers with its id. */
export async function putRealBackup(org: Pick<Org, 'app' | 'slug' | 'orgId'>, more: NewRow = {}): Promise<number> {
  const { app, orgId } = org
  const id = await putBackup(org, more)
  const [row] = await app.ctx.db.select().from(backups).where(eq(backups.id, id))
  const file = join(folderOf(org), row?.name ?? '')
  await rm(file)
  const { manifest, bytes, sha256 } = await exportOrg(app.ctx, { orgId }, { file })
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
  await app.ctx.db.update(backups).set({ bytes, sha256, rows, rowsDone: rows }).where(eq(backups.id, id))
  return id
}

/** Asks for a backup and waits for its end. */
export async function backUp(org: Org): Promise<Record<string, unknown>> {
  const asked = await call(org.app, 'POST', '/api/backups', org.admin)
  if (asked.status !== 202) throw new Error(`not asked for: ${JSON.stringify(asked)}`)
  return await ended(org.app, org.admin, `/api/backups/${String(asked.body.id)}`)
}

/** What is at a path once it runs no more. */
export async function ended(app: TestApp, person: TestPerson, path: string): Promise<Record<string, unknown>> {
  let answer: Answer | undefined
  await eventually(async () => {
    answer = await call(app, 'GET', path, person)
    return answer.body.status !== 'running'
  }, ENDED_MS)
  return answer?.body ?? {}
}

/** The last bits of a file's mode. */
export async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

export async function settingsRow({ app, orgId }: Pick<Org, 'app' | 'orgId'>) {
  const rows = await app.ctx.db.select().from(backupSettings)
  return rows.find((row) => row.orgId === orgId)
}
