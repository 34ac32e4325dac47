import { and, asc, desc, eq, inArray, lt, type SQL } from 'drizzle-orm'
import { grantOf } from '#core/access/held.ts'
import type { Grant } from '#core/access/permissions.ts'
import type { Role } from '#core/access/roles.ts'
import { groupGrants, groupMembers } from '#core/access/tables.ts'
import type { ActionDetails } from '#core/audit/actions.ts'
import { type AuditSubject, record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import type { Database, Tx } from '#db/database.ts'

export type AccountMembership = Readonly<{
  orgId: number
  slug: string
  name: string
  role: Role
  /** What the groups of this org add to the role. */
  grants: readonly Grant[]
}>

/** A person's account with all it belongs to, oldest membership first. */
export type Account = Readonly<{
  id: number
  email: string
  name: string
  isActive: boolean
  isSuperadmin: boolean
  mustResetPassword: boolean
  passwordExpiresAt: Date | null
  lastSignInAt: Date | null
  createdAt: Date
  memberships: readonly AccountMembership[]
}>

const ACCOUNT = {
  id: users.id,
  email: users.email,
  name: users.name,
  isActive: users.isActive,
  isSuperadmin: users.isSuperadmin,
  mustResetPassword: users.mustResetPassword,
  passwordExpiresAt: users.passwordExpiresAt,
  lastSignInAt: users.lastSignInAt,
  createdAt: users.createdAt,
}

type AccountRow = Omit<Account, 'memberships'>

export type AccountsQuery = Readonly<{
  /** Absent for all of the install. */
  orgId?: number | undefined
  where: SQL | undefined
  limit: number
  before?: number | undefined
}>

/** Accounts, the newest first: at most `limit`, with ids below `before`; two statements whatever their number. */
export async function listAccounts(db: Database, query: AccountsQuery): Promise<Account[]> {
  const { orgId, limit, before } = query
  const wanted = and(query.where, before === undefined ? undefined : lt(users.id, before))
  if (orgId === undefined) {
    const rows = await db.select(ACCOUNT).from(users).where(wanted).orderBy(desc(users.id)).limit(limit)
    return await withMemberships(db, rows)
  }
  const rows = await db
    .select(ACCOUNT)
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, orgId), wanted))
    .orderBy(desc(users.id))
    .limit(limit)
  return await withMemberships(db, rows)
}

/** An account by its id, whoever may see it; undefined when there is none. */
export async function findAccount(db: Database | Tx, id: number): Promise<Account | undefined> {
  const rows = await db.select(ACCOUNT).from(users).where(eq(users.id, id))
  return (await withMemberships(db, rows))[0]
}

/** Writes what happened to an account into the log of each org it belongs to, or into that of the install. */
export async function recordForAccount<A extends keyof ActionDetails>(
  ctx: Context,
  tx: Tx,
  subject: AuditSubject,
  account: Pick<Account, 'memberships'>,
  action: A,
  detail: ActionDetails[A],
): Promise<void> {
  const { actor, requestId, address } = subject
  const orgIds = account.memberships.length > 0 ? account.memberships.map(({ orgId }) => orgId) : [undefined]
  for (const orgId of orgIds) await record(ctx, tx, { orgId, actor, requestId, address }, action, detail)
}

/** The rows with their memberships, in one statement whatever their number. */
async function withMemberships(db: Database | Tx, rows: readonly AccountRow[]): Promise<Account[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const found = await db
    .select({
      membershipId: userOrgs.id,
      userId: userOrgs.userId,
      orgId: orgs.id,
      slug: orgs.slug,
      name: orgs.name,
      role: userOrgs.role,
      permission: groupGrants.permission,
      target: groupGrants.target,
    })
    .from(userOrgs)
    .innerJoin(orgs, eq(orgs.id, userOrgs.orgId))
    .leftJoin(groupMembers, eq(groupMembers.membershipId, userOrgs.id))
    .leftJoin(groupGrants, eq(groupGrants.groupId, groupMembers.groupId))
    .where(inArray(userOrgs.userId, ids))
    .orderBy(asc(userOrgs.id))
  const byUser = Map.groupBy(found, ({ userId }) => userId)
  return rows.map((row) => {
    const memberships = [...Map.groupBy(byUser.get(row.id) ?? [], ({ membershipId }) => membershipId).values()]
    return { ...row, memberships: memberships.flatMap(membershipOf) }
  })
}

type MembershipRow = Omit<AccountMembership, 'grants'> & { permission: string | null; target: string | null }

/** One membership from its rows, of which there is one for each grant. */
function membershipOf(rows: readonly MembershipRow[]): AccountMembership[] {
  const [first] = rows
  if (!first) return []
  const { orgId, slug, name, role } = first
  return [{ orgId, slug, name, role, grants: rows.flatMap(grantOf) }]
}
