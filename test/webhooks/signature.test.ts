import { describe, expect, test } from 'bun:test'
import { addMs, HOUR_MS } from '#lib/clock.ts'
import { signatureHeaders } from '#platform/webhooks/signature.ts'
import { eventually, standingClock } from '#test/jobs/context.ts'
import type { Heard } from '#test/support/listener.ts'
import { call, GROUP_MADE, happen, makeWebhook, type Stage, startStage, type WebhookJson } from './arrange.ts'
import { header, isGithubSigned, isStandardSigned } from './verifiers.ts'

async function nextHeard(stage: Stage): Promise<Heard> {
  const eventId = await happen(stage, ...GROUP_MADE)
  const find = () => stage.receiver.heard.find(({ headers }) => headers['webhook-id'] === eventId)
  await eventually(() => find() !== undefined)
  const heard = find()
  if (!heard) throw new Error('nothing came')
  return heard
}

async function rotate(stage: Stage, { id }: WebhookJson, body?: object): Promise<WebhookJson> {
  const response = await call(stage, 'POST', `/api/webhooks/${id}/rotate-secret`, body)
  expect(response.status).toBe(200)
  return await response.json()
}

const OTHER = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

describe('a delivery', () => {
  test('passes both verifiers with its secret, and neither with another or when a byte is changed', async () => {
    await using stage = await startStage()
    const { secret } = await makeWebhook(stage)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    const heard = await nextHeard(stage)
    expect([await isGithubSigned(heard, secret), isStandardSigned(heard, secret)]).toEqual([true, true])
    expect([await isGithubSigned(heard, OTHER), isStandardSigned(heard, OTHER)]).toEqual([false, false])
    const altered = { ...heard, body: Buffer.from(heard.body.toString().replace('Data', 'Dada')) }
    expect([await isGithubSigned(altered, secret), isStandardSigned(altered, secret)]).toEqual([false, false])
    const replayed = { ...heard, headers: { ...heard.headers, 'webhook-timestamp': '1700000000' } }
    expect(isStandardSigned(replayed, secret)).toBe(false)
    expect(header(heard, 'x-honeyframe-signature-previous')).toBe('')
  })
})

describe('after a rotation', () => {
  test('the new and the old secret both verify for 24 hours, then the new one only', async () => {
    const clock = standingClock(new Date().toISOString())
    await using stage = await startStage({ overrides: { clock } })
    const before = await makeWebhook(stage)
    const after = await rotate(stage, before)
    expect(after.secret).not.toBe(before.secret)
    expect(after.old_secret_ends_at).toBe(addMs(clock.now(), 24 * HOUR_MS).toISOString())
    const both = await nextHeard(stage)
    expect([isStandardSigned(both, after.secret), isStandardSigned(both, before.secret)]).toEqual([true, true])
    expect([await isGithubSigned(both, after.secret), await isGithubSigned(both, before.secret)]).toEqual([true, false])
    expect(await isGithubSigned(both, before.secret, 'x-honeyframe-signature-previous')).toBe(true)
    clock.advance(24 * HOUR_MS + 1)
    const late = await nextHeard(stage)
    expect(header(late, 'webhook-signature').split(' ')).toHaveLength(1)
    expect(await isGithubSigned(late, after.secret)).toBe(true)
    expect(header(late, 'x-honeyframe-signature-previous')).toBe('')
  })

  test('that ends the old secret now, or when it is ended by itself, only the new one verifies', async () => {
    await using stage = await startStage()
    const first = await makeWebhook(stage)
    const second = await rotate(stage, first, { end_old_now: true })
    expect(second.old_secret_ends_at).toBeNull()
    const heard = await nextHeard(stage)
    expect([isStandardSigned(heard, second.secret), isStandardSigned(heard, first.secret)]).toEqual([true, false])
    const third = await rotate(stage, first, {})
    expect((await call(stage, 'DELETE', `/api/webhooks/${first.id}/old-secret`)).status).toBe(204)
    const ended = await nextHeard(stage)
    expect([isStandardSigned(ended, third.secret), isStandardSigned(ended, second.secret)]).toEqual([true, false])
  })
})

test('the present secret signs in the first place, and the older scheme keys on the whole text', () => {
  const signed = signatureHeaders({ id: 'evt', timestamp: 1_700_000_000, body: '{}', secrets: [OTHER] })
  const hex = new Bun.CryptoHasher('sha256', OTHER).update('{}').digest('hex')
  expect(signed['x-honeyframe-signature']).toBe(`sha256=${hex}`)
  const base64 = new Bun.CryptoHasher('sha256', Buffer.alloc(32, 7)).update('evt.1700000000.{}').digest('base64')
  expect(signed['webhook-signature']).toBe(`v1,${base64}`)
})
