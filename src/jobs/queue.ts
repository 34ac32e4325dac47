import { eq } from 'drizzle-orm'
import { afterCommit, type Tx } from '#db/database.ts'
import type { Clock } from '#lib/clock.ts'
import type { Random } from '#lib/random.ts'
import { jobs } from './tables.ts'

/** Where a sealed text belongs. The vault of `core/` takes it; the queue stands below and is handed `seal` and `open`. */
export type SealPurpose = Readonly<{ orgId: number; table: string; column: string; row: string | number }>

export type NewJob = Readonly<{
  kind: string
  /** Absent for work of the whole install. */
  orgId?: number
  /** What JSON can hold. */
  payload: unknown
  /** The payload carries a token or a password: it is sealed at rest. */
  isSecret?: boolean
  /** Not before. */
  runAt?: Date
  /** While an unfinished job has this key, no second one is made. */
  uniqueKey?: string
}>

export type StoredJob = typeof jobs.$inferSelect

export type Queue = Readonly<{
  /**
   * Adds a job in the transaction of the change that asks for it, and answers with its id (UUIDv7). With a `uniqueKey`
   * that an unfinished job already has, nothing is added and that job's id comes back. A local worker starts right
   * after the commit, any other within its poll.
   */
  enqueue: (tx: Tx, job: NewJob) => Promise<string>
  /** The payload as it was given. Throws when a sealed one does not open. */
  payloadOf: (job: StoredJob) => unknown
  /** Calls `listener` with the kind, after each commit that added a job due at once; answers with the way to stop that. */
  onEnqueued: (listener: (kind: string) => void) => () => void
}>

type Sealer = Readonly<{
  seal: (text: string, purpose: SealPurpose) => string
  open: (envelope: string, purpose: SealPurpose) => string
}>

const UNIQUE_KEY_TRIES = 5

/** The door to the `jobs` table: rooms add to it, workers listen to it. */
export function createQueue(options: Readonly<{ clock: Clock; random: Random }> & Sealer): Queue {
  const { clock, random } = options
  const listeners = new Set<(kind: string) => void>()

  async function enqueue(tx: Tx, job: NewJob): Promise<string> {
    const row = rowOf(job)
    const id = job.uniqueKey === undefined ? await insert(tx, row) : await insertUnique(tx, row, job.uniqueKey)
    if (row.runAt <= row.createdAt) afterCommit(tx, () => announce(job.kind))
    return id
  }

  function rowOf(job: NewJob) {
    const id = random.uuid()
    const now = clock.now()
    const orgId = job.orgId ?? null
    const plain = { plain: job.payload ?? null }
    const payload = job.isSecret ? { sealed: options.seal(JSON.stringify(plain), purposeOf({ id, orgId })) } : plain
    return {
      id,
      kind: job.kind,
      orgId,
      uniqueKey: job.uniqueKey ?? null,
      payload: JSON.stringify(payload),
      state: 'waiting' as const,
      runAt: job.runAt ?? now,
      createdAt: now,
    }
  }

  function payloadOf(job: StoredJob): unknown {
    const stored = JSON.parse(job.payload ?? '{}')
    if (typeof stored.sealed !== 'string') return stored.plain
    return JSON.parse(options.open(stored.sealed, purposeOf(job))).plain
  }

  function announce(kind: string) {
    for (const listener of listeners) listener(kind)
  }

  function onEnqueued(listener: (kind: string) => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  return { enqueue, payloadOf, onEnqueued }
}

/** The envelope of a job that `isSecret`, and what it opens for. */
export function sealedPayloadOf(job: Pick<StoredJob, 'id' | 'orgId' | 'payload'>) {
  const stored: unknown = JSON.parse(job.payload ?? '{}')
  const sealed = typeof stored === 'object' && stored !== null && 'sealed' in stored ? stored.sealed : undefined
  return { envelope: typeof sealed === 'string' ? sealed : '', purpose: purposeOf(job) }
}

type NewRow = typeof jobs.$inferInsert & { id: string }

async function insert(tx: Tx, row: NewRow): Promise<string> {
  await tx.insert(jobs).values(row)
  return row.id
}

// The job that holds the key may end between the two statements, which frees the key: then the insert succeeds next time.
async function insertUnique(tx: Tx, row: NewRow, uniqueKey: string): Promise<string> {
  for (let tries = 0; tries < UNIQUE_KEY_TRIES; tries++) {
    const added = await tx.insert(jobs).values(row).onConflictDoNothing().returning({ id: jobs.id })
    const found =
      added.length > 0 ? added : await tx.select({ id: jobs.id }).from(jobs).where(eq(jobs.uniqueKey, uniqueKey))
    if (found[0]) return found[0].id
  }
  throw new Error('the unique key of a job changed hands too often')
}

function purposeOf(job: { id: string; orgId: number | null }): SealPurpose {
  return { orgId: job.orgId ?? 0, table: 'jobs', column: 'payload', row: job.id }
}
