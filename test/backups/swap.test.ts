import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { usageEvents } from '#core/usage/tables.ts'
import { loadInto } from '#db/bulk.ts'
import { engine } from '#db/columns.ts'
import type { MigrationRun, Tx } from '#db/database.ts'
import { RAW } from '#db/transaction.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { backUp, openLife } from './org-life.ts'

/** The org is the key of these. */
const HAS_ONE_ROW = /^update "honeyframe"."(orgs|smtp_settings)"/

/** Notes how PostgreSQL is going to carry out each statement that changes rows, just before it does. */
function explaining(ctx: Context, plans: Map<string, string>): Context {
  const explained = (tx: Tx) => {
    const run: MigrationRun = async (sql, params) => {
      if (/^(insert|update|delete)\b/.test(sql)) plans.set(sql, await planOf(tx, sql))
      return await tx[RAW](sql, params)
    }
    return new Proxy(tx, { get: (own, key) => (key === RAW ? run : Reflect.get(own, key)) })
  }
  const transaction: Context['db']['transaction'] = (work, options) =>
    ctx.db.transaction((tx) => work(explained(tx)), options)
  return {
    ...ctx,
    db: new Proxy(ctx.db, { get: (own, key) => (key === 'transaction' ? transaction : Reflect.get(own, key)) }),
  }
}

async function planOf(tx: Tx, sql: string): Promise<string> {
  const rows = await tx[RAW](`explain ${sql}`)
  return rows.map((row) => String(row['QUERY PLAN'])).join('\n')
}

test.if(engine === 'postgres')(
  'a table that PostgreSQL believes to be empty is not gone through once for each row that a restore brings',
  async () => {
    await using life = await openLife()
    const { app, ctx, acme } = life
    const file = await backUp(life, acme)
    await ctx.db.delete(usageEvents).where(eq(usageEvents.orgId, acme))
    await loadInto(app.database.url, (writer) => writer.run('analyze usage_events'))
    const plans = new Map<string, string>()
    await restoreOrg(explaining(ctx, plans), { orgId: acme }, { file })
    const ofEvents = [...plans.keys()].filter((sql) => sql.includes('"usage_events"'))
    expect(ofEvents.map((sql) => sql.split(' ')[0])).toEqual(['delete', 'insert'])
    const ofMany = [...plans].filter(([sql]) => !HAS_ONE_ROW.test(sql)).map(([, plan]) => plan)
    expect(ofMany.length).toBeGreaterThan(10)
    expect(ofMany.filter((plan) => plan.includes('Nested Loop'))).toEqual([])
    expect([...plans.values()].filter((plan) => plan.includes('JIT'))).toEqual([])
  },
)
