import type { Context } from '#core/context.ts'
import { idsGiven, takeIds } from '#db/ids.ts'
import { literal, quoted, tableIn } from '#db/sql-text.ts'
import { inStretches } from '#db/stretches.ts'
import type { LoadableTable } from './loadable.ts'
import type { Plan } from './plan.ts'

/** Old and new ids of rows that cannot keep theirs. */
export const NEW_IDS = 'new_ids'

/**
 * Gives every row of a table a new id that cannot have the one it has in the backup: because another org has it, because it was
 * never given here, or because the backup is of another org. `isTaken` is one more reason, of a row called `s`.
 */
export async function giveNewIds(ctx: Context, plan: Plan, { bulk }: LoadableTable, isTaken = 'false'): Promise<void> {
  const { sql, orgId, isSameOrg, signal } = plan
  const { name, key } = bulk
  const [from, map] = [tableIn(sql.names.scratch, name), tableIn(sql.names.scratch, NEW_IDS)]
  const id = `s.${quoted(key)}`
  const given = await idsGiven(sql, name)
  const foreign = `exists (select 1 from ${tableIn(sql.names.live, name)} t where t.${quoted(key)} = ${id} and t.org_id <> ${orgId})`
  const isKept = isSameOrg ? `${id} between 1 and ${given} and not ${foreign} and not (${isTaken})` : 'false'
  const isMapped = `exists (select 1 from ${map} m where m.name = ${literal(name)} and m.old = ${id})`
  await inStretches({ ...sql, from, key, signal }, async (within) => {
    const needy = `from ${from} s where ${within('s')} and not (${isKept}) and not ${isMapped}`
    const [row] = await sql.run(`select count(*) as n ${needy}`)
    const count = Number(row?.n)
    if (count === 0) return
    const next = await takeIds(ctx.db, sql.names.live, name, plan.isTrial ? 'none' : count)
    await sql.run(`insert into ${map} (name, old, new) select ${literal(name)}, ${id}, ${next(id)} ${needy}`)
  })
}

/** Whether no row of these tables has got a new id. */
export async function keepsIds({ sql }: Plan, tables: readonly string[]): Promise<boolean> {
  const names = tables.map(literal).join(', ')
  const [row] = await sql.run(
    `select count(*) as n from ${tableIn(sql.names.scratch, NEW_IDS)} where name in (${names})`,
  )
  return Number(row?.n) === 0
}
