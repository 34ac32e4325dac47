import type { Actor } from '#core/scope.ts'
import type { Tx } from '#db/database.ts'
import type { Queue } from '#jobs/queue.ts'
import type { Clock } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'
import type { Action, ActionDetails } from './actions.ts'
import { announceEvent } from './outbox.ts'
import { searchTextOf } from './search-text.ts'
import { auditLog } from './tables.ts'

/** Who did it, and where. Every `Scope` is one; `nobody` is a visitor who has not signed in. */
export type AuditSubject = Readonly<{
  /** Absent for what concerns the whole install. */
  orgId?: number | undefined
  actor: Actor | Readonly<{ kind: 'nobody' }>
  requestId?: string | undefined
  address?: string | undefined
}>

type Recorder = Readonly<{ clock: Clock; random: Random }>

/**
 * Writes what happened in the transaction of the change: with it or not at all. The row is the audit line and the
 * outbox that webhooks and notifications read. Answers with the event's id (UUIDv7).
 */
export async function record<A extends Action>(
  ctx: Recorder & Readonly<{ jobs: Pick<Queue, 'enqueue'> }>,
  tx: Tx,
  subject: AuditSubject,
  action: A,
  detail: ActionDetails[A],
): Promise<string> {
  const eventId = await recordLine(ctx, tx, subject, action, detail)
  if (subject.orgId !== undefined) await announceEvent(ctx, tx, { orgId: subject.orgId, eventId })
  return eventId
}

/** The audit line alone, of what concerns no org: nobody is waiting for such an event, so that no queue is needed. */
export async function recordOfInstall<A extends Action>(
  ctx: Recorder,
  tx: Tx,
  subject: Omit<AuditSubject, 'orgId'>,
  action: A,
  detail: ActionDetails[A],
): Promise<string> {
  return await recordLine(ctx, tx, { ...subject, orgId: undefined }, action, detail)
}

async function recordLine<A extends Action>(
  ctx: Recorder,
  tx: Tx,
  subject: AuditSubject,
  action: A,
  detail: ActionDetails[A],
): Promise<string> {
  const eventId = ctx.random.uuid()
  const actor = actorColumns(subject.actor)
  await tx.insert(auditLog).values({
    eventId,
    orgId: subject.orgId ?? null,
    action,
    ...actor,
    detail,
    requestId: subject.requestId ?? null,
    address: subject.address ?? null,
    at: ctx.clock.now(),
    searchText: searchTextOf([action, actor.actorLabel, detail, subject.address, subject.requestId]),
  })
  return eventId
}

function actorColumns(actor: AuditSubject['actor']) {
  switch (actor.kind) {
    case 'person':
      return { actorKind: actor.kind, actorId: actor.userId, actorLabel: actor.email }
    case 'job':
      return { actorKind: actor.kind, actorId: null, actorLabel: actor.jobId }
    default:
      return { actorKind: actor.kind, actorId: null, actorLabel: actor.kind }
  }
}
