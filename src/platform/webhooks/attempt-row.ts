import { sql } from 'drizzle-orm'
import { prepared, type Tx } from '#db/database.ts'
import { webhookAttempts } from './tables.ts'

type AttemptRow = Omit<typeof webhookAttempts.$inferSelect, 'id'>
const { placeholder } = sql

/** Writes one attempt. Built once: it is what a busy outbox does most. */
export async function insertAttempt(tx: Tx, row: AttemptRow): Promise<void> {
  const query = prepared(tx, 'webhook_attempt_insert', (orm) =>
    orm.insert(webhookAttempts).values({
      orgId: placeholder('orgId'),
      deliveryId: placeholder('deliveryId'),
      number: placeholder('number'),
      statusCode: placeholder('statusCode'),
      excerpt: placeholder('excerpt'),
      error: placeholder('error'),
      durationMs: placeholder('durationMs'),
      at: placeholder('at'),
    }),
  )
  await query.execute(row)
}
