import { and, eq, inArray } from 'drizzle-orm'
import { isAdmin } from '#core/access/last-admin.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import type { Tx } from '#db/database.ts'

const AT_ONCE = 500

/** The memberships that carry `org.admin`, by their role or by a group. */
export async function listAdmins(tx: Tx, orgId: number): Promise<number[]> {
  const rows = await tx
    .select({ id: userOrgs.id })
    .from(userOrgs)
    .where(and(eq(userOrgs.orgId, orgId), isAdmin(tx)))
  return rows.map(({ id }) => id)
}

/** Gives back what a restore took: whoever held `org.admin` holds it, by his role where his group does not give it any more. */
export async function keepAdmins(tx: Tx, orgId: number, before: readonly number[]): Promise<void> {
  const after = new Set(await listAdmins(tx, orgId))
  const lost = before.filter((id) => !after.has(id))
  for (let from = 0; from < lost.length; from += AT_ONCE) {
    const some = lost.slice(from, from + AT_ONCE)
    await tx.update(userOrgs).set({ role: 'admin' }).where(inArray(userOrgs.id, some))
  }
}
