import type { Context } from '#core/context.ts'
import { literal, quoted, tableIn } from '#db/sql-text.ts'
import type { LoadableTable } from './loadable.ts'
import { giveNewIds, NEW_IDS } from './new-ids.ts'
import type { Outcome } from './outcome.ts'
import { PEOPLE } from './people.ts'
import type { Plan } from './plan.ts'
import { giveSecrets, OFF_REASON } from './restored-webhooks.ts'

/** What is otherwise with a table than that the org's rows become those of the backup. */
type Rule = Readonly<{
  giveIds?: (ctx: Context, plan: Plan, table: LoadableTable) => Promise<void>
  outcome?: (plain: Outcome) => Outcome
  /** What a column of the row `s` of the backup will hold. */
  fields?: Readonly<Record<string, (own: string, plan: Plan) => string>>
  /** Which rows `s` of the backup come back. */
  condition?: (plan: Plan) => string
  /** Once the rows stand as they will be. */
  finish?: (ctx: Context, plan: Plan, outcome: Outcome) => Promise<void>
}>

export const RULES: Readonly<Record<string, Rule>> = {
  orgs: {
    outcome: (plain) => ({ ...plain, columns: ['id', 'name', 'color', 'logo_hash'], others: 'stay' }),
  },
  /** Nobody is put out: who came later stays, and who is here already keeps his membership and takes his role from the backup. */
  user_orgs: {
    giveIds: giveMembershipIds,
    outcome: (plain) => ({
      ...plain,
      others: 'stay',
      blends: { last_active_at: (now, then) => `coalesce(${now}, ${then})` },
    }),
  },
  /** A grant for one group names it in its target. */
  group_grants: {
    fields: { target: targetOf },
    condition: (plan) => (plan.isSameOrg ? 'true' : `(s.target not like 'group:%' or ${hasTarget(plan)})`),
  },
  /** A password goes to the server it was entered for and to no other; without one a server is of no use. */
  smtp_settings: {
    outcome: (plain) => ({ ...plain, columns: ['org_id', 'from_address'], others: 'stay' }),
    condition: ({ sql, orgId }) => {
      const same = ['host', 'port', 'tls', 'username'].map((name) => `t.${quoted(name)} = s.${quoted(name)}`)
      const now = tableIn(sql.names.live, 'smtp_settings')
      return `exists (select 1 from ${now} t where t.org_id = ${orgId} and ${same.join(' and ')})`
    },
  },
  /** None is deleted, for its deliveries are kept; none that was off or is gone is on again. */
  webhooks: {
    outcome: (plain) => ({
      ...plain,
      addedColumns: ['secret_sealed', 'secret_tail'],
      blends: {
        is_active: (now, then) => `${now} and ${then}`,
        disabled_reason: (now, then) => `case when t.is_active then ${then} else ${now} end`,
        failing_since: (now) => now,
        updated_at: (now) => now,
      },
      others: { set: `is_active = false, disabled_reason = ${literal(OFF_REASON)}`, isLeft: 'not t.is_active' },
    }),
    finish: giveSecrets,
  },
}

/** Somebody who is a member now has a membership already: the one of the backup is that one. */
async function giveMembershipIds(ctx: Context, plan: Plan, table: LoadableTable): Promise<void> {
  const { sql, orgId } = plan
  const { live, scratch } = sql.names
  const [now, people, map] = [tableIn(live, 'user_orgs'), tableIn(scratch, PEOPLE), tableIn(scratch, NEW_IDS)]
  await sql.run(`insert into ${map} (name, old, new) select 'user_orgs', s.id, t.id
    from ${tableIn(scratch, 'user_orgs')} s join ${people} p on p.old = s.user_id
    join ${now} t on t.user_id = p.new and t.org_id = ${orgId} where t.id <> s.id`)
  const isOthers = `exists (select 1 from ${now} t join ${people} p on p.old = s.user_id
    where t.id = s.id and t.user_id <> p.new)`
  await giveNewIds(ctx, plan, table, isOthers)
}

function targetOf(own: string, { sql }: Plan): string {
  const map = tableIn(sql.names.scratch, NEW_IDS)
  return `coalesce((select 'group:' || m.new from ${map} m where m.name = 'groups' and 'group:' || m.old = ${own}), ${own})`
}

function hasTarget({ sql }: Plan): string {
  return `exists (select 1 from ${tableIn(sql.names.scratch, 'groups')} g where 'group:' || g.id = s.target)`
}
