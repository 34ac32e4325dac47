import { expect, test } from 'bun:test'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { orgs } from '#core/tenancy/tables.ts'
import { addEvents } from '#test/backups/content.ts'
import { makeEmptyDatabase } from '#test/support/database.ts'
import { type Install, makeInstall, runVerb } from './operator.ts'

const SECRET = 'a secret of this test, and of nothing else'

test('an organization is backed up and restored at the terminal, and what it had is saved first', async () => {
  await using install = await usedInstall()
  const env = { ...install.env, JWT_SECRET: SECRET }
  const file = join(install.root, 'acme.tar.gz')
  const made = await runVerb(['backup', '--org', 'acme', '--out', file, '--json'], env)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const facts = JSON.parse(made.stdout)
  expect(facts).toMatchObject({ file, files: 1, bytes: (await stat(file)).size })
  expect((await stat(file)).mode & 0o777).toBe(0o600)

  await rename(install, 'Changed')
  const wrong = await runVerb(['restore', file, '--org', 'acme', '--confirm', 'RESTORE beta'], env)
  expect(wrong.code).toBe(2)
  expect(await nameOf(install)).toBe('Changed')
  const restored = await runVerb(['restore', file, '--org', 'acme', '--confirm', 'RESTORE acme'], env)
  expect([restored.code, restored.stdout, restored.stderr]).toEqual([
    0,
    expect.stringContaining('Restored'),
    expect.stringContaining('safety backup'),
  ])
  expect(await nameOf(install)).toBe('acme')
  expect(await readdir(join(install.dataDir, '_backups/acme'))).toHaveLength(1)
})

test('a whole install is backed up and restored into an empty one at the terminal', async () => {
  await using install = await usedInstall()
  await using target = await makeEmptyDatabase()
  const file = join(install.root, 'all.tar.gz')
  const made = await runVerb(['backup', '--instance', '--out', file], install.env)
  expect(made.code).toBe(0)
  expect(made.stdout).toContain('SHA-256')
  const there = { DATABASE_URL: target.url, DATA_DIR: join(install.root, 'there') }
  await mkdir(there.DATA_DIR)
  const restored = await runVerb(['restore', file, '--instance'], there)
  expect(restored).toMatchObject({ code: 0, stderr: expect.stringContaining('Start with the JWT_SECRET') })
  expect(await Bun.file(join(there.DATA_DIR, 'orgs/1/note.txt')).text()).toBe('a file')
  const again = await runVerb(['restore', file, '--instance'], { ...there, DATA_DIR: join(install.root, 'elsewhere') })
  expect(again.code).toBe(1)
  expect(again.stderr).toContain('not empty')
})

test('the operator is told to keep a secret that only DATA_DIR has', async () => {
  await using install = await usedInstall()
  await writeFile(join(install.dataDir, 'jwt-secret'), `${SECRET}\n`, { mode: 0o600 })
  const made = await runVerb(['backup', '--instance', '--out', join(install.root, 'all.tar.gz')], install.env)
  expect(made.code).toBe(0)
  expect(made.stderr).toContain('jwt-secret')
  expect(made.stderr).not.toContain(SECRET)
})

test('a file that is there is not written over', async () => {
  await using install = await usedInstall()
  const file = join(install.root, 'there.tar.gz')
  await writeFile(file, 'mine')
  const refused = await runVerb(['backup', '--instance', '--out', file], install.env)
  expect(refused.code).toBe(1)
  expect(await Bun.file(file).text()).toBe('mine')
})

test('neither, both or something else to back up or restore is wrong usage', async () => {
  await using install = await makeInstall()
  const wrong = [
    ['backup'],
    ['backup', '--org', 'acme', '--instance'],
    ['restore', '--instance'],
    ['restore', 'a', 'b', '--instance'],
    ['restore', 'a'],
    ['restore', '-', '--org', 'acme', '--confirm', 'RESTORE acme'],
  ]
  for (const argv of wrong) expect([argv, (await runVerb(argv, install.env)).code]).toEqual([argv, 2])
})

async function usedInstall(): Promise<Install> {
  const install = await makeInstall()
  const env = { ...install.env, JWT_SECRET: SECRET, HONEYFRAME_PASSWORD: 'correct horse battery' }
  const made = await runVerb(['user', 'create', '--email', 'ada@example.com', '--org', 'acme'], env)
  expect(made.code).toBe(0)
  const orgId = 1
  await addEvents(install.url, orgId, 50)
  await mkdir(join(install.dataDir, 'orgs', String(orgId)), { recursive: true })
  await writeFile(join(install.dataDir, 'orgs', String(orgId), 'note.txt'), 'a file')
  return install
}

async function rename({ db }: Install, name: string): Promise<void> {
  await db.update(orgs).set({ name }).where(eq(orgs.slug, 'acme'))
}

async function nameOf({ db }: Install): Promise<string | undefined> {
  const [org] = await db.select().from(orgs).where(eq(orgs.slug, 'acme'))
  return org?.name
}
