import { and, eq, gt } from 'drizzle-orm'
import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { addMember, createOrg } from '#core/tenancy/org.ts'
import { users } from '#core/tenancy/tables.ts'
import { createUser, hashChosen, requireEmail, requireName } from '#core/tenancy/user.ts'
import { vaultKeys } from '#core/vault/tables.ts'
import { lockRow, type Tx } from '#db/database.ts'
import { addMs, MINUTE_MS } from '#lib/clock.ts'
import { newSecretToken, sha256Hex } from '#lib/token.ts'
import type { Caller, SignedIn } from '#platform/sessions/sign-in.ts'
import { dropLink } from '#platform/setup/link-file.ts'
import { setupLinks } from '#platform/setup/tables.ts'

export const SETUP_LINK_MINUTES = 30

export type FirstAdmin = Readonly<{ email: string; name: string; password: string; orgName: string; orgSlug: string }>

/** Whether nobody has an account yet. */
export async function isFirstBoot(ctx: Context): Promise<boolean> {
  return (await ctx.db.$count(users)) === 0
}

/**
 * A new one-time setup link, valid 30 minutes; the one before dies. The caller shows it to the operator, once.
 * Undefined once somebody has an account.
 */
export async function issueSetupLink(ctx: Context): Promise<{ token: string; url: string } | undefined> {
  const token = newSecretToken(ctx.random)
  const expiresAt = addMs(ctx.clock.now(), SETUP_LINK_MINUTES * MINUTE_MS)
  return await ctx.db.transaction(async (tx) => {
    await oneAtATime(tx)
    await tx.delete(setupLinks)
    if ((await tx.$count(users)) > 0) return undefined
    await tx.insert(setupLinks).values({ tokenHash: sha256Hex(token), expiresAt })
    return { token, url: `${ctx.config.publicUrl}/setup?token=${token}` }
  })
}

/** `setup_gone` (gone) unless the token is the live setup link's. */
export async function requireSetupLink(ctx: Context, token: string): Promise<void> {
  if (!(await isSetupLinkLive(ctx, token))) throw setupGone()
}

/** Whether the link is neither used, nor replaced, nor expired. */
export async function isSetupLinkLive(ctx: Context, token: string): Promise<boolean> {
  return (await ctx.db.$count(setupLinks, liveLink(ctx, token))) > 0
}

/**
 * Makes the first admin (superadmin) and the first org, by whoever holds the setup link. Single use.
 * Errors: `setup_gone` (gone); `invalid_email`, `invalid_name`, `invalid_slug`, `weak_password` (invalid), which leave the link usable.
 */
export async function completeSetup(ctx: Context, caller: Caller, token: string, input: FirstAdmin): Promise<SignedIn> {
  await requireSetupLink(ctx, token)
  const prepared = await prepareAdmin(ctx, input)
  const user = await ctx.db.transaction(async (tx) => {
    await oneAtATime(tx)
    const used = await tx.delete(setupLinks).where(liveLink(ctx, token)).returning({ tokenHash: setupLinks.tokenHash })
    if (used.length === 0) throw setupGone()
    return await makeFirst(ctx, tx, prepared, caller)
  })
  await dropLink(ctx)
  return user
}

/** The same for an unattended first boot, and for `honeyframe user create` on an empty database. */
export async function createFirstAdmin(ctx: Context, input: FirstAdmin): Promise<SignedIn> {
  const prepared = await prepareAdmin(ctx, input)
  const user = await ctx.db.transaction(async (tx) => {
    await oneAtATime(tx)
    await tx.delete(setupLinks)
    return await makeFirst(ctx, tx, prepared)
  })
  await dropLink(ctx)
  return user
}

/** Two nodes, or a node and the operator's terminal, may set up at once. The vault's row exists before either can. */
async function oneAtATime(tx: Tx): Promise<void> {
  await lockRow(tx, vaultKeys, 1)
}

async function prepareAdmin(ctx: Context, input: FirstAdmin) {
  const email = requireEmail(input.email)
  const name = requireName(input.name)
  return { ...input, email, name, passwordHash: await hashChosen(ctx, input.password, email, 'password') }
}

type Prepared = Awaited<ReturnType<typeof prepareAdmin>>

async function makeFirst(ctx: Context, tx: Tx, admin: Prepared, caller?: Caller): Promise<SignedIn> {
  if ((await tx.$count(users)) > 0) throw setupGone()
  const orgId = await createOrg(ctx, tx, { slug: admin.orgSlug, name: admin.orgName })
  const { email, name, passwordHash } = admin
  const userId = await createUser(ctx, tx, { email, name, passwordHash, mustResetPassword: false, isSuperadmin: true })
  await addMember(ctx, tx, orgId, userId, 'admin')
  const actor = caller ? ({ kind: 'person', userId, email, name } as const) : ({ kind: 'operator' } as const)
  const by = { orgId, actor, ...(caller && { requestId: caller.requestId, address: caller.address }) }
  await record(ctx, tx, by, 'org.created', { org_id: orgId, slug: admin.orgSlug, name: admin.orgName })
  await record(ctx, tx, by, 'user.created', { user_id: userId, email, is_superadmin: true })
  return { userId, version: 0, orgId, role: 'admin', mustResetPassword: false }
}

function liveLink(ctx: Context, token: string) {
  return and(eq(setupLinks.tokenHash, sha256Hex(token)), gt(setupLinks.expiresAt, ctx.clock.now()))
}

function setupGone(): AppError {
  const words =
    'This setup link has been used or has expired. Restart Honeyframe for a new one, or run "honeyframe user create".'
  return new AppError('gone', 'setup_gone', words)
}
