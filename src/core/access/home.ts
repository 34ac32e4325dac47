import { asc, eq } from 'drizzle-orm'
import type { Role } from '#core/access/roles.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import type { Database } from '#db/database.ts'

/** Where a user lands who names no org: his default if he still belongs to it, else his oldest membership. */
export async function findHome(
  db: Database,
  user: { id: number; defaultOrgId: number | null },
): Promise<{ orgId: number; role: Role } | undefined> {
  const rows = await db
    .select({ orgId: userOrgs.orgId, role: userOrgs.role })
    .from(userOrgs)
    .where(eq(userOrgs.userId, user.id))
    .orderBy(asc(userOrgs.id))
  return rows.find((row) => row.orgId === user.defaultOrgId) ?? rows[0]
}
