import type { Context } from '#core/context.ts'
import { literal, tableIn } from '#db/sql-text.ts'
import type { Outcome } from './outcome.ts'
import type { Plan } from './plan.ts'

export const OFF_REASON = 'A backup was restored that this webhook is not in.'
const BACK_REASON = 'It came back with a backup: rotate its secret, give the new one to the receiver, and switch it on.'
const SECRET_BYTES = 32
const TAIL_CHARS = 6

/** A webhook that came back gets a secret that nobody knows, and is off: what was deleted must not start to send again. */
export async function giveSecrets(ctx: Context, { sql, orgId, isTrial }: Plan, { ready }: Outcome): Promise<void> {
  if (isTrial) return
  const { live, scratch } = sql.names
  const then = tableIn(scratch, ready)
  const rows = await sql.run(
    `select id from ${then} r where not exists (select 1 from ${tableIn(live, 'webhooks')} t where t.id = r.id)`,
  )
  for (const { id } of rows) {
    const secret = `whsec_${Buffer.from(ctx.random.bytes(SECRET_BYTES)).toString('base64')}`
    const sealed = ctx.vault.seal(secret, { orgId, table: 'webhooks', column: 'secret_sealed', row: Number(id) })
    await sql.run(`update ${then} set is_active = false, disabled_reason = ${literal(BACK_REASON)}, failing_since = null,
      secret_sealed = ${literal(sealed)}, secret_tail = ${literal(secret.slice(-TAIL_CHARS))} where id = ${Number(id)}`)
  }
}
