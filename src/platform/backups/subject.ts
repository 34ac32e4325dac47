import { eq } from 'drizzle-orm'
import type { AuditSubject } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Actor } from '#core/scope.ts'
import { users } from '#core/tenancy/tables.ts'
import { GiveUp } from '#jobs/job.ts'

/** Who the log names for this work: the person who asked for it, else who does it (a job, or the operator). */
export async function subjectOf(
  ctx: Context,
  work: Readonly<{ orgId: number; createdBy: number | null }>,
  actor: Actor,
): Promise<AuditSubject> {
  const { orgId, createdBy } = work
  const [person] = createdBy === null ? [] : await ctx.db.select().from(users).where(eq(users.id, createdBy))
  if (!person) return { orgId, actor }
  return { orgId, actor: { kind: 'person', userId: person.id, email: person.email, name: person.name } }
}

/** What may be shown of a failure; an error of another kind may speak of the program's insides. */
export function wordsOf(error: unknown, otherwise: string): string {
  return error instanceof AppError || error instanceof GiveUp ? error.message : otherwise
}
