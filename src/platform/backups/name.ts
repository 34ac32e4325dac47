import { and, eq, like } from 'drizzle-orm'
import type { Tx } from '#db/database.ts'
import { backups } from './tables.ts'

const ENDING = '.tar.gz'

/**
 * What a backup of this instant (UTC) is called: `20260131-020000.tar.gz`. A second one of the same second is
 * `20260131-020000-2.tar.gz`. The org's row is locked, so that nobody takes the same name meanwhile.
 */
export async function freeName(tx: Tx, orgId: number, at: Date): Promise<string> {
  const stem = at.toISOString().replaceAll(/[-:]/g, '').slice(0, 15).replace('T', '-')
  const rows = await tx
    .select({ name: backups.name })
    .from(backups)
    .where(and(eq(backups.orgId, orgId), like(backups.name, `${stem}%`)))
  const taken = new Set(rows.map(({ name }) => name))
  let name = stem + ENDING
  for (let copy = 2; taken.has(name); copy++) name = `${stem}-${copy}${ENDING}`
  return name
}
