import { eq } from 'drizzle-orm'
import { AppError } from '#core/errors.ts'
import { orgs } from '#core/tenancy/tables.ts'
import type { Purpose, Vault } from '#core/vault/vault.ts'
import type { Database, Tx } from '#db/database.ts'
import type { Relay } from './relay.ts'
import { smtpSettings } from './tables.ts'

/** What a mail of an org needs to know of it. `relay` is its own. */
export type OrgMail = Readonly<{ name: string; relay: StoredRelay | undefined }>

/** Throws `secret_unreadable` (conflict) when the password is opened and cannot be read. */
export type StoredRelay = Omit<Relay, 'password' | 'ca'> & Readonly<{ openPassword: () => string }>

/** What binds an org's sealed password to its place. */
export function relayPurpose(orgId: number): Purpose {
  return { orgId, table: 'smtp_settings', column: 'password_sealed', row: orgId }
}

/** An org's name and relay, in one statement; undefined for an org that is gone. */
export async function findOrgMail(db: Database, vault: Vault, orgId: number): Promise<OrgMail | undefined> {
  const [row] = await db
    .select({ name: orgs.name, relay: smtpSettings })
    .from(orgs)
    .leftJoin(smtpSettings, eq(smtpSettings.orgId, orgs.id))
    .where(eq(orgs.id, orgId))
  return row && { name: row.name, relay: row.relay ? storedRelayOf(vault, row.relay) : undefined }
}

/** Whether an org has a relay of its own. */
export async function hasOwnRelay(db: Database | Tx, orgId: number): Promise<boolean> {
  const rows = await db.select({ orgId: smtpSettings.orgId }).from(smtpSettings).where(eq(smtpSettings.orgId, orgId))
  return rows.length > 0
}

/** Whether any org has one. */
export async function hasAnyOwnRelay(db: Database): Promise<boolean> {
  const rows = await db.select({ orgId: smtpSettings.orgId }).from(smtpSettings).limit(1)
  return rows.length > 0
}

function storedRelayOf(vault: Vault, row: typeof smtpSettings.$inferSelect): StoredRelay {
  const { orgId, host, port, tls, username, from, passwordSealed } = row
  return { host, port, tls, username, from, openPassword: () => openPassword(vault, orgId, passwordSealed) }
}

function openPassword(vault: Vault, orgId: number, sealed: string): string {
  try {
    return vault.open(sealed, relayPurpose(orgId))
  } catch {
    const words = 'The stored password of the mail server cannot be read. Enter it again.'
    throw new AppError('conflict', 'secret_unreadable', words, { field: 'password' })
  }
}
