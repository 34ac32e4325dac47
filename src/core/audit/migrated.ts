import type { Database } from '#db/database.ts'
import { isMigrated, type Migration, migrate } from '#db/migrate.ts'
import type { Clock } from '#lib/clock.ts'
import type { Log } from '#lib/log.ts'
import type { Random } from '#lib/random.ts'
import { recordOfInstall } from './record.ts'

/** Migrates, and writes down what was applied to a database that was there before. Answers, and throws, as `migrate`. */
export async function migrateAndRecord(
  ctx: Readonly<{ db: Database; clock: Clock; random: Random; log?: Log }>,
  migrations: readonly Migration[],
): Promise<string[]> {
  const { db, log } = ctx
  const isNew = !(await isMigrated(db))
  const applied = await migrate(db, migrations, log ? { log } : {})
  if (applied.length > 0 && !isNew) {
    const subject = { actor: { kind: 'operator' } } as const
    await db.transaction((tx) => recordOfInstall(ctx, tx, subject, 'system.migrated', { migrations: applied }))
  }
  return applied
}
