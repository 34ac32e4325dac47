import { engine } from '#db/columns.ts'
import type { SchemaNames } from '#db/scratch.ts'
import { quoted, tableIn } from '#db/sql-text.ts'
import type { LoadableTable } from './loadable.ts'

/** How a value comes about that is neither the backup's nor the present one alone. Both rows go by their aliases. */
type Blend = (now: string, then: string) => string

/** What the rows of one table will be after a restore. */
export type Outcome = Readonly<{
  name: string
  key: string
  /** The column that holds the org's id. */
  orgColumn: string
  /** The table of the scratch database that holds the rows as they will be, with the ids they will have. */
  ready: string
  /** What is restored of a row. */
  columns: readonly string[]
  /** What a row gets beside it when it is not there now. */
  addedColumns: readonly string[]
  blends: Readonly<Record<string, Blend>>
  /** Rows that the backup has not: whether they go, or what becomes of them (`set`) unless they are so already (`isLeft`). */
  others: 'go' | 'stay' | Readonly<{ set: string; isLeft: string }>
}>

const UNBLENDED: Outcome['blends'] = {}

/** Everything that is not said otherwise: the org's rows become those of the backup. */
export function plainOutcome({ bulk }: LoadableTable, orgColumn: string): Outcome {
  return {
    ...{ name: bulk.name, key: bulk.key, orgColumn, ready: `ready_${bulk.name}` },
    columns: bulk.columns.map(({ name }) => name),
    addedColumns: [],
    blends: UNBLENDED,
    others: 'go',
  }
}

/** The statements of an outcome, for whoever names the two schemas like this. `within` is the condition of a stretch. */
export function wordsOf(outcome: Outcome, orgId: number, { live, scratch }: SchemaNames) {
  const { columns, addedColumns, blends } = outcome
  const [now, then] = [tableIn(live, outcome.name), tableIn(scratch, outcome.ready)]
  const key = quoted(outcome.key)
  // In a stretch SQLite must go by the key, and would rather go through all of the org each time.
  const ours = `${engine === 'sqlite' ? '+' : ''}t.${quoted(outcome.orgColumn)} = ${orgId}`
  const values = columns
    .filter((name) => name !== outcome.key)
    .map((name) => {
      const [own, other] = [`t.${quoted(name)}`, `r.${quoted(name)}`]
      return { name, own, value: blends[name]?.(own, other) ?? other }
    })
  const isOther = values.map(({ own, value }) => `(${value}) is distinct from ${own}`).join(' or ') || 'false'
  const isSame = values.map(({ own, value }) => `(${value}) is not distinct from ${own}`).join(' and ') || 'true'
  const set = values.map(({ name, value }) => `${quoted(name)} = ${value}`).join(', ')
  const all = [...columns, ...addedColumns].map(quoted).join(', ')
  const thenOf = (condition: string) => `exists (select 1 from ${then} r where r.${key} = t.${key} and ${condition})`
  const isNew = `not exists (select 1 from ${now} t where t.${key} = r.${key} and ${ours})`
  const { others } = outcome
  const alsoGo = typeof others === 'object' ? ` or (not ${thenOf('true')} and not (${others.isLeft}))` : ''
  return {
    ...{ now, then },
    /** Of a table that goes by its name alone. */
    isOurs: `${quoted(outcome.orgColumn)} = ${orgId}`,
    drop: (within: string) => `delete from ${now} as t where ${ours} and ${within} and not ${thenOf(isSame)}`,
    change: (within: string) =>
      `update ${now} as t set ${set} from ${then} r where r.${key} = t.${key} and ${ours} and ${within} and (${isOther})`,
    retire: (within: string) =>
      typeof others === 'object'
        ? `update ${now} as t set ${others.set} where ${ours} and ${within} and not (${others.isLeft}) and not ${thenOf('true')}`
        : undefined,
    add: (within: string) => `insert into ${now} (${all}) select ${all} from ${then} r where ${within} and ${isNew}`,
    countAdded: (within: string) => `select count(*) as n from ${then} r where ${within} and ${isNew}`,
    countChanged: (within: string) =>
      `select count(*) as n from ${now} t where ${ours} and ${within} and (${thenOf(`(${isOther})`)}${alsoGo})`,
    countPresent: (within: string) =>
      `select count(*) as n from ${now} t where ${ours} and ${within}${others === 'go' ? ` and ${thenOf('true')}` : ''}`,
    countAll: (within: string) => `select count(*) as n from ${now} t where ${ours} and ${within}`,
  }
}
