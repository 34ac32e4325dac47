import type { Context } from '#core/context.ts'
import { literal, tableIn } from '#db/sql-text.ts'
import { newSecret, sealSecret, tailOf } from '#platform/webhooks/secret.ts'
import type { Outcome } from './outcome.ts'
import type { Plan } from './plan.ts'

export const OFF_REASON = 'A backup was restored that this webhook is not in.'
const BACK_REASON = 'It came back with a backup: rotate its secret, give the new one to the receiver, and switch it on.'

/** A webhook that came back gets a secret that nobody knows, and is off: what was deleted must not start to send again. */
export async function giveSecrets(ctx: Context, { sql, orgId, isTrial }: Plan, { ready }: Outcome): Promise<void> {
  if (isTrial) return
  const { live, scratch } = sql.names
  const then = tableIn(scratch, ready)
  const rows = await sql.run(
    `select id from ${then} r where not exists (select 1 from ${tableIn(live, 'webhooks')} t where t.id = r.id)`,
  )
  for (const { id } of rows) {
    const secret = newSecret(ctx)
    const sealed = sealSecret(ctx, secret, { orgId, id: Number(id) }).present
    await sql.run(`update ${then} set is_active = false, disabled_reason = ${literal(BACK_REASON)}, failing_since = null,
      secret_sealed = ${literal(sealed)}, secret_tail = ${literal(tailOf(secret))} where id = ${Number(id)}`)
  }
}
