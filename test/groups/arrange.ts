import { eq } from 'drizzle-orm'
import { groupGrants, groupMembers, groups } from '#core/access/tables.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import { createToken } from '#platform/tokens/token.ts'
import { call, type Org } from '#test/invites/arrange.ts'
import { makePerson, type TestApp, type TestPerson } from '#test/support/app.ts'

let made = 0

/** A row of a grant: `member.read`, or `group.edit@group:5` for one group only. */
type GrantText = string

/** A group with these grants and members, made by rows. Answers with its id. */
export async function makeGroup(
  app: TestApp,
  orgId: number,
  grants: readonly GrantText[] = [],
  members: readonly TestPerson[] = [],
  name = `Group ${++made}`,
): Promise<number> {
  const { db, clock } = app.ctx
  const createdAt = clock.now()
  const [row] = await db
    .insert(groups)
    .values({ orgId, name, nameKey: name.toLowerCase(), createdAt })
    .returning({ id: groups.id })
  const groupId = row?.id ?? 0
  for (const grant of grants) await addGrant(app, orgId, groupId, grant)
  for (const { userId } of members) {
    const [membership] = await db.select().from(userOrgs).where(eq(userOrgs.userId, userId))
    await db.insert(groupMembers).values({ orgId, groupId, membershipId: membership?.id ?? 0, createdAt })
  }
  return groupId
}

export async function addGrant(app: TestApp, orgId: number, groupId: number, grant: GrantText): Promise<void> {
  const [permission = '', target = ''] = grant.split('@')
  await app.ctx.db.insert(groupGrants).values({ orgId, groupId, permission, target, createdAt: app.ctx.clock.now() })
}

/** A designer, whose role carries nothing, in a group of his own with these grants. */
export async function makeHolder(org: Org, ...grants: readonly GrantText[]): Promise<TestPerson> {
  const person = await makePerson(org.app, org.orgId, 'designer')
  await makeGroup(org.app, org.orgId, grants, [person])
  return person
}

/** What a group gives, as texts, by name. */
export async function grantsIn(app: TestApp, groupId: number): Promise<GrantText[]> {
  const rows = await app.ctx.db.select().from(groupGrants).where(eq(groupGrants.groupId, groupId))
  return rows.map(({ permission, target }) => (target === '' ? permission : `${permission}@${target}`)).toSorted()
}

/** Whose memberships are in a group, as user ids. */
export async function peopleIn(app: TestApp, groupId: number): Promise<number[]> {
  const rows = await app.ctx.db
    .select({ userId: userOrgs.userId })
    .from(groupMembers)
    .innerJoin(userOrgs, eq(userOrgs.id, groupMembers.membershipId))
    .where(eq(groupMembers.groupId, groupId))
  return rows.map(({ userId }) => userId).toSorted((a, b) => a - b)
}

/** The same person with a personal access token in place of the session's. */
export async function withAccessToken(app: TestApp, person: TestPerson): Promise<TestPerson> {
  const actor = { kind: 'person', userId: person.userId, email: person.email, name: '' } as const
  const { token } = await createToken(app.ctx, { actor }, { name: 'script' })
  return { ...person, bearer: { authorization: `Bearer ${token}` } }
}

/** The status of a request and, when it was refused, its code. */
export async function outcome(
  app: TestApp,
  method: string,
  path: string,
  person: TestPerson,
  body?: unknown,
): Promise<string> {
  const answer = await call(app, method, path, person, body)
  const { error } = answer.body
  return error === undefined ? String(answer.status) : `${answer.status} ${String(error)}`
}
