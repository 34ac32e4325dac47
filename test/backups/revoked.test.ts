import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { tokens } from '#core/access/tables.ts'
import { smtpSettings } from '#core/mail/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { invites } from '#platform/invites/tables.ts'
import { webhookDeliveries } from '#platform/webhooks/tables.ts'
import { AT, addInvite, addWebhook, backUp, type Life, openLife, sealedAs } from './org-life.ts'

async function webhook({ ctx }: Life, id: number) {
  const [row] = await ctx.db.select().from(webhooks).where(eq(webhooks.id, id))
  if (!row) throw new Error('the webhook is gone')
  return { ...row, secret: ctx.vault.open(row.secretSealed, sealedAs(row.orgId, 'webhooks', 'secret_sealed', id)) }
}

test('a token that was revoked or deleted since stays so', async () => {
  await using life = await openLife()
  const { ctx, acme, ada } = life
  const file = await backUp(life, acme)
  const [first] = await ctx.db.select().from(tokens).where(eq(tokens.userId, ada.userId))
  await ctx.db
    .update(tokens)
    .set({ revokedAt: AT })
    .where(eq(tokens.id, first?.id ?? 0))
  const before = await ctx.db.select().from(tokens)
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await ctx.db.select().from(tokens)).toEqual(before)
})

test('an invitation that was revoked, accepted or deleted since does not open again; one that is open now stays open', async () => {
  await using life = await openLife()
  const { ctx, acme, inviteId } = life
  const accepted = await addInvite(ctx, acme, 'accepted@example.com')
  const deleted = await addInvite(ctx, acme, 'deleted@example.com')
  const open = await addInvite(ctx, acme, 'open@example.com')
  const file = await backUp(life, acme)
  await ctx.db.update(invites).set({ state: 'revoked', endedAt: AT }).where(eq(invites.id, inviteId))
  await ctx.db.update(invites).set({ state: 'accepted', endedAt: AT }).where(eq(invites.id, accepted))
  await ctx.db.delete(invites).where(eq(invites.id, deleted))
  const later = await addInvite(ctx, acme, 'later@example.com')
  const before = await ctx.db.select().from(invites)
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await ctx.db.select().from(invites)).toEqual(before)
  const pending = before.filter(({ state, orgId }) => state === 'pending' && orgId === acme)
  expect(pending.map(({ id }) => id)).toEqual([open, later])
})

test('a webhook that is still there gets its address and events back and keeps the secret it has now', async () => {
  await using life = await openLife()
  const { ctx, acme, webhookId } = life
  const file = await backUp(life, acme)
  const rotated = ctx.vault.seal('whsec_rotated', sealedAs(acme, 'webhooks', 'secret_sealed', webhookId))
  const changed = { url: 'https://wrong.example', events: [], secretSealed: rotated, secretTail: 'otated' }
  await ctx.db.update(webhooks).set(changed).where(eq(webhooks.id, webhookId))
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await webhook(life, webhookId)).toMatchObject({
    ...{ url: 'https://acme.example/hook', events: ['group.*', 'invite.created'] },
    ...{ isActive: true, disabledReason: null, secret: 'whsec_rotated', secretTail: 'otated' },
  })
})

test('a webhook that was switched off or deleted since does not send again', async () => {
  await using life = await openLife()
  const { ctx, acme, ada, webhookId } = life
  const gone = await addWebhook(ctx, acme, ada.userId, 'https://gone.example')
  const file = await backUp(life, acme)
  await ctx.db.update(webhooks).set({ isActive: false, disabledReason: 'It failed.' }).where(eq(webhooks.id, webhookId))
  await ctx.db.delete(webhooks).where(eq(webhooks.id, gone))
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await webhook(life, webhookId)).toMatchObject({ isActive: false, disabledReason: 'It failed.' })
  const back = await webhook(life, gone)
  expect(back).toMatchObject({ url: 'https://gone.example', isActive: false, createdBy: ada.userId })
  expect(back.disabledReason).toContain('rotate its secret')
  expect(back.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  expect(back.secret).not.toContain(`of_${gone}`)
  expect(back.secretTail).toBe(back.secret.slice(-6))
})

test('a webhook that came later is off, and its deliveries are kept', async () => {
  await using life = await openLife()
  const { ctx, acme, beta, ada } = life
  const file = await backUp(life, acme)
  const later = await addWebhook(ctx, acme, ada.userId, 'https://later.example')
  const delivery = { orgId: acme, webhookId: later, eventId: 'e', eventType: 'group.created', createdAt: AT }
  await ctx.db.insert(webhookDeliveries).values({ ...delivery, id: 'd', origin: 'event', state: 'waiting' })
  const before = await ctx.db.select().from(webhookDeliveries)
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await webhook(life, later)).toMatchObject({ isActive: false, url: 'https://later.example' })
  expect((await webhook(life, later)).disabledReason).toContain('not in')
  expect(await ctx.db.select().from(webhookDeliveries)).toEqual(before)
  const others = await ctx.db.select().from(webhooks).where(eq(webhooks.orgId, beta))
  expect(others.map(({ isActive }) => isActive)).toEqual([true])
})

test('a mail server gets its sender back, never a password of another server', async () => {
  await using life = await openLife()
  const { ctx, acme } = life
  const file = await backUp(life, acme)
  const now = async () => (await ctx.db.select().from(smtpSettings).where(eq(smtpSettings.orgId, acme)))[0]
  const first = await now()
  await ctx.db.update(smtpSettings).set({ from: 'wrong@example.com' }).where(eq(smtpSettings.orgId, acme))
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await now()).toEqual(first)

  const moved = { host: 'other.example', from: 'other@example.com' }
  await ctx.db.update(smtpSettings).set(moved).where(eq(smtpSettings.orgId, acme))
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await now()).toMatchObject(moved)

  await ctx.db.delete(smtpSettings).where(eq(smtpSettings.orgId, acme))
  await restoreOrg(ctx, { orgId: acme }, { file })
  expect(await now()).toBeUndefined()
})
