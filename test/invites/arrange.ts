import { asc, eq } from 'drizzle-orm'
import type { Role } from '#core/access/roles.ts'
import { auditLog } from '#core/audit/tables.ts'
import type { Scope } from '#core/scope.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { invites } from '#platform/invites/tables.ts'
import { json, makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import type { SmtpPeer } from '#test/support/smtp.ts'

export const NEW_PASSWORD = 'staple of a new kind'

export type Org = AsyncDisposable & Readonly<{ app: TestApp; orgId: number; slug: string; admin: TestPerson }>

/** An app with one org and its admin. Without `smtp` there is no relay, so each invitation answers with its link. */
export async function openOrg(options: Parameters<typeof startTestApp>[0] = {}): Promise<Org> {
  const app = await startTestApp(options)
  const { orgId, slug } = await makeOrg(app.ctx)
  const admin = await makePerson(app, orgId)
  return { app, orgId, slug, admin, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

export function relayOf(smtp: Pick<SmtpPeer, 'host' | 'port'>) {
  return {
    SMTP_HOST: smtp.host,
    SMTP_PORT: String(smtp.port),
    SMTP_TLS: 'none',
    SMTP_FROM: 'team@example.test',
  } as const
}

export type Answer = Readonly<{ status: number; body: Record<string, unknown> }>

export async function call(
  app: TestApp,
  method: string,
  path: string,
  person?: TestPerson,
  body?: unknown,
): Promise<Answer> {
  const headers = person?.bearer ?? {}
  const response = await app.fetch(path, body === undefined ? { method, headers } : json(method, body, headers))
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}

/** An open invitation in an org without a relay, with its token. */
export async function invite(org: Org, email: string, role: Role = 'viewer'): Promise<{ id: number; token: string }> {
  const { status, body } = await call(org.app, 'POST', '/api/invites', org.admin, { email, role })
  if (status !== 201) throw new Error(`not invited: ${JSON.stringify(body)}`)
  return { id: Number(body.id), token: tokenOf(String(body.accept_url)) }
}

export function tokenOf(acceptUrl: string): string {
  return new URL(acceptUrl).searchParams.get('token') ?? ''
}

export function accept(app: TestApp, body: Record<string, unknown>, person?: TestPerson): Promise<Answer> {
  return call(app, 'POST', '/api/invites/accept', person, body)
}

export function newcomer(token: string) {
  return { token, name: 'Grace Hopper', password: NEW_PASSWORD }
}

/** Its time ran out a minute ago. */
export async function expire(app: TestApp, id: number): Promise<void> {
  const expiresAt = new Date(app.ctx.clock.now().getTime() - 60_000)
  await app.ctx.db.update(invites).set({ expiresAt }).where(eq(invites.id, id))
}

export async function inviteRow(app: TestApp, id: number) {
  const [row] = await app.ctx.db.select().from(invites).where(eq(invites.id, id))
  if (!row) throw new Error('no such invitation')
  return row
}

export async function userRow(app: TestApp, email: string) {
  const [row] = await app.ctx.db.select().from(users).where(eq(users.email, email))
  return row
}

export function membershipsOf(app: TestApp, userId: number) {
  return app.ctx.db.select().from(userOrgs).where(eq(userOrgs.userId, userId)).orderBy(asc(userOrgs.id))
}

/** What the log says of an org, oldest first. */
export async function auditOf(app: TestApp, orgId: number) {
  const rows = await app.ctx.db.select().from(auditLog).where(eq(auditLog.orgId, orgId)).orderBy(asc(auditLog.id))
  return rows.map(({ action, actorLabel, detail }) => ({ action, by: actorLabel, detail }))
}

/** What the front door makes of a person's request, for a verb that is called without it. */
export function scopeOf(person: TestPerson): Scope {
  const { userId, email, orgId } = person
  return {
    orgId,
    actor: { kind: 'person', userId, email, name: email },
    role: 'admin',
    permissions: new Set(['member.read', 'member.edit', 'invite.edit']),
  }
}
