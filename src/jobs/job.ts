import type { Tx } from '#db/database.ts'
import { MINUTE_MS, SECOND_MS } from '#lib/clock.ts'
import type { Ending } from './finish.ts'
import type { Lane } from './lane.ts'

/** What a handler may do in the org of its job. Structurally a `Scope`, which lives on a floor above. */
export type JobScope = Readonly<{
  orgId: number
  actor: Readonly<{ kind: 'job'; jobId: string }>
  permissions: ReadonlySet<never>
}>

/** One attempt at a job, as its handler sees it. */
export type JobRun<P> = Readonly<{
  id: string
  orgId: number | undefined
  /** 1 for the first. An attempt whose worker died counts. */
  attempt: number
  payload: P
  /** Of the row's org; undefined for work of the whole install. */
  scope: JobScope | undefined
  /** Aborts when the worker stops, or when another worker has taken the job over. */
  signal: AbortSignal
  /**
   * Ends the job in the handler's own last transaction, and takes its row away: what it did and its end are one. Throws
   * when the lease is lost, so that nothing of the transaction stays.
   */
  finish: (tx: Tx) => Promise<void>
  /** The same, for `groupCommit`. */
  ending: Ending
  /** Lets another job begin, also of the same org. For when only the writing is left, which no other job can hold up. */
  leavePlace: () => void
}>

export type JobDefinition<C, P> = Readonly<{
  /** `<room noun>.<verb>`, such as `invite.mail`. */
  kind: string
  /** Turns the stored JSON into the payload's type; throws when it cannot, which ends the job. */
  parse: (stored: unknown) => P
  /** May run more than once for one job (a worker can die after the effect), so its effect must bear that. */
  run: (ctx: C, job: JobRun<P>) => Promise<void>
  attemptsMax?: number
  /** `default` unless given. */
  lane?: Lane
  /** How long the job stays taken after its worker's last sign of life. Renewed while it runs. */
  leaseMs?: number
  /** The pause after a failed attempt, before jitter. */
  backoffMs?: (attempt: number) => number
  /** Called once the job will not be tried again; may be called twice when a worker dies right after it. */
  onGivenUp?: (ctx: C, job: JobRun<P>, error: unknown) => Promise<void>
}>

/** A job whose payload's type is its own affair. */
export type Job<C> = Readonly<{
  kind: string
  lane: Lane
  attemptsMax: number
  leaseMs: number
  backoffMs: (attempt: number) => number
  /** Reads the stored payload now; what comes back runs, or gives up, with it. Throws when the payload cannot be read. */
  prepare: (stored: unknown) => Readonly<{
    run: (ctx: C, run: JobRun<undefined>) => Promise<void>
    giveUp: (ctx: C, run: JobRun<undefined>, error: unknown) => Promise<void>
  }>
}>

export const JOB_ATTEMPTS_MAX = 8
export const JOB_LEASE_MS = MINUTE_MS
const BACKOFF_FIRST_MS = 5 * SECOND_MS
const BACKOFF_MAX_MS = 60 * MINUTE_MS

/** Declares a job. Rooms list theirs in one place, which the worker is started with. */
export function defineJob<C, P>(definition: JobDefinition<C, P>): Job<C> {
  return {
    kind: definition.kind,
    lane: definition.lane ?? 'default',
    attemptsMax: definition.attemptsMax ?? JOB_ATTEMPTS_MAX,
    leaseMs: definition.leaseMs ?? JOB_LEASE_MS,
    backoffMs: definition.backoffMs ?? exponentialBackoffMs,
    prepare(stored) {
      const payload = definition.parse(stored)
      return {
        run: (ctx, run) => definition.run(ctx, { ...run, payload }),
        giveUp: async (ctx, run, error) => definition.onGivenUp?.(ctx, { ...run, payload }, error),
      }
    },
  }
}

/** 5 s, 10 s, 20 s … up to an hour. */
export function exponentialBackoffMs(attempt: number): number {
  return Math.min(BACKOFF_FIRST_MS * 2 ** (attempt - 1), BACKOFF_MAX_MS)
}

/** Thrown by a handler for which trying again makes no sense. An `AppError` with the fact `permanent: true` says the same. */
export class GiveUp extends Error {
  readonly facts = { permanent: true } as const

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GiveUp'
  }
}

/** Whether an error says that its job should not be tried again. */
export function isPermanent(error: unknown): boolean {
  if (!(error instanceof Error) || !('facts' in error)) return false
  const { facts } = error
  return typeof facts === 'object' && facts !== null && 'permanent' in facts && facts.permanent === true
}
