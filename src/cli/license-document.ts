import { parseArguments, UsageError } from '#cli/arguments.ts'
import { operatorContext } from '#cli/context.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { readLicenseFile } from '#core/license/license-file.ts'
import { findLicensedOrgBySlug, type LicensedOrg } from '#core/license/licensed-org.ts'
import { licenseFacts } from '#platform/license/facts.ts'
import { findLicense, installLicense, placeLicense } from '#platform/license/license.ts'
import { isFirstBoot } from '#platform/setup/setup.ts'

const NAME_CHARS = 10
const OPTIONS = { org: { type: 'string' }, json: { type: 'boolean' } } as const

/** The operator. Prints what serves an org; 0 for an org that may write, else 1. */
export async function showLicenseCommand(argv: string[]): Promise<number> {
  const { values } = parseArguments({ args: argv, options: OPTIONS })
  await using ctx = await operatorContext()
  return await report(ctx, await requireOrg(ctx, values.org), values.json)
}

/** The operator. Does what `POST /api/license` does, for an org by its slug; without any org the document waits for the first. */
export async function installLicenseCommand(argv: string[]): Promise<number> {
  const { values, positionals } = parseArguments({ args: argv, options: OPTIONS, allowPositionals: true })
  const [path, ...rest] = positionals
  if (path === undefined || rest.length > 0) throw new UsageError('Name one file: honeyframe license install FILE.')
  const text = await readLicenseFile(path)
  await using ctx = await operatorContext()
  if (await isFirstBoot(ctx)) {
    await placeLicense(ctx, text, values.org)
    process.stdout.write(values.json ? '{"placed":true}\n' : 'The licence waits for the first organization.\n')
    return 0
  }
  const org = await requireOrg(ctx, values.org)
  const scope = { orgId: org.orgId, actor: { kind: 'operator' }, permissions: new Set<never>() } as const
  await installLicense(ctx, scope, text)
  return await report(ctx, await requireOrg(ctx, org.slug), values.json)
}

async function report(ctx: Context, org: LicensedOrg, isJson = false): Promise<number> {
  const license = await findLicense(ctx, org)
  const facts = licenseFacts(license)
  process.stdout.write(`${isJson ? JSON.stringify({ org: org.slug, ...facts }) : shownLines(org.slug, facts)}\n`)
  return license.status === 'expired' || license.status === 'invalid' ? 1 : 0
}

/** The org that is named, else the only one. */
async function requireOrg(ctx: Context, slug: string | undefined): Promise<LicensedOrg> {
  const org = await findLicensedOrgBySlug(ctx.db, slug)
  if (org) return org
  if (slug === undefined) throw new UsageError('There are several organizations, or none: name one with --org.')
  throw new AppError('not_found', 'no_such_org', `There is no organization with the slug "${slug.slice(0, 63)}".`)
}

function shownLines(slug: string, facts: ReturnType<typeof licenseFacts>): string {
  const rows: [name: string, words: string][] = [
    ['org', slug],
    ['state', facts.status],
    ...given('reason', facts.message),
    ...given('customer', facts.customer),
    ...given('tier', facts.tier),
    ...given('expires', facts.expires),
    ...given('grace', facts.grace_ends),
    ['users', `${facts.users_count}${facts.users_limit === null ? ', no limit' : ` of ${facts.users_limit}`}`],
    ['products', facts.products.join(', ') || 'none'],
    ['features', facts.features.join(', ') || 'none'],
    ['found', facts.resolution.join(' → ')],
    ...(facts.clock_suspect ? given('clock', 'set back: a later time has been already, and counts') : []),
  ]
  return rows.map(([name, words]) => `${name.padEnd(NAME_CHARS)}${words}`).join('\n')
}

function given(name: string, words: string | null): [name: string, words: string][] {
  return words === null ? [] : [[name, words]]
}
