import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { webhooks } from '#core/webhooks/tables.ts'
import { addMs, MINUTE_MS } from '#lib/clock.ts'
import { open, submit, type Visit } from '#test/members/visit.ts'
import { makePerson } from '#test/support/app.ts'
import {
  call,
  deliveriesOf,
  GROUP_MADE,
  happen,
  makeWebhook,
  type Stage,
  settledDeliveries,
  startStage,
} from './arrange.ts'

const MARKUP = '<script>alert(1)</script>&quot;"\'><img src=x onerror=alert(1)>'

function visit({ app, admin }: Stage, path: string): Promise<Visit> {
  return open(app, path, { person: admin })
}

function send(
  { app, admin }: Stage,
  path: string,
  form: Record<string, string> = {},
  isPartial = false,
): Promise<Visit> {
  return submit(app, path, form, { person: admin, isPartial })
}

async function rowOf({ ctx }: Stage, id: number) {
  const [row] = await ctx.db.select().from(webhooks).where(eq(webhooks.id, id))
  if (!row) throw new Error('no such webhook')
  return row
}

test('a webhook is made by a form that shows its secret once, with and without scripts', async () => {
  await using stage = await startStage({ worker: false })
  expect((await visit(stage, '/webhooks')).html).toContain('No webhooks yet')
  expect((await visit(stage, '/webhooks?create=1')).html).toMatch(/<dialog id="webhook-create"[^>]* open/)
  const form = { url: stage.url, schedule: 'long', 'event.group.*': '1', 'event.invite.created': '1' }
  for (const isPartial of [false, true]) {
    const made = await send(stage, '/webhooks', form, isPartial)
    expect([made.status, made.html.startsWith('<!doctype')]).toEqual([200, !isPartial])
    expect(made.html).toMatch(/value="whsec_[A-Za-z0-9+/]{43}="/)
  }
  const list = await visit(stage, '/webhooks')
  expect(list.html).not.toContain('whsec_')
  const rows = await stage.ctx.db.select().from(webhooks)
  expect(rows.map(({ url, events, schedule }) => [url, events, schedule])).toEqual(
    Array(2).fill([stage.url, ['group.*', 'invite.created'], 'long']),
  )
})

test('a refused form stays as it was sent, with the reason at its field', async () => {
  await using stage = await startStage({ worker: false })
  const refused = await send(stage, '/webhooks', { url: 'http://127.0.0.2/x', 'event.group.created': '1' })
  expect(refused.status).toBe(422)
  expect(refused.html).toMatch(/<dialog id="webhook-create"[^>]* open/)
  expect(refused.html).toContain('value="http://127.0.0.2/x"')
  expect(refused.html).toContain('id="webhook-create-url-fault"')
  expect(refused.html).toMatch(/name="event\.group\.created"[^>]* checked/)
  expect(await stage.ctx.db.$count(webhooks)).toBe(0)
})

test('the page of a webhook tests, rotates, switches and deletes it', async () => {
  await using stage = await startStage({ answer: (_, response) => response.writeHead(503).end('over there') })
  const { id, secret } = await makeWebhook(stage)
  const at = `/webhooks/${id}`
  const tested = await send(stage, `${at}/test`)
  expect(tested.html).toContain('The receiver answered 503 in')
  expect(tested.html).toContain('over there')
  expect((await send(stage, `${at}/test`, { from: 'list' })).html).toContain('id="webhooks"')
  const rotated = await send(stage, `${at}/rotate-secret`)
  const [, fresh] = /value="(whsec_[^"]+)"/.exec(rotated.html) ?? []
  expect([fresh === secret, rotated.html.includes('End old secret')]).toEqual([false, true])
  const ended = await send(stage, `${at}/end-old-secret`)
  expect([ended.status, ended.location, ended.toast]).toEqual([303, at, 'Only the new secret signs now.'])
  await send(stage, `${at}/rotate-secret`, { end_old_now: '1' })
  expect((await rowOf(stage, id)).previousSecretSealed).toBeNull()
  await send(stage, `${at}/disable`)
  expect((await rowOf(stage, id)).isActive).toBe(false)
  expect((await visit(stage, at)).html).toContain('>Enable<')
  await send(stage, `${at}/enable`, {}, true)
  expect((await rowOf(stage, id)).isActive).toBe(true)
  const saved = await send(stage, at, { url: `${stage.url}/new`, schedule: 'default' })
  expect([saved.status, (await rowOf(stage, id)).url]).toEqual([303, `${stage.url}/new`])
  expect((await send(stage, at, { url: 'nowhere' })).status).toBe(422)
  const gone = await send(stage, `${at}/delete`)
  expect([gone.status, gone.location]).toEqual([303, '/webhooks'])
  expect((await visit(stage, at)).status).toBe(404)
})

test('the log shows each attempt and sends again, one or all since a time', async () => {
  await using stage = await startStage({ answer: (_, response) => response.writeHead(404).end('who are you') })
  const { id } = await makeWebhook(stage, { events: ['group.*'] })
  await happen(stage, ...GROUP_MADE)
  const [delivery] = await settledDeliveries(stage, id)
  const at = `/webhooks/${id}`
  const page = await visit(stage, at)
  for (const words of ['group.created', 'Answered 404.', 'who are you', '1 attempt', 'Refused'])
    expect(page.html).toContain(words)
  expect((await visit(stage, `${at}?status=delivered`)).html).toContain('Nothing found')
  expect((await visit(stage, `${at}?status=failed&event=group.created`)).html).toContain('who are you')
  stage.answerWith((_, response) => response.end('ok'))
  const again = await send(stage, `${at}/deliveries/${delivery?.id}/redeliver`)
  expect([again.status, again.toast]).toEqual([303, 'The event is sent again.'])
  const since = addMs(stage.ctx.clock.now(), -MINUTE_MS).toISOString().slice(0, 16)
  expect((await send(stage, `${at}/replay`, { since })).toast).toBe('1 event will be sent again.')
  await settledDeliveries(stage, id, 3)
  expect((await deliveriesOf(stage, id)).map(({ origin }) => origin).toSorted()).toEqual([
    'event',
    'redelivery',
    'replay',
  ])
  const refused = await send(stage, `${at}/replay`, { since: '2999-01-01T00:00' })
  expect([refused.status, refused.html.includes('replay-since-fault')]).toEqual([422, true])
  await send(stage, `${at}/disable`)
  expect((await send(stage, `${at}/deliveries/${delivery?.id}/redeliver`)).toast).toBe('Enable the webhook first.')
})

test('what a receiver says is text on the page, whatever it says', async () => {
  await using stage = await startStage({ answer: (_, response) => response.writeHead(404).end(MARKUP) })
  const { id } = await makeWebhook(stage, { events: ['group.*'] })
  await happen(stage, ...GROUP_MADE)
  await settledDeliveries(stage, id)
  for (const html of [(await visit(stage, `/webhooks/${id}`)).html, (await send(stage, `/webhooks/${id}/test`)).html]) {
    expect(html).toContain('&lt;script&gt;alert(1)')
    expect(html).not.toContain('<script>alert(1)')
    expect(html).not.toContain('<img src=x')
  }
})

test('every event is on a page with its sample and schema', async () => {
  await using stage = await startStage({ worker: false })
  const { html, status } = await visit(stage, '/webhooks/events')
  expect(status).toBe(200)
  for (const words of [
    'invite.created',
    'backup.restored',
    'data-copy="sample-invite.created"',
    'data-copy="schema-invite.created"',
  ]) {
    expect(html).toContain(words)
  }
  expect(html).not.toContain('system.migrated')
})

test('the pages are for those with webhook.edit, and not in the menu of others', async () => {
  await using stage = await startStage({ worker: false })
  const { id } = await makeWebhook(stage)
  const person = await makePerson(stage.app, stage.orgId, 'designer')
  for (const path of ['/webhooks', '/webhooks/events', `/webhooks/${id}`]) {
    expect([path, (await open(stage.app, path, { person })).status]).toEqual([path, 403])
  }
  expect((await open(stage.app, '/account', { person })).html).not.toContain('href="/webhooks"')
  expect((await visit(stage, '/account')).html).toContain('href="/webhooks"')
  expect(
    (await submit(stage.app, '/webhooks', { url: stage.url }, { person: stage.admin, site: 'cross-site' })).status,
  ).toBe(403)
  expect((await call(stage, 'GET', '/api/webhooks')).status).toBe(200)
})
