import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { call, makeWebhook, type Stage, startStage } from './arrange.ts'

/** As when a database came back without the key it was sealed with. */
async function spoil({ ctx }: Stage, id: number, set: Partial<typeof webhooks.$inferInsert>): Promise<void> {
  await ctx.db.update(webhooks).set(set).where(eq(webhooks.id, id))
}

async function tryIt(stage: Stage, id: number): Promise<[number, string | undefined]> {
  const response = await call(stage, 'POST', `/api/webhooks/${id}/test`)
  return [response.status, (await response.json()).error]
}

describe('a signing secret that cannot be read any more', () => {
  test('sends nothing, says so, and is mended by replacing it', async () => {
    await using stage = await startStage({ worker: false })
    const { id } = await makeWebhook(stage)
    expect(await tryIt(stage, id)).toEqual([200, undefined])
    await spoil(stage, id, { secretSealed: 'spoiled' })
    expect([await tryIt(stage, id), stage.receiver.heard.length]).toEqual([[409, 'secret_unreadable'], 1])
    const rotated = await call(stage, 'POST', `/api/webhooks/${id}/rotate-secret`)
    const { secret, old_secret_ends_at: endsAt } = await rotated.json()
    expect([rotated.status, secret, endsAt]).toEqual([200, expect.stringContaining('whsec_'), null])
    const log = await stage.ctx.db.select().from(auditLog).where(eq(auditLog.action, 'webhook.secret_rotated'))
    expect(log.map(({ detail }) => detail.old_secret_ends_at)).toEqual([null])
    expect(await tryIt(stage, id)).toEqual([200, undefined])
  })

  test('signs no more where it is the one before, and the present one goes on', async () => {
    await using stage = await startStage({ worker: false })
    const { id } = await makeWebhook(stage)
    await call(stage, 'POST', `/api/webhooks/${id}/rotate-secret`)
    expect(await tryIt(stage, id)).toEqual([200, undefined])
    await spoil(stage, id, { previousSecretSealed: 'spoiled' })
    expect(await tryIt(stage, id)).toEqual([200, undefined])
    const previous = stage.receiver.heard.map(({ headers }) => 'x-honeyframe-signature-previous' in headers)
    expect(previous).toEqual([true, false])
  })
})
