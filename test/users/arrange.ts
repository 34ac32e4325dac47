import { eq } from 'drizzle-orm'
import type { Permission } from '#core/access/permissions.ts'
import type { Role } from '#core/access/roles.ts'
import { groupGrants, groupMembers, groups } from '#core/access/tables.ts'
import { addMember } from '#core/tenancy/org.ts'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { createToken } from '#platform/tokens/token.ts'
import { type Answer, call, type Org } from '#test/invites/arrange.ts'
import { json, makePerson, type TestApp, type TestPerson } from '#test/support/app.ts'
import { dumpOf } from '#test/sweeps/tenant-rows.ts'

/** A person of the org who is an operator of the install, too. */
export async function makeOperator({ app, orgId }: Pick<Org, 'app' | 'orgId'>): Promise<TestPerson> {
  const person = await makePerson(app, orgId)
  await change(app, person, { isSuperadmin: true })
  return person
}

export async function change(
  app: TestApp,
  { userId }: Pick<TestPerson, 'userId'>,
  set: Partial<typeof users.$inferInsert>,
): Promise<void> {
  await app.ctx.db.update(users).set(set).where(eq(users.id, userId))
}

export async function join(app: TestApp, { userId }: TestPerson, orgId: number, role: Role = 'viewer'): Promise<void> {
  await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, orgId, userId, role))
}

let made = 0

/** Puts a person into a new group of his org that grants this; `target` limits it to one thing. */
export async function grant({ ctx }: TestApp, person: TestPerson, permission: Permission, target = ''): Promise<void> {
  const createdAt = ctx.clock.now()
  const { orgId } = person
  const name = `group-${++made}`
  const [group] = await ctx.db.insert(groups).values({ orgId, name, nameKey: name, createdAt }).returning()
  const [membership] = await ctx.db.select().from(userOrgs).where(eq(userOrgs.userId, person.userId))
  const groupId = group?.id ?? 0
  await ctx.db.insert(groupMembers).values({ orgId, groupId, membershipId: membership?.id ?? 0, createdAt })
  await ctx.db.insert(groupGrants).values({ orgId, groupId, permission, target, createdAt })
}

export async function accessTokenOf({ ctx }: TestApp, { userId, email }: TestPerson): Promise<string> {
  return (await createToken(ctx, { actor: { kind: 'person', userId, email, name: email } }, { name: 'script' })).token
}

export async function rowOf({ ctx }: TestApp, { userId }: Pick<TestPerson, 'userId'>) {
  const [row] = await ctx.db.select().from(users).where(eq(users.id, userId))
  if (!row) throw new Error('no such user')
  return row
}

export function reset(app: TestApp, by: TestPerson, { userId }: Pick<TestPerson, 'userId'>): Promise<Answer> {
  return call(app, 'POST', `/api/users/${userId}/reset-password`, by)
}

export function patch(
  app: TestApp,
  by: TestPerson,
  { userId }: Pick<TestPerson, 'userId'>,
  body: unknown,
): Promise<Answer> {
  return call(app, 'PATCH', `/api/users/${userId}`, by, body)
}

/** The status of `/api/me` with a token. */
export async function statusWith(app: TestApp, token: string): Promise<number> {
  return (await app.fetch('/api/me', { headers: { authorization: `Bearer ${token}` } })).status
}

/** Every row but those that note when a member was last here. */
export async function dumpWithoutStamps(app: TestApp): Promise<Record<string, string>> {
  return { ...(await dumpOf(app)), user_orgs: '' }
}

let clients = 0

/** Signs in from an address of its own, so that one test's tries do not count against another's. */
export async function signIn(app: TestApp, email: string, password: string): Promise<Answer> {
  clients += 1
  const body = { username: email, password }
  const address = `10.9.${(clients >> 8) & 255}.${clients & 255}`
  const response = await app.fetch('/api/auth/login', json('POST', body), address)
  return { status: response.status, body: await response.json() }
}

/** A person with a JWT that a sign-in answered with. */
export function withJwt(person: TestPerson, jwt: unknown): TestPerson {
  return { ...person, jwt: String(jwt), bearer: { authorization: `Bearer ${jwt}` } }
}
