import { eq } from 'drizzle-orm'
import type { Role } from '#core/access/roles.ts'
import { passwordResets } from '#core/access/tables.ts'
import { addMember } from '#core/tenancy/org.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { addMs, HOUR_MS, systemClock } from '#lib/clock.ts'
import { newSecretToken, sha256Hex } from '#lib/token.ts'
import { invites } from '#platform/invites/tables.ts'
import { createToken } from '#platform/tokens/token.ts'
import { makeGroup } from '#test/groups/arrange.ts'
import { json, makeOrg, makePerson, type TestApp, type TestPerson } from '#test/support/app.ts'
import { jsonOf, type Operation } from './documented.ts'
import { pathWith } from './route-table.ts'

export type Headers = Readonly<Record<string, string>>

type Changed = { id?: number | string; headers?: Headers; body?: string; query?: string }

/** What one scenario plays on: an org of its own with an admin, and ways to put rows and requests there. */
export type Stage = Awaited<ReturnType<typeof setStage>>

const VIEWER = { role: 'viewer' } as const
let addresses = 0
let people = 0

/** A fresh org in the app, with one admin. */
export async function setStage(app: TestApp) {
  const { orgId, slug } = await makeOrg(app.ctx)
  const admin = await makePerson(app, orgId)
  addresses += 1
  const address = `10.4.${(addresses >> 8) & 255}.${addresses & 255}`

  /** All requests of a stage come from one address. */
  const ask = (path: string, init: RequestInit = {}) => app.fetch(path, init, address)
  const change = (userId: number, set: Partial<typeof users.$inferInsert>) =>
    app.ctx.db.update(users).set(set).where(eq(users.id, userId))

  return {
    ...{ app, orgId, slug, admin, ask, change },
    person: (role: Role = 'viewer') => makePerson(app, orgId, role),
    send: (method: string, path: string, body: unknown, headers: Headers = admin.bearer) =>
      ask(path, json(method, body, { ...headers })),
    /** A request as the document shows it, with what the scenario changes. */
    async call(operation: Operation, changed: Changed = {}) {
      const { method, hasBody, example } = operation
      const query = changed.query === undefined ? '' : `?${changed.query}`
      const path = `${pathWith(operation, changed.id ?? 1)}${query}`
      const body = changed.body ?? (hasBody ? JSON.stringify(example) : undefined)
      const type = { ...(body !== undefined && { 'content-type': 'application/json' }) }
      const headers = { ...type, ...(changed.headers ?? (operation.isOpen ? {} : admin.bearer)) }
      return ask(path, { method, headers, ...(body !== undefined && { body }) })
    },
    async personWithoutOrg(): Promise<TestPerson> {
      const made = await makePerson(app, orgId)
      await app.ctx.db.delete(userOrgs).where(eq(userOrgs.userId, made.userId))
      return made
    },
    /** The slug of one of his two orgs, and the id of the other. */
    async personOfTwoOrgs() {
      const other = await makeOrg(app.ctx)
      const made = await makePerson(app, orgId)
      await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, other.orgId, made.userId, 'admin'))
      return { userId: made.userId, bearer: made.bearer, slug, otherOrgId: other.orgId }
    },
    adminElsewhere: async () => makePerson(app, (await makeOrg(app.ctx)).orgId),
    join: (userId: number) => app.ctx.db.transaction((tx) => addMember(app.ctx, tx, orgId, userId, 'viewer')),
    accessToken: async () => {
      const actor = { kind: 'person', userId: admin.userId, email: admin.email, name: '' } as const
      return await createToken(app.ctx, { actor }, { name: 'script' })
    },
    async resetToken(): Promise<string> {
      const token = newSecretToken(app.ctx.random)
      const createdAt = app.ctx.clock.now()
      const values = { userId: admin.userId, tokenHash: sha256Hex(token), createdAt }
      await app.ctx.db.insert(passwordResets).values({ ...values, expiresAt: addMs(createdAt, HOUR_MS) })
      return token
    },
    /** An open invitation and its link's token. */
    async invitation(email = `new-${++people}@example.test`) {
      const response = await ask('/api/invites', json('POST', { email, role: 'analyst' }, { ...admin.bearer }))
      const { id, accept_url: url } = jsonOf(await response.json())
      return { id: Number(id), email, token: new URL(String(url)).searchParams.get('token') ?? '' }
    },
    /** A group that gives these, with its people. */
    group: (grants: readonly string[] = [], people: readonly TestPerson[] = []) =>
      makeGroup(app, orgId, grants, people),
    /** Leaves a person what his groups give. */
    demote: (userId: number) => app.ctx.db.update(userOrgs).set(VIEWER).where(eq(userOrgs.userId, userId)),
    expire: (inviteId: number) =>
      app.ctx.db
        .update(invites)
        .set({ expiresAt: addMs(systemClock.now(), -1) })
        .where(eq(invites.id, inviteId)),
  }
}
