import { describe, expect, test } from 'bun:test'
import { chmod, mkdir, readdir, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createContext } from '#core/context.ts'
import { DOCUMENT_BYTES_MAX } from '#core/license/document.ts'
import { findLicensedOrg } from '#core/license/licensed-org.ts'
import { makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'
import { auditOf, call, documentFor, forged, install, putRow, rowOf, show, write } from './arrange.ts'

const STALE_MS = 1_100

async function oneOrg(options: Parameters<typeof startTestApp>[0] = {}) {
  const app = await startTestApp(options)
  const org = await makeOrg(app.ctx, 'acme')
  const admin = await makePerson(app, org.orgId)
  const file = join(app.config.dataDir, 'license.json')
  return { app, org, admin, file, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

async function twoOrgs() {
  const one = await oneOrg()
  const other = await makeOrg(one.app.ctx, 'globex')
  return { ...one, other, stranger: await makePerson(one.app, other.orgId) }
}

/** Another process of the same install. */
function secondNode(app: TestApp) {
  return createContext(app.config, app.secrets, { writeLog: () => {} })
}

describe('an uploaded licence', () => {
  test('counts at once, is told to every member, and is kept in license.json of an install with one org', async () => {
    await using one = await oneOrg()
    const { app, org, admin, file } = one
    const member = await makePerson(app, org.orgId, 'viewer')
    expect(await show(app, member)).toMatchObject({
      ...{ status: 'missing', source: 'none', tier: null, users_limit: null, users_count: 2 },
      resolution: ['no row for acme', 'no subscription', 'no file'],
    })
    const text = documentFor('acme', 30, { features: ['chat_connector', 'of_tomorrow'] })
    const { status, body } = await install(app, admin, text)
    expect(status).toBe(200)
    expect(body).toEqual(await show(app, member))
    expect(body).toMatchObject({
      ...{ status: 'valid', source: 'org', customer: 'Acme Ltd', tier: 'professional', days_remaining: 30 },
      ...{ users_limit: 25, users_count: 2, products: ['hub_platform'], clock_suspect: false, enforcement: 'unset' },
      ...{ features: ['chat_connector', 'of_tomorrow'], resolution: ['row for acme'], reason: null },
    })
    expect(await Bun.file(file).text()).toBe(text)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await rowOf(app, org.orgId)).toMatchObject({ origin: 'file', installedBy: admin.email })
    expect((await readdir(app.config.dataDir)).filter((name) => name.startsWith('license'))).toEqual(['license.json'])
    const [line] = await auditOf(app, org.orgId)
    expect(line).toMatchObject({ action: 'license.installed', detail: { customer: 'Acme Ltd', origin: 'file' } })
    expect(JSON.stringify(line)).not.toContain('signature')
  })

  test('of one of several orgs goes into its row alone and serves no other', async () => {
    await using two = await twoOrgs()
    const { app, org, other, admin, stranger, file } = two
    expect((await install(app, admin, documentFor('acme'))).status).toBe(200)
    expect(await Bun.file(file).exists()).toBe(false)
    expect(await rowOf(app, org.orgId)).toMatchObject({ origin: 'upload' })
    expect(await rowOf(app, other.orgId)).toBeUndefined()
    expect((await show(app, stranger)).status).toBe('missing')
  })

  test('replaces the one before, on another node too, without a restart', async () => {
    await using one = await oneOrg()
    const { app, org, admin } = one
    await using node = await secondNode(app)
    const there = async () => {
      const found = await findLicensedOrg(node.db, org.orgId)
      return found && (await node.license.resolve(found)).status
    }
    expect(await there()).toBe('missing')
    await putRow(app, org, documentFor('acme', -100))
    expect([await there(), await write(app, admin)]).toEqual(['expired', '403 license_expired'])
    expect((await install(app, admin, documentFor('acme'))).status).toBe(200)
    expect([await there(), await write(app, admin)]).toEqual(['valid', 'open'])
  })

  test('is taken in its grace period', async () => {
    await using one = await oneOrg()
    const { body } = await install(one.app, one.admin, documentFor('acme', -3))
    expect(body).toMatchObject({ status: 'grace', days_remaining: 0 })
    expect(await write(one.app, one.admin)).toBe('open')
  })

  test('may be removed with its file, and removing nothing is no error', async () => {
    await using one = await oneOrg()
    const { app, org, admin, file } = one
    await install(app, admin, documentFor('acme'))
    for (let time = 0; time < 2; time++) expect((await call(app, 'DELETE', '/api/license', admin)).status).toBe(204)
    expect([await Bun.file(file).exists(), await rowOf(app, org.orgId)]).toEqual([false, undefined])
    expect((await show(app, admin)).status).toBe('missing')
    expect((await auditOf(app, org.orgId)).map(({ action }) => action)).toEqual([
      'license.installed',
      'license.removed',
    ])
  })

  test('that an operator put there as a file is removed by its org’s admin, and that is written down', async () => {
    await using one = await oneOrg()
    const { app, org, admin, file } = one
    await Bun.write(file, documentFor('acme'))
    expect((await call(app, 'DELETE', '/api/license', admin)).status).toBe(204)
    expect([await Bun.file(file).exists(), (await show(app, admin)).status]).toEqual([false, 'missing'])
    expect(await auditOf(app, org.orgId)).toEqual([{ action: 'license.removed', detail: { status: 'valid' } }])
  })

  test('of one of several orgs is removed without the file that serves the others', async () => {
    await using two = await twoOrgs()
    const { app, org, admin, stranger, file } = two
    await Bun.write(file, documentFor(null))
    await putRow(app, org, documentFor('acme'))
    expect((await call(app, 'DELETE', '/api/license', admin)).status).toBe(204)
    expect(await Bun.file(file).exists()).toBe(true)
    expect(await show(app, stranger)).toMatchObject({ status: 'valid', source: 'instance' })
  })
})

describe('license.json', () => {
  test('that disappears takes the row with it, once, and the audit log keeps what it said', async () => {
    await using one = await oneOrg()
    const { app, org, admin, file } = one
    await install(app, admin, documentFor('acme'))
    await rm(file)
    await Bun.sleep(STALE_MS)
    const shown = await Promise.all([show(app, admin), show(app, admin), show(app, admin)])
    for (const each of shown) expect(each).toMatchObject({ status: 'missing', source: 'none' })
    expect(await rowOf(app, org.orgId)).toBeUndefined()
    const lost = (await auditOf(app, org.orgId)).filter(({ action }) => action === 'license.file_lost')
    expect(lost).toMatchObject([{ detail: { status: 'valid', customer: 'Acme Ltd' } }])
  })

  test('that is overwritten renews without a restart, and one that is spoilt counts as invalid until it is removed', async () => {
    await using one = await oneOrg()
    const { app, org, admin, file } = one
    await install(app, admin, documentFor('acme', 5))
    await Bun.write(file, documentFor('acme', 50))
    await Bun.sleep(STALE_MS)
    expect(await show(app, admin)).toMatchObject({ status: 'valid', days_remaining: 50, source: 'org' })
    await Bun.write(file, 'cut off')
    await Bun.sleep(STALE_MS)
    expect(await show(app, admin)).toMatchObject({ status: 'invalid', reason: 'not_json' })
    expect(await write(app, admin)).toBe('403 license_invalid')
    await rm(file)
    await Bun.sleep(STALE_MS)
    expect([await write(app, admin), await rowOf(app, org.orgId)]).toEqual(['open', undefined])
  })

  const unreadable: [what: string, make: (file: string) => Promise<unknown>, words: string][] = [
    ['a symbolic link', (file) => symlink('/etc/hostname', file), 'symbolic link'],
    [
      'a link to a good licence',
      async (file) => {
        await Bun.write(`${file}.elsewhere`, documentFor('acme'))
        await symlink(`${file}.elsewhere`, file)
      },
      'symbolic link',
    ],
    ['a folder', (file) => mkdir(file), 'folder'],
    ['too large', (file) => Bun.write(file, ' '.repeat(DOCUMENT_BYTES_MAX + 1)), 'larger than'],
    ['no UTF-8', (file) => Bun.write(file, new Uint8Array([0x7b, 0xff])), 'UTF-8'],
  ]
  for (const [what, make, words] of unreadable) {
    test(`that is ${what} counts as invalid, with a sentence that shows no path`, async () => {
      await using one = await oneOrg()
      const { app, admin, file } = one
      await make(file)
      const shown = await show(app, admin)
      expect(shown).toMatchObject({ status: 'invalid', reason: 'unreadable', source: 'instance', customer: null })
      expect(String(shown.message)).toContain(words)
      expect(String(shown.message)).not.toContain(app.config.dataDir)
      expect(await write(app, admin)).toBe('403 license_invalid')
    })
  }

  test.skipIf(process.getuid?.() === 0)('that may not be read counts as invalid', async () => {
    await using one = await oneOrg()
    await Bun.write(one.file, documentFor('acme'))
    await chmod(one.file, 0)
    expect(await show(one.app, one.admin)).toMatchObject({ status: 'invalid', reason: 'unreadable' })
  })

  test('that is a symbolic link is replaced by an upload, and what it led to stays as it was', async () => {
    await using one = await oneOrg()
    const { app, admin, file } = one
    const elsewhere = `${file}.elsewhere`
    await Bun.write(elsewhere, 'precious')
    await symlink(elsewhere, file)
    expect((await install(app, admin, documentFor('acme'))).status).toBe(200)
    expect((await show(app, admin)).status).toBe('valid')
    expect(await Bun.file(elsewhere).text()).toBe('precious')
  })
})

describe('a bad upload changes nothing and says why', () => {
  const good = documentFor('acme')
  const parsed = JSON.parse(good)
  const cases: [what: string, text: string, reason: string][] = [
    ['is empty space', ' ', 'not_json'],
    ['is no JSON', 'hello', 'not_json'],
    ['is another JSON', '{}', 'wrong_shape'],
    ['was edited', forged(good), 'bad_signature'],
    ['was edited to last longer', good.replace(/("expires":\s*)"20\d\d/, '$1"2999'), 'bad_signature'],
    ['has a key twice', good.replace(/("version":\s*1)/, '$1,$1'), 'duplicate_key'],
    ['has an unsigned extra field', JSON.stringify({ ...parsed, extra: 1 }), 'wrong_shape'],
    [
      'bears another document’s signature',
      JSON.stringify({ ...parsed, signature: JSON.parse(documentFor('acme', 9)).signature }),
      'bad_signature',
    ],
    [
      'bears a signature of zeros',
      JSON.stringify({ ...parsed, signature: Buffer.alloc(64).toString('base64') }),
      'bad_signature',
    ],
    ['is signed by an unknown key', documentFor('acme', 30, { kid: '2099-z' }), 'unknown_key'],
    ['is for another org', documentFor('globex'), 'other_org'],
    ['is past its grace period', documentFor('acme', -11), 'expired'],
    ['is of the future', documentFor('acme', 9_000, { issued_at: '2040-01-01T00:00:00Z' }), 'not_yet_valid'],
  ]
  for (const [what, text, reason] of cases) {
    test(`one that ${what}: ${reason}`, async () => {
      await using one = await oneOrg()
      const { app, org, admin, file } = one
      await install(app, admin, good)
      const before = [await show(app, admin), await rowOf(app, org.orgId), await Bun.file(file).text()]
      const { status, body } = await install(app, admin, text)
      expect({ status, ...body }).toMatchObject({ status: 422, error: 'invalid_license', reason, field: 'license' })
      expect(String(body.message)).toMatch(/^[^\n]+\.$/)
      expect([await show(app, admin), await rowOf(app, org.orgId), await Bun.file(file).text()]).toEqual(before)
      expect((await auditOf(app, org.orgId)).at(-1)).toMatchObject({ action: 'license.refused', detail: { reason } })
    })
  }

  test('a body of 1 MiB is read, a larger one is 413', async () => {
    await using one = await oneOrg()
    const size = (bytes: number) => install(one.app, one.admin, ' '.repeat(bytes))
    expect((await size(DOCUMENT_BYTES_MAX - 100)).body.reason).toBe('not_json')
    expect((await size(DOCUMENT_BYTES_MAX)).status).toBe(413)
    expect((await size(10_000_000)).status).toBe(413)
  })

  test('whoever lacks license.edit is refused, and so is an install into an org that is not his', async () => {
    await using two = await twoOrgs()
    const { app, org, other, admin, stranger } = two
    const viewer = await makePerson(app, org.orgId, 'designer')
    expect((await install(app, viewer, good)).body).toMatchObject({
      error: 'permission_denied',
      permission: 'license.edit',
    })
    expect((await call(app, 'DELETE', '/api/license', viewer)).status).toBe(403)
    expect((await install(app, stranger, good)).body).toMatchObject({ reason: 'other_org' })
    const headers = { ...admin.bearer, 'x-org-id': String(other.orgId), 'content-type': 'application/json' }
    const foreign = await app.fetch('/api/license', {
      method: 'POST',
      headers,
      body: JSON.stringify({ license: good }),
    })
    expect(foreign.status).toBe(403)
    expect([await rowOf(app, org.orgId), await rowOf(app, other.orgId)]).toEqual([undefined, undefined])
  })
})
