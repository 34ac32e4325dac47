import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { AppError } from '#core/errors.ts'
import { MASK } from '#core/vault/vault.ts'
import { findStore } from '#platform/backups/object-store.ts'
import { signRequest } from '#platform/backups/signed-request.ts'
import { backupSettings, backups } from '#platform/backups/tables.ts'
import { uploadBackup } from '#platform/backups/upload.ts'
import { failUpload, noteUploadTrouble } from '#platform/backups/upload-failure.ts'
import { outcome } from '#test/groups/arrange.ts'
import { auditOf, call, type Org, openOrg, relayOf } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import { open } from '#test/members/visit.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { ACCESS_KEY_ID, BUCKET, REGION, SECRET, startS3 } from '#test/support/s3.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { backUp, filesOf, folderOf, putBackup, settingsRow } from './room.ts'

const PATH = '/api/backups/settings'
const LOOPBACK = { EGRESS_ALLOW: '127.0.0.1/32' }
const signal = new AbortController().signal

function storeAt(endpoint: string, more: object = {}) {
  const keys = { access_key_id: ACCESS_KEY_ID, secret: SECRET }
  return { endpoint, region: REGION, bucket: BUCKET, prefix: 'honeyframe', ...keys, ...more }
}

async function save(org: Org, store: unknown): Promise<string> {
  return await outcome(org.app, 'PUT', PATH, org.admin, { store })
}

describe('the secret of an object store', () => {
  test('is sealed, comes back from nowhere, and opens for its own org only', async () => {
    await using org = await openOrg()
    const { app, admin, orgId } = org
    const endpoint = 'https://s3.example.test'
    const saved = await call(app, 'PUT', PATH, admin, { store: storeAt(endpoint) })
    const shown = { endpoint, region: REGION, bucket: BUCKET, prefix: 'honeyframe', access_key_id: ACCESS_KEY_ID }
    expect(saved.body.store).toEqual({ ...shown, secret_set: true, secret_readable: true })
    expect(JSON.stringify(await call(app, 'GET', PATH, admin))).not.toContain(SECRET)
    const row = await settingsRow(org)
    expect(JSON.stringify([row, await auditOf(app, orgId)])).not.toContain(SECRET)
    expect((await findStore(app.ctx, orgId))?.secret).toBe(SECRET)
    const other = await makeOrg(app.ctx)
    await app.ctx.db.insert(backupSettings).values({ ...(row ?? fail()), orgId: other.orgId })
    await expect(findStore(app.ctx, other.orgId)).rejects.toMatchObject({ code: 'secret_unreadable' })
    const stranger = await makePerson(app, other.orgId)
    expect((await call(app, 'GET', PATH, stranger)).body.store).toMatchObject({ secret_readable: false })
    expect((await open(app, '/backups', { person: stranger })).html).toContain(
      'The stored secret access key cannot be read',
    )
    expect((await open(app, '/backups', { person: admin })).html).not.toContain('cannot be read')
  })

  test('is kept when left out, empty or masked, and asked for again with another endpoint or key', async () => {
    await using org = await openOrg()
    const { app, orgId } = org
    const endpoint = 'https://s3.example.test'
    expect(await save(org, storeAt(endpoint, { secret: undefined }))).toBe('422 secret_required')
    expect(await settingsRow(org)).toBeUndefined()
    expect(await save(org, storeAt(endpoint))).toBe('200')
    for (const secret of [undefined, '', MASK]) {
      expect(await save(org, storeAt(endpoint, { secret, prefix: 'other' }))).toBe('200')
      expect((await findStore(app.ctx, orgId))?.secret).toBe(SECRET)
    }
    for (const change of [{ endpoint: 'https://s3.evil.test' }, { access_key_id: 'AKIAOTHER' }]) {
      for (const secret of [undefined, '', MASK]) {
        expect(await save(org, storeAt(endpoint, { ...change, secret }))).toBe('422 secret_required')
      }
    }
    expect(await settingsRow(org)).toMatchObject({ s3Endpoint: endpoint, s3AccessKeyId: ACCESS_KEY_ID })
    expect(await save(org, storeAt('https://s3.evil.test', { secret: 'new' }))).toBe('200')
    expect(await save(org, null)).toBe('200')
    expect(await settingsRow(org)).toMatchObject({ s3Endpoint: null, s3SecretSealed: null })
    expect((await auditOf(app, orgId)).map(({ detail }) => detail)).toEqual([
      { fields: ['endpoint', 'region', 'bucket', 'prefix', 'access_key_id', 'secret'] },
      { fields: ['prefix'] },
      { fields: ['endpoint', 'prefix', 'secret'] },
      { fields: ['endpoint', 'region', 'bucket', 'prefix', 'access_key_id', 'secret'] },
    ])
  })
})

const BAD: readonly (readonly [string, object])[] = [
  ['an endpoint of another scheme', { endpoint: 'file:///etc/passwd' }],
  ['an endpoint with a path', { endpoint: 'https://s3.example.test/x' }],
  ['an endpoint with a password', { endpoint: 'https://a:b@s3.example.test' }],
  ['an endpoint that is none', { endpoint: 'here' }],
  ['a bucket with a slash', { bucket: 'a/../b' }],
  ['a bucket in capitals', { bucket: 'ACME' }],
  ['a region with a line end', { region: 'eu\r\nx-evil: 1' }],
  ['a prefix that climbs', { prefix: 'a/../../b' }],
  ['a prefix with a question mark', { prefix: 'a?acl' }],
  ['a key with a space', { access_key_id: 'a b' }],
  ['a secret with a line end', { secret: 'a\nb' }],
]

for (const [what, change] of BAD) {
  test(`${what} is refused, and nothing is saved`, async () => {
    await using org = await openOrg()
    expect(await save(org, storeAt('https://s3.example.test', change))).toBe('422 invalid_store')
    expect(await settingsRow(org)).toBeUndefined()
    expect(await save(org, storeAt('https://s3.example.test'))).toBe('200')
  })
}

test('an endpoint at a private address is refused where it is set, unless the operator opens it', async () => {
  await using org = await openOrg({ env: LOOPBACK })
  for (const endpoint of ['http://127.0.0.2:9000', 'https://10.0.0.1', 'http://[::1]', 'http://169.254.169.254']) {
    const { status, body } = await call(org.app, 'PUT', PATH, org.admin, { store: storeAt(endpoint) })
    expect([endpoint, status, body.error, body.field]).toEqual([endpoint, 422, 'egress_refused', 'endpoint'])
  }
  expect(await settingsRow(org)).toBeUndefined()
  expect(await save(org, storeAt('http://127.0.0.1:9000'))).toBe('200')
})

describe('a test of the store', () => {
  test('writes a signed object and deletes it again', async () => {
    await using s3 = startS3()
    await using org = await openOrg({ env: LOOPBACK })
    expect(await outcome(org.app, 'POST', `${PATH}/test`, org.admin)).toBe('409 no_store')
    await save(org, storeAt(s3.endpoint))
    const tested = await call(org.app, 'POST', `${PATH}/test`, org.admin)
    const object = `${BUCKET}/honeyframe/${org.slug}/honeyframe-test.txt`
    expect(tested).toEqual({ status: 200, body: { object } })
    expect(s3.seen).toEqual([
      { method: 'PUT', path: `/${object}`, status: 200 },
      { method: 'DELETE', path: `/${object}`, status: 204 },
    ])
    expect(s3.objects.size).toBe(0)
  })

  test('tells the store’s own words when it refuses: a wrong secret, a wrong key, no such bucket', async () => {
    await using s3 = startS3()
    await using org = await openOrg({ env: LOOPBACK })
    for (const [change, words] of [
      [{ secret: 'wrong' }, '403 SignatureDoesNotMatch: The request signature we calculated does not match.'],
      [{ access_key_id: 'AKIAOTHER' }, '403 InvalidAccessKeyId'],
      [{ bucket: 'other-bucket' }, '404 NoSuchBucket'],
      [{ region: 'us-east-1' }, '403 SignatureDoesNotMatch'],
    ] as const) {
      await save(org, storeAt(s3.endpoint, change))
      const { status, body } = await call(org.app, 'POST', `${PATH}/test`, org.admin)
      expect([status, body.error]).toEqual([502, 'store_refused'])
      expect(String(body.detail)).toStartWith(words)
    }
    expect(s3.objects.size).toBe(0)
  })

  test('goes to no host that came to be closed since it was saved', async () => {
    await using s3 = startS3()
    let address = '127.0.0.1'
    await using org = await openOrg({ env: LOOPBACK, overrides: { resolve: async () => [address] } })
    await save(org, storeAt(s3.endpoint.replace('127.0.0.1', 's3.example.test')))
    address = '127.0.0.2'
    expect(await outcome(org.app, 'POST', `${PATH}/test`, org.admin)).toBe('422 egress_refused')
    expect(s3.seen).toEqual([])
    address = '127.0.0.1'
    expect(await outcome(org.app, 'POST', `${PATH}/test`, org.admin)).toBe('200')
  })
})

describe('a copy of a backup', () => {
  test('goes to the store by itself, byte for byte, after a backup was made', async () => {
    await using s3 = startS3()
    await using org = await openOrg({ env: LOOPBACK, worker: true })
    await save(org, storeAt(s3.endpoint))
    const { id, name } = await backUp(org)
    await eventually(async () => (await rowOf(org, Number(id)))?.uploadedAt !== null, 20_000)
    const file = await Bun.file(join(folderOf(org), String(name))).bytes()
    expect([...s3.objects]).toEqual([[`/${BUCKET}/honeyframe/${org.slug}/${String(name)}`, file]])
    expect((await call(org.app, 'GET', `/api/backups/${String(id)}`, org.admin)).body.copy).toMatchObject({
      error: null,
    })
  }, 40_000)

  test('is tried again after trouble, which the backup shows meanwhile, and needs nothing once it is there', async () => {
    await using s3 = startS3()
    await using org = await openOrg({ env: LOOPBACK })
    const { app, orgId } = org
    await save(org, storeAt(s3.endpoint))
    const place = { orgId, id: await putWritten(org) }
    s3.peer.refuse = { status: 503, code: 'SlowDown', message: 'Reduce your request rate.' }
    const error = await uploadBackup(app.ctx, place, signal).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'store_refused', facts: { permanent: false } })
    await noteUploadTrouble(app.ctx, place, error)
    expect((await rowOf(org, place.id))?.uploadError).toContain('503 SlowDown')
    s3.peer.refuse = undefined
    await uploadBackup(app.ctx, place, signal)
    expect(await rowOf(org, place.id)).toMatchObject({ uploadError: null, uploadedAt: expect.any(Date) })
    await uploadBackup(app.ctx, place, signal)
    expect(s3.objects.size).toBe(1)
  })

  test('whose bytes changed on the way is refused by the store', async () => {
    await using s3 = startS3()
    await using org = await openOrg({ env: LOOPBACK })
    await save(org, storeAt(s3.endpoint))
    const id = await putWritten(org)
    const [name = ''] = await filesOf(org)
    await Bun.write(join(folderOf(org), name), 'FILE')
    const [before] = await org.app.ctx.db.select().from(backups).where(eq(backups.id, id))
    await org.app.ctx.db.update(backups).set({ bytes: 4 }).where(eq(backups.id, id))
    const error = await uploadBackup(org.app.ctx, { orgId: org.orgId, id }, signal).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(AppError)
    expect(String(error)).toContain('XAmzContentSHA256Mismatch')
    expect([before?.uploadedAt, s3.objects.size]).toEqual([null, 0])
  })

  test('that is given up is told to the admins by mail and to the log, without the secret', async () => {
    await using smtp = await startSmtp()
    await using s3 = startS3()
    await using org = await openOrg({ env: { ...LOOPBACK, ...relayOf(smtp) }, worker: true })
    const { app, admin, orgId } = org
    await save(org, storeAt(s3.endpoint))
    s3.peer.refuse = { status: 403, code: 'AccessDenied', message: 'Access Denied.' }
    const { id, name } = await backUp(org)
    const [mail] = await smtp.received(1, 20_000)
    expect(mail?.recipients).toEqual([admin.email])
    expect(mail?.parsed.text).toContain(`The backup ${String(name)} is made, but its copy is not`)
    expect(mail?.parsed.text).toContain('403 AccessDenied: Access Denied.')
    const log = await auditOf(app, orgId)
    expect(log.at(-1)).toMatchObject({ action: 'backup.upload_failed', detail: { backup_id: id } })
    expect([JSON.stringify(log), mail?.source].join('')).not.toContain(SECRET)
    expect(await rowOf(org, Number(id))).toMatchObject({ state: 'complete', uploadedAt: null })
  }, 40_000)

  test('of a backup that is deleted meanwhile is nothing to do, and of another org’s id neither', async () => {
    await using s3 = startS3()
    await using org = await openOrg({ env: LOOPBACK })
    await save(org, storeAt(s3.endpoint))
    const other = { ...org, ...(await makeOrg(org.app.ctx)) }
    const id = await putWritten(other)
    await uploadBackup(org.app.ctx, { orgId: org.orgId, id }, signal)
    await failUpload(org.app.ctx, { orgId: org.orgId, id: 987_654 }, { kind: 'operator' }, new Error('x'))
    expect(s3.seen).toEqual([])
    expect((await auditOf(org.app, org.orgId)).map(({ action }) => action)).toEqual(['backup.settings_changed'])
  })
})

test('a request is signed as the vendor’s documentation has it', async () => {
  // "Example: PUT Object" of the Amazon S3 API reference, without the headers that this program never sends.
  const store = {
    ...{ endpoint: 'https://s3.amazonaws.com', region: 'us-east-1', bucket: 'examplebucket', prefix: 'a' },
    ...{ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  }
  const wanted = { method: 'PUT', key: 'b.txt', sha256: 'e'.repeat(64), at: new Date('2013-05-24T00:00:00Z') } as const
  const { url, headers } = await signRequest(store, wanted)
  expect(url).toBe('https://s3.amazonaws.com/examplebucket/a/b.txt')
  expect(headers).toMatchObject({ 'x-amz-date': '20130524T000000Z', 'x-amz-content-sha256': 'e'.repeat(64) })
  expect(headers.authorization).toStartWith(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=',
  )
})

/** A backup by hand whose hash fits its file. */
async function putWritten(org: Pick<Org, 'app' | 'slug' | 'orgId'>): Promise<number> {
  const id = await putBackup(org)
  const row = await rowOf(org, id)
  const bytes = await Bun.file(join(folderOf(org), row?.name ?? '')).bytes()
  const sha256 = new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
  await org.app.ctx.db.update(backups).set({ sha256 }).where(eq(backups.id, id))
  return id
}

async function rowOf({ app }: Pick<Org, 'app'>, id: number) {
  const [row] = await app.ctx.db.select().from(backups).where(eq(backups.id, id))
  return row
}

function fail(): never {
  throw new Error('there is no row')
}
