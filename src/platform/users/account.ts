import { and, desc, eq, lt, type SQL } from 'drizzle-orm'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import type { Database, Tx } from '#db/database.ts'
import { type AccountMail, type AccountMembership, withMemberships } from './account-memberships.ts'

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
  mail: AccountMail
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
