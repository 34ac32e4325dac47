import { parseArguments, UsageError } from '#cli/arguments.ts'
import { operatorContext } from '#cli/context.ts'
import { askPassword } from '#cli/terminal.ts'
import { environment } from '#config/environment.ts'
import { isRole, ROLES } from '#core/access/roles.ts'
import { exactTime } from '#lib/format.ts'
import { createMemberByOperator } from '#platform/members/operator.ts'
import { createFirstAdmin, isFirstBoot } from '#platform/setup/setup.ts'
import type { Account } from '#platform/users/account.ts'
import { choosePasswordByOperator, listAccountsByOperator, resetPasswordByOperator } from '#platform/users/operator.ts'
import { stateOf } from '#platform/users/user.ts'

export const userHelp = `Usage: honeyframe user create --email ADDRESS [--name NAME] [--org SLUG] [--role ROLE] [--json]
       honeyframe user list [--org SLUG] [--search TEXT] [--json]
       honeyframe user reset-password --email ADDRESS [--temporary] [--json]

Works on the database itself, so it needs the same environment as \`honeyframe serve\`.

  create          make a person with a password. On an empty database this is the first admin (superadmin), and the org is
                  made, too.
  list            the accounts, newest first: id, e-mail, state, last sign-in, orgs, name
  reset-password  give an account another password; its sessions end, its access tokens stay

  --email      the address to sign in with
  --name       how others see the person; the part before the @ unless given
  --org        create: slug of the org; ORG_SLUG, else "default". list: only the accounts of this org
  --role       ${ROLES.join(', ')}; viewer unless given, admin on an empty database
  --search     only accounts whose name or e-mail contains TEXT
  --temporary  print a password that works for 24 hours and has to be replaced at the first sign-in
  --json       create: {"user_id","email","org","role"}; list: an object a line; reset-password: {"user_id","email"}, with
               --temporary also "temporary_password" and "expires_at"

A password is asked at the terminal, or read from HONEYFRAME_PASSWORD.`

const ACTIONS: Readonly<Record<string, (argv: string[]) => Promise<number>>> = {
  create,
  list,
  'reset-password': resetPassword,
}

/** The operator. Prints what was done and returns 0; throws `UsageError` and what the verbs throw. */
export async function userCommand(argv: string[]): Promise<number> {
  const [word = '', ...rest] = argv
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined
  if (!action) throw new UsageError('Say what to do: honeyframe user create, list or reset-password.')
  return await action(rest)
}

async function create(argv: string[]): Promise<number> {
  const options = {
    email: { type: 'string' },
    name: { type: 'string' },
    org: { type: 'string' },
    role: { type: 'string' },
    json: { type: 'boolean' },
  } as const
  const { values } = parseArguments({ args: argv, options })
  const { role } = values
  const email = requireAddress(values.email)
  if (role !== undefined && !isRole(role)) throw new UsageError(`--role is one of ${ROLES.join(', ')}.`)
  const password = await passwordFor(email)
  const name = values.name ?? email.split('@')[0] ?? email
  const made = await createUser({ email, name, password, role, orgSlug: values.org })
  return print(values.json ? JSON.stringify(made) : `${made.email} can sign in as ${made.role} of ${made.org}.`)
}

type Wanted = {
  email: string
  name: string
  password: string
  role: (typeof ROLES)[number] | undefined
  orgSlug: string | undefined
}

async function createUser({ email, name, password, role, orgSlug }: Wanted) {
  await using ctx = await operatorContext()
  const { firstOrg } = ctx.config
  const slug = orgSlug ?? firstOrg.slug
  if (await isFirstBoot(ctx)) {
    const orgName = slug === firstOrg.slug ? firstOrg.name : slug
    const { userId } = await createFirstAdmin(ctx, { email, name, password, orgSlug: slug, orgName })
    return { user_id: userId, email, org: slug, role: 'admin' }
  }
  const made = await createMemberByOperator(ctx, { email, name, password, orgSlug: slug, role: role ?? 'viewer' })
  return { user_id: made.userId, email, org: slug, role: made.role }
}

async function list(argv: string[]): Promise<number> {
  const options = { org: { type: 'string' }, search: { type: 'string' }, json: { type: 'boolean' } } as const
  const { values } = parseArguments({ args: argv, options })
  await using ctx = await operatorContext()
  const wanted = { orgSlug: values.org, search: values.search ?? '' }
  let found = 0
  for await (const page of listAccountsByOperator(ctx, wanted)) {
    print((values.json ? page.map((account) => JSON.stringify(listed(account))) : tableOf(page)).join('\n'))
    found += page.length
  }
  return found > 0 || values.json ? 0 : print('No accounts.')
}

function listed(account: Account) {
  return {
    user_id: account.id,
    email: account.email,
    name: account.name,
    state: stateOf(account),
    is_superadmin: account.isSuperadmin,
    last_sign_in_at: account.lastSignInAt?.toISOString() ?? null,
    created_at: account.createdAt.toISOString(),
    orgs: account.memberships.map(({ slug, role }) => ({ slug, role })),
  }
}

/** A line for each account, with columns as wide as this page needs them. */
function tableOf(page: readonly Account[]): string[] {
  const rows = page.map((account) => [
    String(account.id),
    account.email,
    stateOf(account),
    account.lastSignInAt ? exactTime(account.lastSignInAt) : 'never signed in',
    account.memberships.map(({ slug, role }) => `${slug}:${role}`).join(',') || '-',
    account.isSuperadmin ? `${account.name} (superadmin)` : account.name,
  ])
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

async function resetPassword(argv: string[]): Promise<number> {
  const options = { email: { type: 'string' }, temporary: { type: 'boolean' }, json: { type: 'boolean' } } as const
  const { values } = parseArguments({ args: argv, options })
  const email = requireAddress(values.email)
  const chosen = values.temporary ? undefined : await passwordFor(email)
  await using ctx = await operatorContext()
  if (chosen !== undefined) {
    const account = await choosePasswordByOperator(ctx, email, chosen)
    const done = { user_id: account.id, email: account.email }
    return print(values.json ? JSON.stringify(done) : `${account.email} has a new password.`)
  }
  const { userId, email: address, password, expiresAt } = await resetPasswordByOperator(ctx, email)
  const issued = { user_id: userId, email: address, temporary_password: password, expires_at: expiresAt.toISOString() }
  const words = `${password}\nThe temporary password of ${address}: it works until ${exactTime(expiresAt)}.`
  return print(values.json ? JSON.stringify(issued) : words)
}

function requireAddress(email: string | undefined): string {
  if (email === undefined) throw new UsageError('--email is missing.')
  return email
}

async function passwordFor(email: string): Promise<string> {
  return environment.HONEYFRAME_PASSWORD ?? (await askPassword(`Password for ${email}: `, 'HONEYFRAME_PASSWORD'))
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}
