import type { Context } from '#core/context.ts'
import { scopes } from '#db/columns.ts'
import { literal, quoted, tableIn } from '#db/sql-text.ts'
import { inStretches } from '#db/stretches.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import type { LoadableTable } from './loadable.ts'
import { giveNewIds, keepsIds, NEW_IDS } from './new-ids.ts'
import { type Outcome, plainOutcome } from './outcome.ts'
import { findPeople, PEOPLE } from './people.ts'
import type { Plan } from './plan.ts'
import { isRuleBroken } from './rule-broken.ts'
import { RULES } from './rules.ts'

/**
 * Works out in the scratch database what every row will be: whose it is, which id it has, and whom and what it names. Nothing of
 * the live database is held up meanwhile. Parents come before their children. Errors: `archive_invalid` (invalid).
 */
export async function makeOutcomes(ctx: Context, plan: Plan): Promise<Outcome[]> {
  await makeMaps(plan)
  await findPeople(ctx, plan)
  const outcomes: Outcome[] = []
  for (const table of plan.tables) {
    if (table.bulk.name === 'users') continue
    const rule = RULES[table.bulk.name]
    if (hasOwnIds(table)) await (rule?.giveIds?.(ctx, plan, table) ?? giveNewIds(ctx, plan, table))
    const plain = plainOutcome(table, orgColumnOf(table.bulk.name))
    const outcome = rule?.outcome?.(plain) ?? plain
    await makeReady(plan, table, outcome)
    await rule?.finish?.(ctx, plan, outcome)
    outcomes.push(outcome)
  }
  return outcomes
}

async function makeMaps({ sql }: Plan): Promise<void> {
  const maps = {
    [NEW_IDS]: 'name text not null, old bigint not null, new bigint not null, primary key (name, old)',
    [PEOPLE]: 'old bigint primary key, new bigint not null, email text, name text',
  }
  for (const [name, columns] of Object.entries(maps)) {
    await sql.run(`create table ${tableIn(sql.names.scratch, name)} (${columns})`)
  }
}

/** A view where every row stays as it is: an org's large tables are not copied for nothing. */
async function makeReady(plan: Plan, table: LoadableTable, outcome: Outcome): Promise<void> {
  const { sql, signal } = plan
  const { scratch } = sql.names
  const { name, key, columns } = table.bulk
  const [ready, from] = [tableIn(scratch, outcome.ready), tableIn(scratch, name)]
  const { fields, isPlain } = await fieldsOf(plan, table, outcome.orgColumn)
  if (isPlain) {
    // A view of an attached file names the tables of its own file, whatever that is called.
    const own = sql.engine === 'sqlite' ? quoted(name) : from
    return void (await sql.run(`create view ${ready} as select ${fields} from ${own} s`))
  }
  await sql.run(`create table ${ready} as select ${fields} from ${from} s where false`)
  for (const added of outcome.addedColumns) await sql.run(`alter table ${ready} add column ${quoted(added)} text`)
  const names = columns.map((column) => quoted(column.name)).join(', ')
  const condition = RULES[name]?.condition?.(plan) ?? 'true'
  await inStretches({ ...sql, from, key, signal }, async (within) => {
    await sql.run(
      `insert into ${ready} (${names}) select ${fields} from ${from} s where ${within('s')} and (${condition})`,
    )
  })
  await addKey(plan, outcome)
}

async function addKey({ sql }: Plan, { ready, key }: Outcome): Promise<void> {
  const { scratch } = sql.names
  const [index, on] =
    sql.engine === 'sqlite'
      ? [tableIn(scratch, `${ready}_key`), quoted(ready)]
      : [quoted(`${ready}_key`), tableIn(scratch, ready)]
  try {
    await sql.run(`create unique index ${index} on ${on} (${quoted(key)})`)
  } catch (error) {
    throw isRuleBroken(error) ? archiveInvalid('it has a row twice') : error
  }
  if (sql.engine === 'postgres') await sql.run(`analyze ${tableIn(scratch, ready)}`)
}

/** What every column of a row called `s` will hold, and whether that is what it holds already. */
async function fieldsOf(plan: Plan, { bulk, shape }: LoadableTable, orgColumn: string) {
  const restored = plan.tables.map((table) => table.bulk.name)
  const rule = RULES[bulk.name]
  let isPlain = plan.isSameOrg && !rule && bulk.key !== orgColumn
  const fields: string[] = []
  const named = new Set([bulk.name])
  for (const { name } of bulk.columns) {
    const own = `s.${quoted(name)}`
    const target = shape.columns.find((column) => column.name === name)?.target
    fields.push(`${expression()} as ${quoted(name)}`)

    function expression(): string {
      const ruled = rule?.fields?.[name]?.(own, plan)
      if (ruled !== undefined) return ruled
      if (name === orgColumn) return String(plan.orgId)
      if (name === bulk.key) return newId(plan, bulk.name, own)
      if (!target || target.table === 'orgs') return own
      if (target.table === 'users') isPlain = false
      if (target.table === 'users') return personId(plan, own)
      named.add(target.table)
      return restored.includes(target.table) ? newId(plan, target.table, own) : 'null'
    }
  }
  isPlain &&= await keepsIds(plan, [...named])
  if (!isPlain) return { fields: fields.join(', '), isPlain }
  const same = bulk.columns.map(({ name }) => (name === orgColumn ? String(plan.orgId) : `s.${quoted(name)}`))
  return {
    fields: same.map((text, place) => `${text} as ${quoted(bulk.columns[place]?.name ?? '')}`).join(', '),
    isPlain,
  }
}

function newId({ sql }: Plan, table: string, old: string): string {
  const map = tableIn(sql.names.scratch, NEW_IDS)
  return `coalesce((select m.new from ${map} m where m.name = ${literal(table)} and m.old = ${old}), ${old})`
}

/** Somebody who was no member of the org is known by his id alone, and so only here. */
function personId({ sql, isSameOrg }: Plan, old: string): string {
  const { live, scratch } = sql.names
  const found = `(select p.new from ${tableIn(scratch, PEOPLE)} p where p.old = ${old})`
  if (!isSameOrg) return found
  const isMember = `exists (select 1 from ${tableIn(scratch, 'users')} x where x.id = ${old})`
  return `coalesce(${found}, (select u.id from ${tableIn(live, 'users')} u where u.id = ${old} and not ${isMember}))`
}

function hasOwnIds({ bulk }: LoadableTable): boolean {
  return bulk.key !== orgColumnOf(bulk.name)
}

function orgColumnOf(table: string): string {
  const decl = scopes().find(({ name }) => name === table)?.decl
  if (decl?.scope === 'org') return decl.column
  throw new Error(`no org owns the rows of ${table}`)
}
