import { and, eq } from 'drizzle-orm'
import { type AuditSubject, record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { enqueueAdminMail } from '#core/mail/admins.ts'
import { plural } from '#lib/format.ts'
import { type Backup, requireIn } from './backup.ts'
import { requireFile } from './download.ts'
import { proveBackup } from './proof.ts'
import { wordsOf } from './subject.ts'
import { backups } from './tables.ts'

type Actor = AuditSubject['actor']
type Proof = Readonly<{ tables: number; differences: number; error?: string | undefined }>

/**
 * Restores a backup into a scratch database, exports that again and compares. The row, the log and, when it is not the same, the
 * admins' mail tell what came of it. A backup that is gone meanwhile is nothing to prove.
 */
export async function prove(ctx: Context, found: { id: number; orgId: number }, actor: Actor, signal: AbortSignal) {
  const [backup] = await ctx.db.select().from(backups).where(eq(backups.id, found.id))
  if (backup?.orgId !== found.orgId || backup.state !== 'complete') return
  const proof = await proofOf(ctx, await requireIn(ctx.db, found, found.id), signal)
  signal.throwIfAborted()
  await keepProof(ctx, backup, proof, actor)
}

/** A file that cannot be read, or is no backup, is a failed proof and no failed job. */
async function proofOf(ctx: Context, backup: Backup, signal: AbortSignal): Promise<Proof> {
  try {
    const proof = await proveBackup(ctx, await requireFile(ctx, backup), signal)
    if (proof.error !== undefined || proof.differences === 0) return proof
    const words = `${proof.differences} of ${plural(proof.tables, 'table')} came back different.`
    return { ...proof, error: words }
  } catch (error) {
    signal.throwIfAborted()
    ctx.log.error('a backup could not be proven', { backup: backup.id, error })
    return { tables: 0, differences: 0, error: wordsOf(error, 'It could not be restored into a scratch database.') }
  }
}

async function keepProof(ctx: Context, backup: typeof backups.$inferSelect, proof: Proof, actor: Actor): Promise<void> {
  const { id, orgId, name } = backup
  const { tables, differences, error } = proof
  const isProven = error === undefined
  const set = { proofTables: tables, proofDifferences: differences, proofError: error ?? null }
  await ctx.db.transaction(async (tx) => {
    const kept = await tx
      .update(backups)
      .set({ ...set, ...(isProven && { provenAt: ctx.clock.now() }) })
      .where(and(eq(backups.id, id), eq(backups.orgId, orgId)))
      .returning({ id: backups.id })
    if (kept.length === 0) return
    const subject = { orgId, actor }
    if (isProven) {
      await record(ctx, tx, subject, 'backup.proven', { backup_id: id, name, tables, differences })
      return
    }
    await record(ctx, tx, subject, 'backup.proof_failed', { backup_id: id, name, error })
    await enqueueAdminMail(ctx, tx, orgId, {
      subject: 'a backup could not be proven restorable',
      lines: [`The backup ${name} was tried: ${error}`, 'Make a new backup, and keep this one until it is understood.'],
      linkPath: '/backups',
    })
  })
}
