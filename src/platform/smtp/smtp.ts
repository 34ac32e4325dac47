import { eq } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { relayPurpose } from '#core/mail/org-mail.ts'
import { smtpSettings } from '#core/mail/tables.ts'
import { requireOpenHost } from '#core/open-host.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { opens } from '#core/vault/vault.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { sealedAfter } from './password.ts'
import { readSmtpFields, type SmtpFields } from './smtp-input.ts'

/** The org's own relay. The password itself is never in it. */
export type SmtpSettings = SmtpFields &
  Readonly<{
    /** False when the vault does not open what is stored: then no mail of the org leaves until it is entered again. */
    isPasswordReadable: boolean
    updatedAt: Date
  }>

export type SmtpInput = Readonly<Record<keyof SmtpFields, string | number>> &
  Readonly<{
    /** Absent, empty or the mask keeps the stored one. */
    password?: string | undefined
  }>

type Row = typeof smtpSettings.$inferSelect

/** The org's relay; undefined without one. For `org.admin`. */
export async function findSmtp(ctx: Context, { orgId }: Scope): Promise<SmtpSettings | undefined> {
  const [row] = await ctx.db.select().from(smtpSettings).where(eq(smtpSettings.orgId, orgId))
  return row && shownOf(ctx, row)
}

/**
 * Sets the relay that carries the org's mails from now on. For `org.admin`. Errors: those of `readSmtpFields`; `egress_refused`
 * and `password_required` (invalid).
 */
export async function saveSmtp(ctx: Context, scope: Scope, input: SmtpInput): Promise<SmtpSettings> {
  const { orgId } = scope
  const wanted = readSmtpFields(input)
  await requireOpenHost(ctx, wanted.host, 'host')
  return await ctx.db.transaction(async (tx) => {
    await lockRow(tx, orgs, orgId)
    const kept = await findRow(tx, orgId)
    const { sealed, isChanged } = sealedAfter(ctx, orgId, { kept, wanted, password: input.password })
    if (kept && !isChanged && isSame(kept, wanted)) return shownOf(ctx, kept)
    const row = { orgId, ...wanted, passwordSealed: sealed, updatedAt: ctx.clock.now() }
    await tx.insert(smtpSettings).values(row).onConflictDoUpdate({ target: smtpSettings.orgId, set: row })
    const { host, port, tls, from } = wanted
    await record(ctx, tx, scope, 'smtp.updated', { host, port, tls, from, is_password_changed: isChanged })
    return shownOf(ctx, row)
  })
}

/**
 * Takes the org's relay away with its password: mails go by the platform's again. For `org.admin`. Without one nothing happens.
 */
export async function removeSmtp(ctx: Context, scope: Scope): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const [gone] = await tx
      .delete(smtpSettings)
      .where(eq(smtpSettings.orgId, scope.orgId))
      .returning({ host: smtpSettings.host })
    if (gone) await record(ctx, tx, scope, 'smtp.removed', { host: gone.host })
  })
}

async function findRow(tx: Tx, orgId: number): Promise<Row | undefined> {
  const [row] = await tx.select().from(smtpSettings).where(eq(smtpSettings.orgId, orgId))
  return row
}

function isSame(kept: Row, wanted: SmtpFields): boolean {
  const { host, port, tls, username, from } = wanted
  const isSameServer = kept.host === host && kept.port === port && kept.tls === tls
  return isSameServer && kept.username === username && kept.from === from
}

function shownOf(ctx: Pick<Context, 'vault'>, row: Row): SmtpSettings {
  const { host, port, tls, username, from, updatedAt } = row
  const isPasswordReadable = opens(ctx.vault, row.passwordSealed, relayPurpose(row.orgId))
  return { host, port, tls, username, from, updatedAt, isPasswordReadable }
}
