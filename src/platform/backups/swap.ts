import { eq } from 'drizzle-orm'
import { requireAdminLeft } from '#core/access/last-admin.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { isUniqueViolation, lockRow, rawOf, type Tx } from '#db/database.ts'
import { inStretches } from '#db/stretches.ts'
import { keepAdmins, listAdmins } from './kept-admins.ts'
import { type Outcome, wordsOf } from './outcome.ts'
import { createPeople } from './people.ts'
import type { Plan } from './plan.ts'

export type Swap = Readonly<{
  outcomes: readonly Outcome[]
  onRows: (rowsDone: number) => void
  inSwap: (tx: Tx) => Promise<void>
}>

/**
 * Makes the org's rows what was worked out, in one transaction. Only rows that differ are written, so that it is as short as the
 * change is small; those of other orgs are not touched. False when the org or its people changed since, so that it has to be
 * worked out anew. Errors: `not_found` for an org that is gone, `last_admin` (conflict), and what `inSwap` throws.
 */
export async function swapRows(ctx: Context, plan: Plan, swap: Swap): Promise<boolean> {
  const { attach } = plan.staging.scratch
  try {
    await ctx.db.transaction((tx) => swapIn(ctx, tx, plan, swap), { attach })
    return true
  } catch (error) {
    if (error instanceof Outdated || isUniqueViolation(error)) return false
    throw error
  }
}

class Outdated extends Error {}

async function swapIn(ctx: Context, tx: Tx, plan: Plan, { outcomes, onRows, inSwap }: Swap): Promise<void> {
  const { orgId } = plan
  await lockRow(tx, orgs, orgId)
  if ((await tx.$count(orgs, eq(orgs.id, orgId))) === 0) {
    throw new AppError('not_found', 'not_found', 'There is no such organization.')
  }
  const admins = await listAdmins(tx, orgId)
  if (!(await createPeople(ctx, tx, plan))) throw new Outdated('somebody has an account by now')
  await setNestedLoops(tx, 'off')
  for (const outcome of outcomes.toReversed()) await takeAway(tx, plan, outcome)
  const people = plan.tables.find(({ bulk }) => bulk.name === 'users')
  let done = people?.rows ?? 0
  for (const outcome of outcomes) {
    await put(tx, plan, outcome)
    done += plan.tables.find(({ bulk }) => bulk.name === outcome.name)?.rows ?? 0
    onRows(done)
  }
  await setNestedLoops(tx, 'on')
  await keepAdmins(tx, orgId, admins)
  await requireAdminLeft(tx, orgId)
  await inSwap(tx)
}

/**
 * A table that was empty when PostgreSQL last looked is gone through once for each row to come, and grows while it is: that takes
 * hours. Joined whole, a table takes what it takes.
 */
async function setNestedLoops(tx: Tx, to: 'on' | 'off'): Promise<void> {
  if (tx.engine !== 'postgres') return
  await rawOf(tx)(`set local enable_nestloop = ${to}`)
  // A loop without an alternative, over one row, now looks so dear that it would be compiled first.
  await rawOf(tx)('set local jit = off')
}

/** What goes, and what is off from now on. Before anything comes, so that no two rows claim one name. */
async function takeAway(tx: Tx, { orgId, staging, signal }: Plan, outcome: Outcome): Promise<void> {
  const run = rawOf(tx)
  const words = wordsOf(outcome, orgId, staging.scratch.transactionNames)
  const stretches = { engine: tx.engine, run, key: outcome.key, signal }
  await inStretches({ ...stretches, from: words.now, where: words.isOurs }, async (within) => {
    if (outcome.others === 'go') return void (await run(words.drop(within('t'))))
    await run(words.change(within('t')))
    const retire = words.retire(within('t'))
    if (retire !== undefined) await run(retire)
  })
}

async function put(tx: Tx, { orgId, staging, signal }: Plan, outcome: Outcome): Promise<void> {
  const run = rawOf(tx)
  const words = wordsOf(outcome, orgId, staging.scratch.transactionNames)
  await inStretches({ engine: tx.engine, run, key: outcome.key, signal, from: words.then }, async (within) => {
    await run(words.add(within('r')))
  })
}
