import type { BulkWriter } from './bulk.ts'
import { engineOf } from './engine.ts'
import type { Migration } from './migrate.ts'

/** How statements name the schema (SQLite: the attached file) of the live database and of the scratch one. */
export type SchemaNames = Readonly<{ live: string; scratch: string }>

/** A column that a backup has nothing of; it is empty in a scratch database, whatever its rule. */
export type LeftOut = Readonly<{ table: string; column: string }>

export type ScratchOptions = Readonly<{
  /** The live database. */
  url: string
  /** Where a scratch file may lie; it goes with the folder. */
  folder: string
  migrations: readonly Migration[]
  leftOut: readonly LeftOut[]
}>

/**
 * An empty database of its own, of the present schema, beside the live one, which its statements see and never write to.
 * References are not kept in it, nor what only makes reading faster. Gone when disposed, or with the process.
 */
export type Scratch = AsyncDisposable &
  Readonly<{
    bulk: BulkWriter
    /** For its own statements. */
    names: SchemaNames
    /** For those of a transaction of the live database that was opened with `attach`. */
    transactionNames: SchemaNames
    attach: string | undefined
  }>

export async function openScratch(options: ScratchOptions): Promise<Scratch> {
  if (engineOf(options.url) === 'sqlite') return (await import('./scratch-sqlite.ts')).openScratch(options)
  return await (await import('./scratch-postgres.ts')).openScratch(options)
}

/** Removes what processes that were killed left behind on the server. */
export async function dropDeadScratches(url: string): Promise<void> {
  if (engineOf(url) === 'postgres') await (await import('./scratch-postgres.ts')).dropDead(url)
}
