import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportOrg } from '#platform/backups/export.ts'
import type { OrgManifest } from '#platform/backups/manifest.ts'
import { makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'
import { addEvents, contentOf, leftOvers } from './content.ts'

test('a backup holds the org’s rows and files and nobody else’s, and no secret', async () => {
  await using app = await startTestApp()
  const { mine, other, ada } = await twoOrgs(app)
  const file = join(app.config.dataDir, 'one.tar.gz')
  const seen: [number, number][] = []
  const made = await exportOrg(app.ctx, { orgId: mine.orgId }, { file, onProgress: (...now) => seen.push(now) })
  const content = await contentOf(file)

  expect(made.manifest.org).toEqual({ id: mine.orgId, slug: 'acme', name: 'ACME' })
  expect(content.manifest).toEqual(made.manifest)
  expect(content.tables.orgs).toContain('acme')
  expect(JSON.stringify(content)).not.toContain('beta')
  expect(content.tables.users?.trim().split('\n')).toEqual([`${ada.userId},ada@example.com,ada`])
  expect(JSON.stringify(content)).not.toContain('$argon2id$')
  expect(content.files).toEqual({ 'a/b.txt': 'of acme', empty: '' })
  expect(seen.at(-1)).toEqual([rowsOf(made.manifest), rowsOf(made.manifest)])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(file)).size).toBe(made.bytes)
  expect(new Bun.CryptoHasher('sha256').update(await Bun.file(file).bytes()).digest('hex')).toBe(made.sha256)
  expect(await leftOvers(app.config.dataDir)).toEqual([])
  expect(other.orgId).not.toBe(mine.orgId)
})

test('other programs read a backup', async () => {
  await using app = await startTestApp()
  const { mine } = await twoOrgs(app)
  const file = join(app.config.dataDir, 'one.tar.gz')
  const { manifest } = await exportOrg(app.ctx, { orgId: mine.orgId }, { file })
  const list = Bun.spawnSync(['tar', 'tzf', file])
  expect(list.stderr.toString()).toBe('')
  expect(list.stdout.toString().trim().split('\n')).toEqual([
    'manifest.json',
    ...manifest.tables.map(({ name }) => `tables/${name}.csv`),
    'files/a/b.txt',
    'files/empty',
  ])
  expect(Bun.spawnSync(['tar', 'xzOf', file, 'files/a/b.txt']).stdout.toString()).toBe('of acme')
})

test('a link in an org’s folder is not followed, whether it names a file or a folder', async () => {
  await using app = await startTestApp()
  const { mine } = await twoOrgs(app)
  const folder = join(app.config.dataDir, 'orgs', String(mine.orgId))
  await symlink('/etc/passwd', join(folder, 'passwd'))
  await symlink('/etc', join(folder, 'etc'))
  const file = join(app.config.dataDir, 'one.tar.gz')
  const { manifest } = await exportOrg(app.ctx, { orgId: mine.orgId }, { file })
  expect(manifest.files.map(({ path }) => path)).toEqual(['a/b.txt', 'empty'])
})

test('an export that is stopped in the middle leaves nothing behind', async () => {
  await using app = await startTestApp()
  const { mine } = await twoOrgs(app)
  await addEvents(app.database.url, mine.orgId, 5_000)
  const file = join(app.config.dataDir, 'one.tar.gz')
  const stop = new AbortController()
  const stopped = exportOrg(
    app.ctx,
    { orgId: mine.orgId },
    { file, signal: stop.signal, onProgress: (done) => done > 100 && stop.abort(new Error('stopped')) },
  )
  await expect(stopped).rejects.toThrow('stopped')
  expect(existsSync(file)).toBe(false)
  expect(await leftOvers(app.config.dataDir)).toEqual([])
  const again = await exportOrg(app.ctx, { orgId: mine.orgId }, { file })
  expect(again.manifest.tables.find(({ name }) => name === 'usage_events')?.rows).toBe(5_000)
})

test('one org has one sum for each table, whichever engine it came from', async () => {
  await using app = await startTestApp()
  const { mine } = await twoOrgs(app)
  await addEvents(app.database.url, mine.orgId, 10)
  const { manifest } = await exportOrg(app.ctx, { orgId: mine.orgId }, { file: join(app.config.dataDir, 'one.tar.gz') })
  expect(manifest.tables.find(({ name }) => name === 'usage_events')).toMatchInlineSnapshot(`
    {
      "bytes": 467,
      "columns": [
        "id",
        "org_id",
        "kind",
        "source",
        "outcome",
        "at",
      ],
      "name": "usage_events",
      "rows": 10,
      "sha256": "4e490aefabd665b3aa319943a0394bcc068e217f59223e86baf77fc4e686123b",
    }
  `)
})

async function twoOrgs(app: TestApp) {
  const places = [await makeOrg(app.ctx, 'acme'), await makeOrg(app.ctx, 'beta')]
  for (const { orgId, slug } of places) {
    const folder = join(app.config.dataDir, 'orgs', String(orgId))
    await mkdir(join(folder, 'a'), { recursive: true })
    await writeFile(join(folder, 'a/b.txt'), `of ${slug}`)
    await writeFile(join(folder, 'empty'), '')
  }
  const [mine, other] = places
  if (!mine || !other) throw new Error('there are two')
  const ada = await makePerson(app, mine.orgId, 'admin', 'ada@example.com')
  await makePerson(app, other.orgId, 'admin', 'bob@beta.example')
  return { mine, other, ada }
}

function rowsOf(manifest: OrgManifest): number {
  return manifest.tables.reduce((sum, { rows }) => sum + rows, 0)
}
