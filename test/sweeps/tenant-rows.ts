import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { relayPurpose } from '#core/mail/org-mail.ts'
import { smtpSettings } from '#core/mail/tables.ts'
import { users } from '#core/tenancy/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { scopes } from '#db/columns.ts'
import { createToken } from '#platform/tokens/token.ts'
import { makeGroup } from '#test/groups/arrange.ts'
import type { TestApp, TestPerson } from '#test/support/app.ts'
import { json, makeOrg, makePerson } from '#test/support/app.ts'
import { makeDelivery, makeWebhookOf } from '#test/webhooks/rows.ts'

/** An org with rows of every kind. Whatever text it holds contains its mark, so that a row of it is recognised anywhere. */
export type Tenant = Readonly<{ mark: string; orgId: number; slug: string; admin: TestPerson }>

/** Makes a row of a tenant and answers with its id. */
type MakeRow = (app: TestApp, tenant: Tenant) => Promise<number | string>

/** What every group of a tenant gives. */
const GIVEN = 'member.read'
let made = 0

/** How to make an id for each parameter of a path. A route with a parameter that is not here fails the sweep. */
const ROWS: Readonly<Record<string, MakeRow>> = {
  '/api/auth/tokens/{id}': makeToken,
  '/api/groups/{id}': makeGroupOf,
  '/api/invites/{id}': makeInvite,
  '/api/members/{user_id}': makeMember,
  '/api/users/{id}': makeMember,
  '/api/webhooks/deliveries/{id}': makeDeliveryOf,
  '/api/webhooks/{id}': makeHook,
  '/api/webhooks/{id}/old-secret': makeRotated,
  '/webhooks/{id}/end-old-secret': makeRotated,
  '/webhooks/{id}/enable': makeHookOff,
  '/tokens/{id}': makeToken,
  '/groups/{id}': makeGroupOf,
  '/members/invites/{id}': makeInvite,
  '/members/{id}': makeMember,
  '/webhooks/{id}': makeHook,
  '/users/{id}': makeMember,
  '/users/{id}/activate': makeDeactivated,
}

/** An org whose rows all bear the mark: an admin, members, an invitation, an access token. */
export async function makeTenant(app: TestApp, mark: string): Promise<Tenant> {
  const { orgId, slug } = await makeOrg(app.ctx, mark)
  const admin = await makePerson(app, orgId, 'admin', `admin@${mark}.test`)
  const tenant = { mark, orgId, slug, admin }
  for (const make of new Set(Object.values(ROWS))) await make(app, tenant)
  await setRelay(app, tenant)
  return tenant
}

/** The maker of a path's id, by the path, or by the path up to its parameter; undefined when nobody taught one. */
export function rowMakerOf(path: string, rows = ROWS): MakeRow | undefined {
  const end = path.indexOf('}')
  return end < 0 ? undefined : (rows[path] ?? rows[path.slice(0, end + 1)])
}

/**
 * What stands for a path's parameters after its first: a person of the tenant, in the group unless he is to be put there. A
 * permission that the group has, unless it is to be given, needs no row.
 */
export async function restOf(
  app: TestApp,
  tenant: Tenant,
  { method, path }: { method: string; path: string },
  id: number | string,
): Promise<Readonly<Record<string, string | number>>> {
  if (path.endsWith('/permissions/{permission}')) return { permission: method === 'PUT' ? 'audit.read' : GIVEN }
  if (path.includes('{delivery_id}')) return { delivery_id: await makeDeliveryOf(app, tenant) }
  if (!path.includes('{id}/members/{user_id}')) return {}
  const userId = await makeMember(app, tenant)
  const place = `/api/groups/${id}/members/${userId}`
  if (method !== 'PUT') await app.fetch(place, { method: 'PUT', headers: tenant.admin.bearer })
  return { user_id: userId }
}

/** Every row of every table, as text: two dumps are equal when nothing changed anywhere. */
export async function dumpOf({ ctx }: Pick<TestApp, 'ctx'>): Promise<Record<string, string>> {
  const dump: Record<string, string> = {}
  for (const { name, table } of scopes()) {
    const rows = await ctx.db.select().from(table)
    dump[name] = rows
      .map((row) => JSON.stringify(row))
      .sort()
      .join('\n')
  }
  return dump
}

async function makeToken({ ctx }: TestApp, { mark, admin }: Tenant): Promise<number> {
  const actor = { kind: 'person', userId: admin.userId, email: admin.email, name: mark } as const
  return (await createToken(ctx, { actor }, { name: `${mark} token` })).id
}

async function makeInvite(app: TestApp, { mark, admin }: Tenant): Promise<number> {
  const body = { email: `invited-${++made}@${mark}.test`, role: 'viewer' }
  const response = await app.fetch('/api/invites', json('POST', body, admin.bearer))
  const { id }: { id: number } = await response.json()
  return id
}

async function makeGroupOf(app: TestApp, { mark, orgId }: Tenant): Promise<number> {
  return await makeGroup(app, orgId, [GIVEN], [], `${mark} group ${++made}`)
}

async function makeHook(app: TestApp, { mark, admin, orgId }: Tenant): Promise<number> {
  const gone = await app.ctx.db.select({ id: webhooks.id }).from(webhooks).where(eq(webhooks.orgId, orgId))
  const [, oldest] = gone.map(({ id }) => id).toSorted((one, other) => other - one)
  if (gone.length > 10 && oldest !== undefined) await app.ctx.db.delete(webhooks).where(eq(webhooks.id, oldest))
  return await makeWebhookOf(app, { orgId, userId: admin.userId }, `https://${mark}.example.test/hook`)
}

async function makeHookOff(app: TestApp, tenant: Tenant): Promise<number> {
  const id = await makeHook(app, tenant)
  await app.ctx.db.update(webhooks).set({ isActive: false }).where(eq(webhooks.id, id))
  return id
}

async function makeRotated(app: TestApp, tenant: Tenant): Promise<number> {
  const id = await makeHook(app, tenant)
  await app.fetch(`/api/webhooks/${id}/rotate-secret`, { method: 'POST', headers: tenant.admin.bearer })
  return id
}

async function makeDeliveryOf(app: TestApp, tenant: Tenant): Promise<string> {
  const { mark, orgId } = tenant
  const webhookId = await makeHook(app, tenant)
  const [event] = await app.ctx.db.select().from(auditLog).where(eq(auditLog.orgId, orgId)).limit(1)
  return await makeDelivery(app, { orgId, webhookId, eventId: event?.eventId ?? '' }, `${mark} says ok`)
}

async function makeMember(app: TestApp, { mark, orgId }: Tenant): Promise<number> {
  return (await makePerson(app, orgId, 'analyst', `member-${++made}@${mark}.test`)).userId
}

async function setRelay({ ctx }: TestApp, { mark, orgId }: Tenant): Promise<void> {
  const passwordSealed = ctx.vault.seal(mark, relayPurpose(orgId))
  const server = { host: `mail.${mark}.test`, port: 2525, tls: 'starttls', username: mark } as const
  const from = `team@${mark}.test`
  await ctx.db.insert(smtpSettings).values({ orgId, ...server, from, passwordSealed, updatedAt: ctx.clock.now() })
}

async function makeDeactivated(app: TestApp, tenant: Tenant): Promise<number> {
  const userId = await makeMember(app, tenant)
  await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, userId))
  return userId
}
