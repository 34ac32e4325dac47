import { and, eq, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { grantOf } from '#core/access/held.ts'
import type { Grant } from '#core/access/permissions.ts'
import type { Role } from '#core/access/roles.ts'
import { stamp } from '#core/access/stamp.ts'
import { endedSessions, groupGrants, groupMembers, tokens } from '#core/access/tables.ts'
import type { Context } from '#core/context.ts'
import {
  activeSubscription,
  type LicensedOrg,
  licensedOrgOf,
  ORG_LICENSING,
  type OrgLicensingRow,
} from '#core/license/licensed-org.ts'
import { orgLicenses, subscriptions } from '#core/license/tables.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { type Database, prepared } from '#db/database.ts'
import { addMs, MINUTE_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'

const TOKEN_STAMP_MS = MINUTE_MS
const MEMBER_STAMP_MS = 5 * MINUTE_MS

export type Membership = LicensedOrg &
  Readonly<{
    /** The org's accent as `#rrggbb`, and what names its logo; null for ours. */
    color: string | null
    logoHash: string | null
    role: Role
    /** What the person's groups in this org add to the role. */
    grants: readonly Grant[]
    lastActiveAt: Date | null
  }>

/** A signed-in person as the database knows him now, with every org he belongs to (oldest membership first). */
export type Person = Readonly<{
  userId: number
  email: string
  name: string
  isActive: boolean
  isSuperadmin: boolean
  mustResetPassword: boolean
  tokenVersion: number
  defaultOrgId: number | null
  /** How far he came in the welcome tour, and whether he has seen enough of it. */
  tourStep: string | null
  tourEndedAt: Date | null
  memberships: readonly Membership[]
}>

const PERSON = {
  userId: users.id,
  email: users.email,
  name: users.name,
  isActive: users.isActive,
  isSuperadmin: users.isSuperadmin,
  mustResetPassword: users.mustResetPassword,
  tokenVersion: users.tokenVersion,
  defaultOrgId: users.defaultOrgId,
  tourStep: users.tourStep,
  tourEndedAt: users.tourEndedAt,
  ...ORG_LICENSING,
  orgColor: orgs.color,
  orgLogoHash: orgs.logoHash,
  role: userOrgs.role,
  lastActiveAt: userOrgs.lastActiveAt,
  grantPermission: groupGrants.permission,
  grantTarget: groupGrants.target,
}

type PersonRow = Readonly<
  Omit<Person, 'memberships'> &
    OrgLicensingRow & {
      orgColor: string | null
      orgLogoHash: string | null
      role: Role | null
      lastActiveAt: Date | null
      grantPermission: string | null
      grantTarget: string | null
    }
>

/** The person behind a session, in one statement; undefined when the session was ended, or the user is gone or inactive. */
export async function findPersonBySession(
  ctx: Context,
  session: { userId: number; jti: string; version: number },
): Promise<Person | undefined> {
  const rows = await sessionQuery(ctx.db).execute({ userId: session.userId, jti: session.jti })
  const first = rows[0]
  if (!first?.isActive || first.endedJti !== null || first.tokenVersion !== session.version) return undefined
  return personOf(first, rows)
}

/** The person behind a personal access token, in one statement; undefined when it is unknown, revoked or expired. */
export async function findPersonByToken(
  ctx: Context,
  token: string,
): Promise<{ person: Person; tokenId: number } | undefined> {
  const rows = await tokenQuery(ctx.db).execute({ tokenHash: sha256Hex(token) })
  const first = rows[0]
  const now = ctx.clock.now()
  if (!first?.isActive || first.revokedAt !== null) return undefined
  if (first.expiresAt !== null && first.expiresAt <= now) return undefined
  await stampToken(ctx, first.tokenId, first.lastUsedAt, now)
  return { person: personOf(first, rows), tokenId: first.tokenId }
}

/** Notes that a member was here, at most once in five minutes. */
export async function stampMember(ctx: Context, person: Person, membership: Membership): Promise<void> {
  const now = ctx.clock.now()
  const limit = addMs(now, -MEMBER_STAMP_MS)
  if (membership.lastActiveAt !== null && membership.lastActiveAt > limit) return
  const { userId } = person
  const { orgId } = membership
  const isStale = or(isNull(userOrgs.lastActiveAt), lte(userOrgs.lastActiveAt, limit))
  const isHis = and(eq(userOrgs.userId, userId), eq(userOrgs.orgId, orgId), isStale)
  await stamp(ctx, `member ${userId} ${orgId}`, async () => {
    await ctx.db.update(userOrgs).set({ lastActiveAt: now }).where(isHis)
  })
}

async function stampToken(ctx: Context, tokenId: number, lastUsedAt: Date | null, now: Date): Promise<void> {
  const limit = addMs(now, -TOKEN_STAMP_MS)
  if (lastUsedAt !== null && lastUsedAt > limit) return
  const isStale = and(eq(tokens.id, tokenId), or(isNull(tokens.lastUsedAt), lte(tokens.lastUsedAt, limit)))
  await stamp(ctx, `token ${tokenId}`, async () => {
    await ctx.db.update(tokens).set({ lastUsedAt: now }).where(isStale)
  })
}

function sessionQuery(database: Database) {
  return prepared(database, 'person_by_session', (db) =>
    db
      .select({ ...PERSON, endedJti: endedSessions.jti })
      .from(users)
      .leftJoin(endedSessions, inArray(endedSessions.jti, [sql.placeholder('jti')]))
      .leftJoin(userOrgs, eq(userOrgs.userId, users.id))
      .leftJoin(orgs, eq(orgs.id, userOrgs.orgId))
      .leftJoin(orgLicenses, eq(orgLicenses.orgId, orgs.id))
      .leftJoin(subscriptions, activeSubscription())
      .leftJoin(groupMembers, eq(groupMembers.membershipId, userOrgs.id))
      .leftJoin(groupGrants, eq(groupGrants.groupId, groupMembers.groupId))
      .where(inArray(users.id, [sql.placeholder('userId')]))
      .orderBy(userOrgs.id),
  )
}

function tokenQuery(database: Database) {
  return prepared(database, 'person_by_token', (db) =>
    db
      .select({
        ...PERSON,
        tokenId: tokens.id,
        expiresAt: tokens.expiresAt,
        revokedAt: tokens.revokedAt,
        lastUsedAt: tokens.lastUsedAt,
      })
      .from(tokens)
      .innerJoin(users, eq(users.id, tokens.userId))
      .leftJoin(userOrgs, eq(userOrgs.userId, users.id))
      .leftJoin(orgs, eq(orgs.id, userOrgs.orgId))
      .leftJoin(orgLicenses, eq(orgLicenses.orgId, orgs.id))
      .leftJoin(subscriptions, activeSubscription())
      .leftJoin(groupMembers, eq(groupMembers.membershipId, userOrgs.id))
      .leftJoin(groupGrants, eq(groupGrants.groupId, groupMembers.groupId))
      .where(inArray(tokens.tokenHash, [sql.placeholder('tokenHash')]))
      .orderBy(userOrgs.id),
  )
}

function personOf(first: PersonRow, rows: readonly PersonRow[]): Person {
  return {
    userId: first.userId,
    email: first.email,
    name: first.name,
    isActive: first.isActive,
    isSuperadmin: first.isSuperadmin,
    mustResetPassword: first.mustResetPassword,
    tokenVersion: first.tokenVersion,
    defaultOrgId: first.defaultOrgId,
    tourStep: first.tourStep,
    tourEndedAt: first.tourEndedAt,
    memberships: membershipsOf(rows),
  }
}

/** A row for each grant of each membership, and one for a membership without any; those of one org stand together. */
function membershipsOf(rows: readonly PersonRow[]): Membership[] {
  const memberships: (Membership & { grants: Grant[] })[] = []
  for (const row of rows) {
    if (memberships.at(-1)?.orgId !== row.orgId) memberships.push(...(membershipOf(row) ?? []))
    memberships.at(-1)?.grants.push(...grantOf({ permission: row.grantPermission, target: row.grantTarget }))
  }
  return memberships
}

function membershipOf(row: PersonRow): [Membership & { grants: Grant[] }] | undefined {
  const org = licensedOrgOf(row)
  if (!org || row.role === null) return undefined
  const { orgColor: color, orgLogoHash: logoHash, role, lastActiveAt } = row
  return [{ ...org, color, logoHash, role, grants: [], lastActiveAt }]
}
