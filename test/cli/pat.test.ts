import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { endedSessions, tokens } from '#core/access/tables.ts'
import { sha256Hex } from '#lib/token.ts'
import { runVerb } from '#test/cli/operator.ts'
import { makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

let app: TestApp
let ada: TestPerson
let server: ReturnType<typeof Bun.serve>
let url: string

beforeAll(async () => {
  app = await startTestApp()
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => throughTheDoor(request) })
  url = `http://127.0.0.1:${server.port}`
})
afterAll(async () => {
  await server.stop(true)
  await app[Symbol.asyncDispose]()
})

async function throughTheDoor(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const body = request.body ? { body: await request.arrayBuffer() } : {}
  return await app.fetch(pathname + search, { method: request.method, headers: request.headers, ...body }, '192.0.2.1')
}

function pat(argv: string[], variables: Record<string, string> = {}) {
  return runVerb(['pat', ...argv], { HONEYFRAME_URL: url, ...variables })
}

test('pat create signs in, prints the token alone, and leaves no session behind', async () => {
  const before = await app.ctx.db.$count(endedSessions)
  const made = await pat(['create', '--name', 'ci', '--expires-in-days', '30', '--username', ada.email], {
    HONEYFRAME_PASSWORD: PASSWORD,
  })
  expect([made.code, made.stderr]).toEqual([0, ''])
  expect(made.stdout).toMatch(/^hf_[0-9A-Za-z]{40}\n$/)
  const [row] = await app.ctx.db
    .select()
    .from(tokens)
    .where(eq(tokens.tokenHash, sha256Hex(made.stdout.trim())))
  expect([row?.name, row?.userId, row?.expiresAt !== null]).toEqual(['ci', ada.userId, true])
  expect(await app.ctx.db.$count(endedSessions)).toBe(before + 1)
}, 30_000)

test('pat list and revoke work with the token itself, which is then dead', async () => {
  const make = async (name: string) =>
    JSON.parse(
      (
        await pat(['create', '--name', name, '--username', ada.email, '--json', '--url', url], {
          HONEYFRAME_PASSWORD: PASSWORD,
        })
      ).stdout,
    )
  const [one, two] = [await make('one'), await make('two')]
  const listed = await pat(['list'], { HONEYFRAME_TOKEN: one.token })
  expect([
    listed.stderr,
    listed.code,
    listed.stdout.includes(`${one.id}  hf_…${one.token.slice(-4)}`),
    listed.stdout.includes(one.token),
  ]).toEqual(['', 0, true, false])
  const json = JSON.parse((await pat(['list', '--json', '--token', one.token])).stdout)
  expect(json.map(({ name }: { name: string }) => name).slice(0, 2)).toEqual(['two', 'one'])
  expect(await pat(['revoke', String(two.id), '--token', one.token])).toEqual({
    code: 0,
    stdout: `Token ${two.id} is revoked.\n`,
    stderr: '',
  })
  expect((await pat(['revoke', String(two.id), '--token', one.token])).code).toBe(1)
  expect((await pat(['revoke', String(one.id), '--token', one.token])).code).toBe(0)
  const dead = await pat(['list', '--token', one.token])
  expect([dead.code, dead.stdout, dead.stderr]).toEqual([1, '', 'honeyframe: Sign in, or send a valid bearer token.\n'])
}, 60_000)

test('a refusal is the API’s own sentence on one line, ends with 1, and shows no password', async () => {
  const wrong = await pat(['create', '--name', 'x', '--username', ada.email], {
    HONEYFRAME_PASSWORD: 'canary-password',
  })
  expect([wrong.code, wrong.stdout, wrong.stderr]).toEqual([
    1,
    '',
    'honeyframe: The e-mail or the password is wrong.\n',
  ])
  const count = await app.ctx.db.$count(tokens)
  const ended = await app.ctx.db.$count(endedSessions)
  const long = await pat(['create', '--name', 'x'.repeat(201), '--username', ada.email], {
    HONEYFRAME_PASSWORD: PASSWORD,
  })
  expect([long.code, long.stderr.split('\n').length]).toEqual([1, 2])
  // The session it signed in with is over even so.
  expect([await app.ctx.db.$count(tokens), await app.ctx.db.$count(endedSessions)]).toEqual([count, ended + 1])
  const nobody = await pat(['list', '--token', 'hf_x', '--url', 'http://127.0.0.1:1'])
  expect([nobody.code, nobody.stderr]).toEqual([
    1,
    'honeyframe: No answer from http://127.0.0.1:1: check --url and whether Honeyframe runs there.\n',
  ])
}, 60_000)

test('wrong usage ends with 2', async () => {
  const wrong = [
    [],
    ['make'],
    ['create', '--username', 'a@b.test'],
    ['create', '--name', 'x'],
    ['create', '--name', 'x', '--username', 'a@b.test', '--expires-in-days', '0'],
    ['revoke'],
    ['revoke', 'x'],
    ['revoke', '-1'],
    ['list', '--url', 'ftp://x'],
    ['list', '--tokn', 'x'],
  ]
  for (const argv of wrong) {
    const refused = await pat(argv)
    expect([argv, refused.code, refused.stdout]).toEqual([argv, 2, ''])
  }
}, 60_000)
