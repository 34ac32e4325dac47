import { eq } from 'drizzle-orm'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import type { Database, Tx } from '#db/database.ts'

/** Whose account a mail is about: all of his orgs, and how many orgs the install has. */
export type MailAccount = Readonly<{ isSuperadmin: boolean; orgIds: readonly number[]; orgsInAll: number }>

/**
 * The org whose relay carries the mails about an account (reset links, temporary passwords): the only one its person belongs
 * to. Undefined for the platform: whoever belongs to several is written to by none of them, and an operator of the install by
 * no tenant, but where the install is one org's own.
 */
export function mailOrgOf({ isSuperadmin, orgIds, orgsInAll }: MailAccount): number | undefined {
  const [only, another] = orgIds
  if (another !== undefined) return undefined
  return isSuperadmin && orgsInAll > 1 ? undefined : only
}

/** The same of a user by his id, as it is now. */
export async function findMailOrg(db: Database | Tx, userId: number): Promise<number | undefined> {
  const rows = await db
    .select({ orgId: userOrgs.orgId, isSuperadmin: users.isSuperadmin, orgsInAll: db.$count(orgs) })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(eq(userOrgs.userId, userId))
    .orderBy(userOrgs.id)
    .limit(2)
  const [first] = rows
  return first && mailOrgOf({ ...first, orgIds: rows.map(({ orgId }) => orgId) })
}
