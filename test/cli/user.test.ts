import { afterEach, beforeEach, expect, test } from 'bun:test'
import { orgs, userOrgs, users } from '#core/tenancy/tables.ts'
import { PASSWORD_COST, verifyPassword } from '#lib/password.ts'
import { type Install, makeInstall, runVerb } from '#test/cli/operator.ts'

const PASSWORD = 'correct horse battery'
let install: Install

beforeEach(async () => {
  install = await makeInstall()
})
afterEach(async () => install[Symbol.asyncDispose]())

function create(argv: string[], variables: Record<string, string> = {}) {
  return runVerb(['user', 'create', ...argv], { ...install.env, HONEYFRAME_PASSWORD: PASSWORD, ...variables })
}

test('on an empty database user create makes the org and its admin, who is the operator', async () => {
  const made = await create(['--email', 'Root@Example.test', '--name', 'Root', '--org', 'acme', '--json'])
  expect([made.code, made.stderr]).toEqual([0, ''])
  const [user] = await install.db.select().from(users)
  expect(user).toMatchObject({ email: 'root@example.test', name: 'Root', isSuperadmin: true, mustResetPassword: false })
  expect(await verifyPassword(PASSWORD, user?.passwordHash ?? undefined, PASSWORD_COST)).toBe(true)
  expect(await install.db.select().from(orgs)).toMatchObject([{ slug: 'acme' }])
  expect(await install.db.select().from(userOrgs)).toMatchObject([{ userId: user?.id, role: 'admin' }])
  expect(JSON.parse(made.stdout)).toMatchObject({ user_id: user?.id, org: 'acme', role: 'admin' })
}, 30_000)

test('afterwards it makes members of an org that exists, and an e-mail in other case is taken', async () => {
  await create(['--email', 'root@example.test', '--org', 'acme'])
  const second = await create(['--email', 'bob@example.test', '--org', 'acme', '--role', 'analyst'])
  expect([second.code, second.stdout]).toEqual([0, 'bob@example.test can sign in as analyst of acme.\n'])
  const bob = (await install.db.select().from(users)).find(({ email }) => email === 'bob@example.test')
  expect(bob).toMatchObject({ isSuperadmin: false, mustResetPassword: false, name: 'bob' })
  for (const [argv, words] of [
    [['--email', 'BOB@example.TEST', '--org', 'acme'], 'already has an account'],
    [['--email', 'eve@example.test', '--org', 'nowhere'], 'no organization'],
    [['--email', 'not-an-email', '--org', 'acme'], 'not an e-mail'],
  ] as const) {
    const refused = await create([...argv])
    expect([
      argv[1],
      refused.code,
      refused.stdout,
      refused.stderr.includes(words),
      refused.stderr.split('\n').length,
    ]).toEqual([argv[1], 1, '', true, 2])
  }
  expect(await install.db.$count(users)).toBe(2)
}, 30_000)

test('a password that will not do is refused without being shown, and nothing is made', async () => {
  const weak = await create(['--email', 'root@example.test'], { HONEYFRAME_PASSWORD: 'canary' })
  expect([weak.code, weak.stderr]).toEqual([1, 'honeyframe: A password has at least 12 characters. (weak_password)\n'])
  expect([await install.db.$count(users), await install.db.$count(orgs)]).toEqual([0, 0])
}, 30_000)

test('wrong usage ends with 2, and without a terminal the variable is named', async () => {
  for (const argv of [
    [],
    ['--email', 'a@example.test', '--role', 'root'],
    ['--emial', 'a@example.test'],
    ['stray', '--email', 'a@example.test'],
  ]) {
    const refused = await create(argv)
    expect([argv, refused.code, refused.stdout]).toEqual([argv, 2, ''])
  }
  const silent = await runVerb(['user', 'create', '--email', 'a@example.test'], install.env)
  expect([silent.code, silent.stderr.includes('HONEYFRAME_PASSWORD')]).toEqual([2, true])
  expect((await runVerb(['user', 'destroy'], install.env)).code).toBe(2)
  expect(await install.db.$count(users)).toBe(0)
}, 30_000)
