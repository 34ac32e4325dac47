import { eq } from 'drizzle-orm'
import { smtpSettings } from '#core/mail/tables.ts'
import { type Answer, call, type Org, openOrg } from '#test/invites/arrange.ts'
import type { TestApp, TestPerson } from '#test/support/app.ts'
import type { SmtpPeer } from '#test/support/smtp.ts'

export const PASSWORD = 'canary-own-password'
export const AUTH = { username: 'relay', password: PASSWORD }
/** A name of a tenant's mail server, which the tests' resolver leads to 127.0.0.1. */
export const HOST = 'mail.acme.test'

type Options = NonNullable<Parameters<typeof openOrg>[0]>

/** An app in which orgs may name loopback, and any name is there. */
export function openSmtpOrg({ env, overrides, ...rest }: Options = {}): Promise<Org> {
  return openOrg({
    ...rest,
    env: { EGRESS_ALLOW: '127.0.0.1/32', ...env },
    overrides: { resolve: async (name) => [name.startsWith('inside') ? '127.0.0.2' : '127.0.0.1'], ...overrides },
  })
}

export type Body = Readonly<Record<string, unknown>>

export function bodyFor(peer: Pick<SmtpPeer, 'port'>, changed: Body = {}): Body {
  return {
    ...{ host: HOST, port: peer.port, tls: 'none', username: AUTH.username, password: PASSWORD },
    ...{ from: 'team@acme.test', ...changed },
  }
}

export function put(app: TestApp, person: TestPerson, body: Body): Promise<Answer> {
  return call(app, 'PUT', '/api/smtp', person, body)
}

/** Saves a mail server for a person's org; throws when it is refused. */
export async function setRelay(app: TestApp, person: TestPerson, body: Body): Promise<void> {
  const answer = await put(app, person, body)
  if (answer.status !== 200) throw new Error(`not saved: ${JSON.stringify(answer.body)}`)
}

export function tryRelay(app: TestApp, person: TestPerson, to = 'grace@example.test'): Promise<Answer> {
  return call(app, 'POST', '/api/smtp/test', person, { to })
}

export async function storedRow({ ctx }: TestApp, orgId: number) {
  const [row] = await ctx.db.select().from(smtpSettings).where(eq(smtpSettings.orgId, orgId))
  return row
}

/** What is stored opens for no key any more. */
export async function spoilPassword({ ctx }: TestApp, orgId: number): Promise<void> {
  const passwordSealed = ctx.vault.seal('of another row', { orgId, table: 'elsewhere', column: 'x', row: 1 })
  await ctx.db.update(smtpSettings).set({ passwordSealed }).where(eq(smtpSettings.orgId, orgId))
}
