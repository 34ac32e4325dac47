import { eq } from 'drizzle-orm'
import { smtpSettings } from '#core/mail/tables.ts'
import { usageDays } from '#core/usage/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { addMs, HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { dayOf } from '#lib/day.ts'
import { backupSettings, backups, restores } from '#platform/backups/tables.ts'
import { healthSamples } from '#platform/health/tables.ts'
import { webhookAttempts, webhookDeliveries } from '#platform/webhooks/tables.ts'
import { makeWebhookOf } from '#test/webhooks/rows.ts'
import type { Site } from './site.ts'

/** Everything that the rooms of operations can list, with `word` wherever a person, a receiver or a server chose the text. */
export async function addOperations(site: Site, word: string): Promise<void> {
  await addWebhooks(site, word)
  await addDeliveries(site, word)
  await addBackups(site, word)
  await addBackupStore(site, word)
  await addRelay(site, word)
  await addReadings(site, word)
}

async function addWebhooks({ app, people }: Site, word: string): Promise<void> {
  const { db, clock } = app.ctx
  const now = clock.now()
  const url = `https://hooks.example.test/${word}`
  const [first, second] = [await makeWebhookOf(app, people.admin), await makeWebhookOf(app, people.admin)]
  const failing = { failingSince: addMs(now, -HOUR_MS), previousSecretEndsAt: addMs(now, HOUR_MS) }
  await db
    .update(webhooks)
    .set({ url, events: [word], ...failing })
    .where(eq(webhooks.id, first))
  const disabled = { isActive: false, disabledReason: word }
  await db
    .update(webhooks)
    .set({ url: `javascript:alert('${word}')`, ...disabled })
    .where(eq(webhooks.id, second))
}

async function addDeliveries({ app: { ctx }, people }: Site, word: string): Promise<void> {
  const [{ orgId }, now] = [people.admin, ctx.clock.now()]
  const one = { orgId, webhookId: 1, eventType: word, origin: 'event', createdAt: now }
  await ctx.db.insert(webhookDeliveries).values([
    { ...one, id: 'first', eventId: 'one', state: 'failed', attempts: 1, statusCode: 404 },
    { ...one, id: 'second', eventId: 'two', state: 'waiting', attempts: 1, nextRetryAt: addMs(now, HOUR_MS) },
  ])
  const attempt = { orgId, number: 1, durationMs: 84, at: now }
  await ctx.db.insert(webhookAttempts).values([
    { ...attempt, deliveryId: 'first', statusCode: 404, excerpt: word },
    { ...attempt, deliveryId: 'second', error: word },
  ])
}

async function addBackups({ app: { ctx }, people }: Site, word: string): Promise<void> {
  const [{ orgId }, now] = [people.admin, ctx.clock.now()]
  const one = { orgId, kind: 'manual', state: 'complete', createdAt: addMs(now, -HOUR_MS), finishedAt: now } as const
  await ctx.db.insert(backups).values([
    { ...one, name: `${word}.tar.gz`, provenAt: now, proofTables: 23, proofDifferences: 0 },
    { ...one, name: 'different.tar.gz', proofError: word, uploadError: word },
    { ...one, name: 'failed.tar.gz', state: 'failed', error: word },
  ])
  await ctx.db.insert(restores).values({ ...one, state: 'failed', step: 'ended', error: word })
}

async function addBackupStore({ app: { ctx }, people }: Site, word: string): Promise<void> {
  await ctx.db.insert(backupSettings).values({
    ...{ orgId: people.admin.orgId, frequency: 'daily', updatedAt: ctx.clock.now() },
    ...{ s3Endpoint: `https://s3.example.test/${word}`, s3Region: word, s3Bucket: word, s3Prefix: word },
    ...{ s3AccessKeyId: word, s3SecretSealed: 'x' },
  })
}

async function addRelay({ app: { ctx }, people }: Site, word: string): Promise<void> {
  const own = { orgId: people.admin.orgId, port: 587, tls: 'starttls', passwordSealed: 'x' } as const
  const from = `${word} <team@acme.test>`
  await ctx.db.insert(smtpSettings).values({ ...own, host: word, username: word, from, updatedAt: ctx.clock.now() })
}

async function addReadings({ app: { ctx }, people }: Site, word: string): Promise<void> {
  const [{ orgId }, now] = [people.admin, ctx.clock.now()]
  const count = { orgId, kind: 'llm.call', outcome: 'ok', events: 7 } as const
  await ctx.db.insert(usageDays).values({ ...count, day: dayOf(now), source: word })
  const reading = { component: 'db', span: 'sample', status: 'error', latencyMs: 5 } as const
  await ctx.db.insert(healthSamples).values({ ...reading, orgId: null, at: addMs(now, -10 * MINUTE_MS), message: word })
}
