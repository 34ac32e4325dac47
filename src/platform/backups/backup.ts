import { and, desc, eq, getTableColumns, lt, type SQL, sql } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import { type Database, lockRow, type Tx } from '#db/database.ts'
import { jobs } from '#jobs/tables.ts'
import { addBackup, requireIdle } from './begin.ts'
import { requireRoom } from './room.ts'
import { backups } from './tables.ts'

/** A backup with the slug of its org, which its file lies under, the e-mail of who asked for it, and what is on its way for it. */
export type Backup = Readonly<
  typeof backups.$inferSelect & { slug: string; by: string | null; isProving: boolean; isUploading: boolean }
>

type Page = Readonly<{ limit: number; before?: number | undefined }>

/** The org's backups of every kind and state, newest first: at most `limit`, with ids below `before`. For `backup.edit`. */
export async function listBackups(ctx: Context, scope: Scope, page: Page): Promise<Backup[]> {
  const isLater = page.before === undefined ? undefined : lt(backups.id, page.before)
  return await selectBackups(ctx.db, scope, isLater).orderBy(desc(backups.id)).limit(page.limit)
}

/** One backup of the org. For `backup.edit`. Error: `not_found`. */
export async function requireBackup(ctx: Context, scope: Scope, id: number): Promise<Backup> {
  return await requireIn(ctx.db, scope, id)
}

/** One backup of the org, or undefined. For `backup.edit`. */
export async function findBackup(ctx: Context, scope: Pick<Scope, 'orgId'>, id: number): Promise<Backup | undefined> {
  const [backup] = await selectBackups(ctx.db, scope, eq(backups.id, id))
  return backup
}

/**
 * Asks for a backup: it comes back `running`, and the queue writes it. For `backup.edit`. Errors (conflict): `backup_running`,
 * `restore_running` and `disk_full`.
 */
export async function createBackup(ctx: Context, scope: Scope): Promise<Backup> {
  await requireRoom(ctx, scope.orgId)
  return await ctx.db.transaction(async (tx) => await requireIn(tx, scope, await beginBackup(ctx, tx, scope)))
}

/** Writes the row of a backup that somebody asks for, and its job. The id comes back. Errors: those of `requireIdle`. */
export async function beginBackup(ctx: Context, tx: Tx, scope: Scope): Promise<number> {
  const { orgId } = scope
  await lockRow(tx, orgs, orgId)
  await requireIdle(tx, orgId)
  return await addBackup(ctx, tx, { orgId, kind: 'manual', createdBy: authorOf(scope) })
}

/** Backups of the org, for a statement's end of its own. */
export function selectBackups(db: Database | Tx, scope: Pick<Scope, 'orgId'>, where?: SQL) {
  return db
    .select({
      ...{ ...getTableColumns(backups), slug: orgs.slug, by: users.email },
      ...{ isProving: isQueued(db, 'backup.prove'), isUploading: isQueued(db, 'backup.upload') },
    })
    .from(backups)
    .innerJoin(orgs, eq(orgs.id, backups.orgId))
    .leftJoin(users, eq(users.id, backups.createdBy))
    .where(and(eq(backups.orgId, scope.orgId), where))
    .$dynamic()
}

/** The person who acts, if it is one. */
export function authorOf({ actor }: Scope): number | null {
  return actor.kind === 'person' ? actor.userId : null
}

export async function requireIn(db: Database | Tx, scope: Pick<Scope, 'orgId'>, id: number): Promise<Backup> {
  const [backup] = await selectBackups(db, scope, eq(backups.id, id))
  if (!backup) throw new AppError('not_found', 'not_found', 'There is no such backup.')
  return backup
}

/** Whether an unfinished job has the key that such a job of this backup has. */
function isQueued(db: Database | Tx, kind: 'backup.prove' | 'backup.upload') {
  const key = sql`${`${kind}:`} || cast(${backups.id} as text)`
  return sql`exists ${db.select({ id: jobs.id }).from(jobs).where(sql`${jobs.uniqueKey} = ${key}`)}`.mapWith(Boolean)
}
