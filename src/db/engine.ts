export type Engine = 'sqlite' | 'postgres'

/** The engine an address names. Unset and everything but `postgres://` and `postgresql://` is the embedded one. */
export function engineOf(url: string | undefined): Engine {
  return /^postgres(ql)?:\/\//.test(url ?? '') ? 'postgres' : 'sqlite'
}

/**
 * The one place that looks away from the types. What PostgreSQL's builders offer and answer is, for all that this program
 * uses (`await query`, `.returning()`, `.onConflict…`), what SQLite's do, and the whole test suite runs on both engines.
 * So code is typed once, as SQLite.
 */
export function asSqlite<T>(twin: unknown): T {
  return twin as T
}
