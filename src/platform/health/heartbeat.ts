import { eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { prepared } from '#db/database.ts'
import { schedules } from '#jobs/tables.ts'

/** The schedule of every minute: when it was last due is the heartbeat of the clock that all schedules go by. */
export const HEARTBEAT = 'health.sample'

export type Heartbeat = Readonly<{ lastAt: Date | null; nextAt: Date }>

/** When the clock last struck, over all nodes; undefined while none has ever run. */
export async function findHeartbeat({ db }: Pick<Context, 'db'>): Promise<Heartbeat | undefined> {
  const query = prepared(db, 'health_heartbeat', (orm) =>
    orm
      .select({ lastAt: schedules.lastRunAt, nextAt: schedules.nextRunAt })
      .from(schedules)
      .where(eq(schedules.name, HEARTBEAT)),
  )
  const [row] = await query.execute()
  return row
}
