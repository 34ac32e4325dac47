import { eq, sql } from 'drizzle-orm'
import { build } from '#config/build.ts'
import { licenseClock } from '#core/license/tables.ts'
import { type TrustedTime, trustTime } from '#core/license/trusted-time.ts'
import type { Database } from '#db/database.ts'
import { type Clock, parseDate } from '#lib/clock.ts'

const NAME = 'largest'

/** Remembers the largest time this install has seen, in memory; what an earlier process saw is read once. */
export async function openSeenTime(db: Database, clock: Clock) {
  let largest = await findSeen(db)
  const builtAt = parseDate(build.time)

  function now(): TrustedTime {
    const present = clock.now()
    if (largest === undefined || present > largest) largest = present
    return trustTime(present, largest, builtAt)
  }

  return {
    /** The time that licences go by. */
    now,

    /** Writes the largest time down; of nodes whose clocks differ the latest one stays. */
    async keep(): Promise<void> {
      now()
      const seenAt = largest ?? clock.now()
      await db
        .insert(licenseClock)
        .values({ name: NAME, seenAt })
        .onConflictDoUpdate({
          target: licenseClock.name,
          set: { seenAt },
          setWhere: sql`${licenseClock.seenAt} < excluded.seen_at`,
        })
      const kept = await findSeen(db)
      if (kept !== undefined && kept > seenAt) largest = kept
    },
  }
}

async function findSeen(db: Database): Promise<Date | undefined> {
  const [row] = await db.select({ at: licenseClock.seenAt }).from(licenseClock).where(eq(licenseClock.name, NAME))
  return row?.at
}
