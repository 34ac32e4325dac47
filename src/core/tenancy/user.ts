import { eq, sql } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { users } from '#core/tenancy/tables.ts'
import { type Database, isUniqueViolation, type Tx } from '#db/database.ts'
import { normalizeEmail } from '#lib/email.ts'
import { hashPassword } from '#lib/password.ts'
import { PASSWORD_CHARS_MAX, passwordFault } from '#lib/password-rules.ts'

const NAME_CHARS_MAX = 200

export type NewUser = Readonly<{
  email: string
  name: string
  passwordHash: string | null
  mustResetPassword: boolean
  isSuperadmin: boolean
}>

/** An e-mail as it is stored (lower-cased); `invalid_email` (invalid) when it is none. */
export function requireEmail(text: string, field = 'email'): string {
  const email = normalizeEmail(text)
  if (email === undefined) throw new AppError('invalid', 'invalid_email', 'This is not an e-mail address.', { field })
  return email
}

/** A name as it is stored: one line, trimmed, 1 to 200 characters; `invalid_name` (invalid) otherwise. */
export function requireName(text: string, field = 'name'): string {
  const name = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  if (name === '' || name.length > NAME_CHARS_MAX) {
    throw new AppError('invalid', 'invalid_name', `A name has 1 to ${NAME_CHARS_MAX} characters.`, { field })
  }
  return name
}

/** The hash to keep for a password someone chose; `weak_password` (invalid) with the rule it breaks. */
export async function hashChosen(ctx: Context, password: string, email: string, field: string): Promise<string> {
  // Measured as the API's schema measures it at sign-in, or a long password of emoji could be chosen and never used there.
  const isLong = password.length > PASSWORD_CHARS_MAX
  const fault = isLong ? `A password has at most ${PASSWORD_CHARS_MAX} characters.` : passwordFault(password, email)
  if (fault !== undefined) throw new AppError('invalid', 'weak_password', fault, { field })
  return await hashPassword(password, ctx.passwordCost)
}

/** Creates a user and returns his id; `email_taken` (conflict) when the e-mail has an account. */
export async function createUser(ctx: Context, tx: Tx, user: NewUser): Promise<number> {
  try {
    const [row] = await tx
      .insert(users)
      .values({ ...user, createdAt: ctx.clock.now() })
      .returning({ id: users.id })
    if (!row) throw new Error('a user was not created')
    return row.id
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new AppError('conflict', 'email_taken', 'This e-mail already has an account.', { field: 'email' })
  }
}

export async function findUserByEmail(db: Database | Tx, email: string) {
  const rows = await db.select().from(users).where(eq(users.email, email))
  return rows[0]
}

/** Sets a password that its owner chose; every older JWT dies at once. Returns the new token version. */
export async function setOwnPassword(tx: Tx, userId: number, passwordHash: string): Promise<number> {
  const [row] = await tx
    .update(users)
    .set({
      passwordHash,
      mustResetPassword: false,
      passwordExpiresAt: null,
      tokenVersion: sql`${users.tokenVersion} + 1`,
    })
    .where(eq(users.id, userId))
    .returning({ version: users.tokenVersion })
  if (!row) throw new AppError('not_found', 'not_found', 'There is no such user.')
  return row.version
}

/** The hash that a password is compared with; undefined where no password opens the account, as after a temporary one's time. */
export function usableHash(
  user: Readonly<{ passwordHash: string | null; passwordExpiresAt: Date | null }> | undefined,
  now: Date,
): string | undefined {
  if (!user || (user.passwordExpiresAt !== null && user.passwordExpiresAt <= now)) return undefined
  return user.passwordHash ?? undefined
}

/**
 * Sets a password that somebody else knows: it opens the account until `expiresAt`, and nothing works there before its owner
 * has chosen another. Every older JWT dies at once. Returns the new token version.
 */
export async function setTemporaryPassword(
  tx: Tx,
  userId: number,
  temporary: Readonly<{ passwordHash: string; expiresAt: Date }>,
): Promise<number> {
  const [row] = await tx
    .update(users)
    .set({
      passwordHash: temporary.passwordHash,
      mustResetPassword: true,
      passwordExpiresAt: temporary.expiresAt,
      tokenVersion: sql`${users.tokenVersion} + 1`,
    })
    .where(eq(users.id, userId))
    .returning({ version: users.tokenVersion })
  if (!row) throw new AppError('not_found', 'not_found', 'There is no such user.')
  return row.version
}

/** Ends every session of a user: JWTs of an older version die at once. */
export async function raiseTokenVersion(tx: Tx, userId: number): Promise<void> {
  await tx
    .update(users)
    .set({ tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(eq(users.id, userId))
}
