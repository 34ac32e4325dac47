import { afterEach, beforeEach, expect, test } from 'bun:test'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { auditLog } from '#core/audit/tables.ts'
import { orgLicenses } from '#core/license/tables.ts'
import { type Install, makeInstall, runVerb } from '#test/cli/operator.ts'
import { documentFor, forged } from '#test/license/arrange.ts'
import { makeOrg } from '#test/support/app.ts'

let install: Install
beforeEach(async () => {
  install = await makeInstall()
})
afterEach(async () => install[Symbol.asyncDispose]())

const kept = () => join(install.dataDir, 'license.json')

async function license(...argv: string[]) {
  const { code, stdout, stderr } = await runVerb(['license', ...argv, '--json'], install.env)
  return { code, stderr, said: stdout === '' ? undefined : JSON.parse(stdout) }
}

async function fileOf(text: string): Promise<string> {
  const path = join(install.root, `${Bun.randomUUIDv7()}.json`)
  await Bun.write(path, text)
  return path
}

/** An org with one person, so that it is no first boot. */
async function anOrg(slug: string) {
  const variables = { ...install.env, HONEYFRAME_PASSWORD: 'correct horse battery' }
  await runVerb(['user', 'create', '--email', 'root@example.test', '--org', slug], variables)
}

test('license install does what an upload does, and license show tells it', async () => {
  await anOrg('acme')
  expect((await license('show')).said).toMatchObject({ org: 'acme', status: 'missing', users_count: 1 })
  const text = documentFor('acme')
  const done = await license('install', await fileOf(text))
  expect(done).toMatchObject({ code: 0, stderr: '', said: { org: 'acme', status: 'valid', source: 'org' } })
  expect(await Bun.file(kept()).text()).toBe(text)
  expect((await stat(kept())).mode & 0o777).toBe(0o600)
  expect(await install.db.select().from(orgLicenses)).toMatchObject([{ origin: 'file', installedBy: 'operator' }])
  expect((await install.db.select().from(auditLog)).map(({ action }) => action)).toContain('license.installed')
  const plain = await runVerb(['license', 'show', '--org', 'acme'], install.env)
  expect(plain.stdout).toContain('state     valid\n')
  expect(plain.stdout).toContain('found     row for acme\n')
}, 60_000)

test('a bad file is one sentence and changes nothing', async () => {
  await anOrg('acme')
  for (const [text, words] of [
    [forged(documentFor('acme')), 'signature'],
    [documentFor('globex'), 'globex'],
    [documentFor('acme', -30), 'expired'],
  ] as const) {
    const { code, stderr, said } = await license('install', await fileOf(text))
    expect({ code, said }).toEqual({ code: 1, said: undefined })
    expect(stderr).toMatch(/^honeyframe: [^\n]+\n$/)
    expect(stderr).toContain(words)
  }
  expect(await Bun.file(kept()).exists()).toBe(false)
  expect(await install.db.$count(orgLicenses)).toBe(0)
}, 60_000)

test('before there is an org the document waits in license.json, and serves the first one', async () => {
  expect(await license('install', await fileOf(documentFor('acme')), '--org', 'globex')).toMatchObject({ code: 1 })
  expect(await license('install', await fileOf(documentFor('acme')))).toMatchObject({ code: 0, said: { placed: true } })
  await anOrg('acme')
  expect((await license('show')).said).toMatchObject({ status: 'valid', source: 'instance' })
}, 60_000)

test('of several orgs one must be named, and an unknown one is refused', async () => {
  await anOrg('acme')
  await using ctx = await install.open()
  await makeOrg(ctx, 'globex')
  const path = await fileOf(documentFor('globex'))
  expect([(await license('install', path)).code, (await license('show')).code]).toEqual([2, 2])
  expect((await license('install', path, '--org', 'nowhere')).code).toBe(1)
  expect((await license('install', path, '--org', 'globex')).said).toMatchObject({ org: 'globex', status: 'valid' })
}, 60_000)
