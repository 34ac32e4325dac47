import type { PostgresServer } from '#test/support/postgres.ts'

/** What every figure is given. */
export type Stage = Readonly<{
  /** A scratch folder, gone at the end. */
  folder: string
  /** The product, built by `scripts/build.ts`. */
  executable: string
  postgres: PostgresServer
  isQuick: boolean
  /** Rounds of alternating measurements, and the length of one. */
  rounds: number
  seconds: number
}>
