import { apiClient } from '#cli/api-client.ts'
import { integerArgument, parseArguments, UsageError } from '#cli/arguments.ts'
import { askPassword } from '#cli/terminal.ts'
import { environment } from '#config/environment.ts'

const EXPIRES_IN_DAYS_MAX = 3650

export const patHelp = `Usage: honeyframe pat create --name NAME [--expires-in-days N] --username EMAIL
       honeyframe pat list
       honeyframe pat revoke ID

A client of the API: it works from any machine.

  create    mint a token and print it, once. It signs in with --username and the password from the terminal or
            HONEYFRAME_PASSWORD, since a personal access token cannot mint another.
  list      your tokens, newest first
  revoke    end one of them

  --url     address of the install; HONEYFRAME_URL, else http://localhost:8000
  --token   a JWT or hf_… token for list and revoke; HONEYFRAME_TOKEN
  --json    print the API's answer`

const OPTIONS = {
  url: { type: 'string' },
  token: { type: 'string' },
  username: { type: 'string' },
  name: { type: 'string' },
  'expires-in-days': { type: 'string' },
  json: { type: 'boolean' },
} as const

type Values = ReturnType<typeof parse>['values']

/** Anyone with an account. Prints the answer and returns 0; throws `UsageError`, and the API's own sentence as an error. */
export async function patCommand(argv: string[]): Promise<number> {
  const { values, positionals } = parse(argv)
  const [action, id] = positionals
  if (action === 'create') return await create(values)
  if (action === 'list') return await list(values)
  if (action === 'revoke') return await revoke(values, id)
  throw new UsageError('Say what to do: honeyframe pat create, list or revoke.')
}

function parse(argv: string[]) {
  return parseArguments({ args: argv, options: OPTIONS, allowPositionals: true })
}

async function create(values: Values): Promise<number> {
  const { username, name } = values
  if (username === undefined) throw new UsageError('--username is missing: pat create signs in with the password.')
  if (name === undefined) throw new UsageError('--name is missing: it tells where the token is used.')
  const days = values['expires-in-days']
  const expiresInDays =
    days === undefined ? undefined : integerArgument('--expires-in-days', days, 1, EXPIRES_IN_DAYS_MAX)
  const password =
    environment.HONEYFRAME_PASSWORD ?? (await askPassword(`Password for ${username}: `, 'HONEYFRAME_PASSWORD'))
  const { access_token: jwt } = await clientOf(values).send('POST', '/api/auth/login', { username, password })
  const signedIn = apiClient(urlOf(values), String(jwt))
  const wanted = { name, ...(expiresInDays !== undefined && { expires_in_days: expiresInDays }) }
  const created = await signedIn
    .send('POST', '/api/auth/tokens', wanted)
    .finally(() => signedIn.send('POST', '/api/auth/logout'))
  return print(values.json ? JSON.stringify(created) : String(created.token))
}

async function list(values: Values): Promise<number> {
  const { items } = await clientOf(values).send('GET', '/api/auth/tokens?limit=200')
  if (values.json) return print(JSON.stringify(items))
  if (!Array.isArray(items) || items.length === 0) return print('No tokens.')
  const rows = items.map((item) =>
    [item.id, `hf_…${item.tail}`, item.expires_at ?? 'never expires', item.name].join('  '),
  )
  return print(rows.join('\n'))
}

async function revoke(values: Values, id: string | undefined): Promise<number> {
  if (id === undefined || !/^[1-9]\d*$/.test(id))
    throw new UsageError('Give the id of the token to revoke; "pat list" shows it.')
  await clientOf(values).send('DELETE', `/api/auth/tokens/${id}`)
  return print(values.json ? JSON.stringify({ revoked: Number(id) }) : `Token ${id} is revoked.`)
}

function clientOf(values: Values) {
  return apiClient(urlOf(values), values.token ?? environment.HONEYFRAME_TOKEN)
}

function urlOf(values: Values): string {
  return values.url ?? environment.HONEYFRAME_URL ?? 'http://localhost:8000'
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}
