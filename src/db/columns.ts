import { environment } from '#config/environment.ts'
import * as postgres from './columns.postgres.ts'
import * as sqlite from './columns.sqlite.ts'
import { asSqlite, engineOf } from './engine.ts'

export { type ScopedTable, scopes, type TableScope } from './table-scope.ts'

/** The engine every table of this process was declared for: a process speaks to one engine only. */
export const engine = engineOf(environment.DATABASE_URL)

const kit = engine === 'postgres' ? asSqlite<typeof sqlite>(postgres) : sqlite

export const { table, id, text, integer, boolean, timestamp, json, index, uniqueIndex } = kit
