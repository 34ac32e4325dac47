import { parseArguments, UsageError } from '#cli/arguments.ts'
import { operatorContext } from '#cli/context.ts'
import { askPassword } from '#cli/terminal.ts'
import { environment } from '#config/environment.ts'
import { isRole, ROLES } from '#core/access/roles.ts'
import { createMemberByOperator } from '#platform/members/operator.ts'
import { createFirstAdmin, isFirstBoot } from '#platform/setup/setup.ts'

export const userHelp = `Usage: honeyframe user create --email ADDRESS [--name NAME] [--org SLUG] [--role ROLE] [--json]

Works on the database itself, so it needs the same environment as \`honeyframe serve\`.

  create    make a person with a password. On an empty database this is the first admin (superadmin), and the org is made, too.

  --email   the address to sign in with
  --name    how others see the person; the part before the @ unless given
  --org     slug of the org; ORG_SLUG, else "default"
  --role    ${ROLES.join(', ')}; viewer unless given, admin on an empty database
  --json    print {"user_id","email","org","role"}

The password is asked at the terminal, or read from HONEYFRAME_PASSWORD.`

/** The operator. Prints who was made and returns 0; throws `UsageError` and what the verbs throw. */
export async function userCommand(argv: string[]): Promise<number> {
  const [action, ...rest] = argv
  if (action !== 'create') throw new UsageError('Say what to do: honeyframe user create --email ADDRESS.')
  const options = {
    email: { type: 'string' },
    name: { type: 'string' },
    org: { type: 'string' },
    role: { type: 'string' },
    json: { type: 'boolean' },
  } as const
  const { values } = parseArguments({ args: rest, options })
  const { email, role } = values
  if (email === undefined) throw new UsageError('--email is missing.')
  if (role !== undefined && !isRole(role)) throw new UsageError(`--role is one of ${ROLES.join(', ')}.`)
  const password =
    environment.HONEYFRAME_PASSWORD ?? (await askPassword(`Password for ${email}: `, 'HONEYFRAME_PASSWORD'))
  const name = values.name ?? email.split('@')[0] ?? email
  const made = await create({ email, name, password, role, orgSlug: values.org })
  process.stdout.write(
    values.json ? `${JSON.stringify(made)}\n` : `${made.email} can sign in as ${made.role} of ${made.org}.\n`,
  )
  return 0
}

type Wanted = {
  email: string
  name: string
  password: string
  role: (typeof ROLES)[number] | undefined
  orgSlug: string | undefined
}

async function create({ email, name, password, role, orgSlug }: Wanted) {
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
