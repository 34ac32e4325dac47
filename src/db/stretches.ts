import { endOfTurn } from '#lib/turn.ts'
import type { MigrationRun } from './database.ts'
import type { Engine } from './engine.ts'
import { quoted } from './sql-text.ts'

/** On SQLite a statement holds up everybody; this long is short enough. */
const STRETCH_MS = 4
/** Fewer are never worth a turn. Time that another process took must not count as if the rows had. */
const ROWS_MIN = 500
const ROWS_MAX = 50_000

export type Stretches = Readonly<{
  engine: Engine
  run: MigrationRun
  /** The table whose rows are gone through, as statements name it, and its primary key: a whole number. */
  from: string
  key: string
  /** Of the rows that matter; others are passed over. */
  where?: string
  signal?: AbortSignal | undefined
}>

/**
 * Goes through a table: `work` gets the condition of each stretch (`within('t')` speaks of the table named `t`). SQLite takes a few
 * milliseconds at a time and lets everybody else of this process have a turn in between; PostgreSQL takes all at once.
 */
export async function inStretches(
  { engine, run, from, key, where = 'true', signal }: Stretches,
  work: (within: (alias: string) => string) => Promise<void>,
): Promise<void> {
  signal?.throwIfAborted()
  if (engine === 'postgres') return await work(() => 'true')
  const column = quoted(key)
  const [ends] = await run(`select min(${column}) as low, max(${column}) as high from ${from} where ${where}`)
  if (ends?.low == null) return
  let rows = ROWS_MIN
  for (let low = Number(ends.low); low <= Number(ends.high); ) {
    signal?.throwIfAborted()
    const started = performance.now()
    const some = `select ${column} as k from ${from} where ${column} >= ${low} order by ${column} limit ${rows}`
    const [last] = await run(`select max(k) as high from (${some})`)
    const high = Number(last?.high ?? ends.high)
    const begin = low
    await work((alias) => `${alias}.${column} between ${begin} and ${high}`)
    const tookMs = performance.now() - started
    rows =
      tookMs < STRETCH_MS / 2
        ? Math.min(ROWS_MAX, rows * 2)
        : tookMs > STRETCH_MS
          ? Math.max(ROWS_MIN, Math.floor(rows / 2))
          : rows
    low = high + 1
    await endOfTurn()
  }
}
