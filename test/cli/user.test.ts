import { afterEach, beforeEach, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
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

async function madeTwo(): Promise<void> {
  await create(['--email', 'root@example.test', '--name', 'Root', '--org', 'acme'])
  await create(['--email', 'bob@example.test', '--name', 'Bob', '--org', 'acme', '--role', 'analyst'])
}

test('user list shows the accounts, newest first, as a table or an object a line', async () => {
  const none = await runVerb(['user', 'list'], install.env)
  expect([none.code, none.stdout]).toEqual([0, 'No accounts.\n'])
  await madeTwo()
  const table = (await runVerb(['user', 'list'], install.env)).stdout.split('\n')
  expect(table[0]).toMatch(/^2 {2}bob@example\.test {3}active {2}never signed in {2}acme:analyst {2}Bob$/)
  expect(table[1]).toMatch(
    /^1 {2}root@example\.test {2}active {2}never signed in {2}acme:admin {4}Root \(superadmin\)$/,
  )
  const lines = (await runVerb(['user', 'list', '--org', 'acme', '--search', 'BOB', '--json'], install.env)).stdout
  expect(
    lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    {
      ...{ user_id: 2, email: 'bob@example.test', name: 'Bob', state: 'active', is_superadmin: false },
      ...{ last_sign_in_at: null, created_at: expect.any(String), orgs: [{ slug: 'acme', role: 'analyst' }] },
    },
  ])
  const empty = await runVerb(['user', 'list', '--search', 'nobody', '--json'], install.env)
  expect([empty.code, empty.stdout]).toEqual([0, ''])
  const nowhere = await runVerb(['user', 'list', '--org', 'nowhere'], install.env)
  expect([nowhere.code, nowhere.stderr.includes('no organization')]).toEqual([1, true])
}, 60_000)

test('user reset-password sets a chosen password that stays, or prints a temporary one that has to be replaced', async () => {
  await madeTwo()
  const chosen = { ...install.env, HONEYFRAME_PASSWORD: 'quite another horse' }
  const done = await runVerb(['user', 'reset-password', '--email', 'BOB@example.test'], chosen)
  expect([done.code, done.stdout]).toEqual([0, 'bob@example.test has a new password.\n'])
  const bobNow = async () => (await install.db.select().from(users)).find(({ email }) => email === 'bob@example.test')
  const bob = await bobNow()
  expect(bob).toMatchObject({ mustResetPassword: false, passwordExpiresAt: null, tokenVersion: 1 })
  expect(await verifyPassword('quite another horse', bob?.passwordHash ?? undefined, PASSWORD_COST)).toBe(true)

  const issued = await runVerb(
    ['user', 'reset-password', '--email', 'bob@example.test', '--temporary', '--json'],
    chosen,
  )
  const answer = JSON.parse(issued.stdout)
  const after = await bobNow()
  expect(after).toMatchObject({ mustResetPassword: true, tokenVersion: 2 })
  expect(answer).toEqual({
    ...{ user_id: bob?.id, email: 'bob@example.test', expires_at: after?.passwordExpiresAt?.toISOString() },
    temporary_password: expect.stringMatching(/^([0-9a-z]{5}-){3}[0-9a-z]{5}$/),
  })
  expect(await verifyPassword(answer.temporary_password, after?.passwordHash ?? undefined, PASSWORD_COST)).toBe(true)
  expect(
    (await install.db.select().from(auditLog)).slice(-2).map(({ action, actorKind }) => [action, actorKind]),
  ).toEqual([
    ['password.reset', 'operator'],
    ['password.reset_by_admin', 'operator'],
  ])
}, 60_000)

test('user reset-password refuses nobody’s address, a weak password and a deactivated account, and changes nothing', async () => {
  await madeTwo()
  await install.db.update(users).set({ isActive: false }).where(eq(users.email, 'bob@example.test'))
  const before = await install.db.select().from(users)
  for (const [argv, password, words] of [
    [['--email', 'eve@example.test'], PASSWORD, 'no account'],
    [['--email', 'eve@example.test', '--temporary'], PASSWORD, 'no account'],
    [['--email', 'root@example.test'], 'short', 'at least 12'],
    [['--email', 'bob@example.test', '--temporary'], PASSWORD, 'deactivated'],
  ] as const) {
    const refused = await runVerb(['user', 'reset-password', ...argv], {
      ...install.env,
      HONEYFRAME_PASSWORD: password,
    })
    expect([argv, refused.code, refused.stdout, refused.stderr.includes(words)]).toEqual([argv, 1, '', true])
  }
  const silent = await runVerb(['user', 'reset-password', '--email', 'root@example.test'], install.env)
  expect([silent.code, silent.stderr.includes('HONEYFRAME_PASSWORD')]).toEqual([2, true])
  for (const argv of [
    ['list', 'stray'],
    ['list', '--email', 'x'],
    ['reset-password'],
    ['reset-password', '--role', 'x'],
  ]) {
    expect((await runVerb(['user', ...argv], install.env)).code).toBe(2)
  }
  expect(await install.db.select().from(users)).toEqual(before)
  const help = await runVerb(['user', '--help'], install.env)
  for (const word of ['user list', 'user reset-password', '--temporary']) expect(help.stdout).toContain(word)
}, 60_000)
