import { and, eq } from 'drizzle-orm'
import type { Role } from '#core/access/roles.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { requireName } from '#core/tenancy/user.ts'
import { isUniqueViolation, type Tx } from '#db/database.ts'

const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const RESERVED_SLUGS = new Set(['www', 'api', 'app', 'admin', 'mail', 'assets', 'auth', 'control-plane'])

/** A slug is a DNS label (RFC 1123), since `<slug>.APEX_DOMAIN` is the org's address; `invalid_slug` (invalid) otherwise. */
export function requireSlug(text: string, field = 'slug'): string {
  const slug = text.trim().toLowerCase()
  if (!SLUG.test(slug) || slug.startsWith('xn--') || RESERVED_SLUGS.has(slug)) {
    const words = 'A slug has 1 to 63 letters a to z, digits and inner hyphens, and is not a reserved word.'
    throw new AppError('invalid', 'invalid_slug', words, { field })
  }
  return slug
}

/**
 * Creates an org and returns its id; `slug_taken` (conflict), `invalid_slug` and `invalid_name` (invalid). `fields` are what the
 * caller's form calls the two.
 */
export async function createOrg(
  ctx: Context,
  tx: Tx,
  input: { slug: string; name: string },
  fields = { slug: 'org_slug', name: 'org_name' },
): Promise<number> {
  const slug = requireSlug(input.slug, fields.slug)
  const name = requireName(input.name, fields.name)
  try {
    const [row] = await tx.insert(orgs).values({ slug, name, createdAt: ctx.clock.now() }).returning({ id: orgs.id })
    if (!row) throw new Error('an org was not created')
    return row.id
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new AppError('conflict', 'slug_taken', 'Another organization has this slug.', { field: fields.slug })
  }
}

/** Makes a user a member; `already_member` (conflict) when he is one. */
export async function addMember(ctx: Context, tx: Tx, orgId: number, userId: number, role: Role): Promise<void> {
  const rows = await tx
    .insert(userOrgs)
    .values({ orgId, userId, role, createdAt: ctx.clock.now() })
    .onConflictDoNothing()
    .returning({ id: userOrgs.id })
  if (rows.length === 0) throw new AppError('conflict', 'already_member', 'This person is already a member.')
}

/** Whether the account of an e-mail belongs to an org. */
export async function isMember(tx: Tx, orgId: number, email: string): Promise<boolean> {
  const rows = await tx
    .select({ id: userOrgs.id })
    .from(userOrgs)
    .innerJoin(users, eq(users.id, userOrgs.userId))
    .where(and(eq(userOrgs.orgId, orgId), eq(users.email, email)))
  return rows.length > 0
}

/** A slug to propose for a name: its letters and digits in ASCII, joined by hyphens; `org` when nothing is left. */
export function slugOfName(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
  const slug = ascii
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
  return slug === '' || RESERVED_SLUGS.has(slug) ? `org${slug && `-${slug}`}` : slug
}
