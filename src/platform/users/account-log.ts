import type { ActionDetails } from '#core/audit/actions.ts'
import { type AuditSubject, record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import type { Tx } from '#db/database.ts'
import type { Account } from './account.ts'

/** Writes what happened to an account into the log of each org it belongs to, or into that of the install. */
export async function recordForAccount<A extends keyof ActionDetails>(
  ctx: Context,
  tx: Tx,
  subject: AuditSubject,
  account: Pick<Account, 'memberships'>,
  action: A,
  detail: ActionDetails[A],
): Promise<void> {
  const { actor, requestId, address } = subject
  const orgIds = account.memberships.length > 0 ? account.memberships.map(({ orgId }) => orgId) : [undefined]
  for (const orgId of orgIds) await record(ctx, tx, { orgId, actor, requestId, address }, action, detail)
}
