import { afterAll, beforeAll, expect, test } from 'bun:test'
import { deflateSync } from 'node:zlib'
import { sha256Hex } from '#lib/token.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { encoded, noisyPng, PIXEL, pngOf, pngWith } from '#test/support/pictures.ts'
import { LOGO, putLogo, storedOf } from './arrange.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => app[Symbol.asyncDispose]())

async function orgWithAdmin(): Promise<{ admin: TestPerson; orgId: number; slug: string }> {
  const org = await makeOrg(app.ctx)
  return { ...org, admin: await makePerson(app, org.orgId) }
}

const remove = (person: TestPerson) => app.fetch(LOGO, { method: 'DELETE', headers: person.bearer })

test('a logo is kept as it was sent, with the type that its bytes have, whatever its header says', async () => {
  const { admin, orgId, slug } = await orgWithAdmin()
  const png = pngOf(96, 32)
  const pictures = [
    ['image/png', png],
    ['image/jpeg', await encoded('jpeg', png)],
    ['image/webp', await encoded('webp', png)],
  ] as const
  for (const [mediaType, bytes] of pictures) {
    const { status, body } = await putLogo(app, admin, bytes, 'image/svg+xml')
    expect([status, body.logo_url]).toEqual([200, `/branding/${slug}/logo/${sha256Hex(bytes)}`])
    const { org, logo } = await storedOf(app, orgId)
    expect([org?.logoHash, logo?.mediaType]).toEqual([sha256Hex(bytes), mediaType])
    expect(Buffer.from(logo?.base64 ?? '', 'base64').equals(bytes)).toBe(true)
  }
  expect((await storedOf(app, orgId)).audit).toEqual(
    pictures.map(([mediaType, { byteLength }]) => ({
      action: 'org.logo_changed',
      detail: { media_type: mediaType, bytes: byteLength },
      actorLabel: admin.email,
    })),
  )
})

test('what is no logo is refused by its kind, and the one before stays', async () => {
  const { admin, orgId } = await orgWithAdmin()
  await putLogo(app, admin, PIXEL)
  const before = await storedOf(app, orgId)
  const text = (words: string) => new Uint8Array(Buffer.from(words))
  const bad: [what: string, bytes: Uint8Array<ArrayBuffer>][] = [
    ['nothing', new Uint8Array()],
    ['a text', text('hello')],
    ['an SVG', text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['a GIF', new Uint8Array(Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'))],
    ['a page', text('<!doctype html><script>alert(1)</script>')],
    ['a PNG cut short', pngOf(96, 32).slice(0, -6)],
    ['a PNG with a page behind it', new Uint8Array(Buffer.concat([PIXEL, text('<script>alert(1)</script>')]))],
    ['a header bomb', pngWith(50_000, 50_000, deflateSync(Buffer.alloc(20_000_000), { level: 9 }))],
    ['one too wide', pngOf(2049, 1)],
    ['an address', text('https://evil.example/logo.png')],
  ]
  for (const [what, bytes] of bad) {
    const { status, body } = await putLogo(app, admin, bytes)
    expect([what, status, body.error, body.field]).toEqual([what, 422, 'invalid_logo', 'logo'])
  }
  const large = await putLogo(app, admin, noisyPng(257 * 1024))
  expect([large.status, large.body.error]).toEqual([413, 'too_large'])
  expect(await storedOf(app, orgId)).toEqual(before)
})

test('the same logo once more changes nothing', async () => {
  const { admin, orgId } = await orgWithAdmin()
  const [first, second] = [await putLogo(app, admin, PIXEL), await putLogo(app, admin, PIXEL)]
  expect(second).toEqual(first)
  expect((await storedOf(app, orgId)).audit).toHaveLength(1)
})

test('a logo that is removed is gone with its hash, and one that is not there is 404', async () => {
  const { admin, orgId } = await orgWithAdmin()
  expect((await remove(admin)).status).toBe(404)
  await putLogo(app, admin, PIXEL)
  expect((await remove(admin)).status).toBe(204)
  const { org, logo, audit } = await storedOf(app, orgId)
  expect([org?.logoHash, logo]).toEqual([null, undefined])
  expect(audit.map(({ action }) => action)).toEqual(['org.logo_changed', 'org.logo_removed'])
  expect((await remove(admin)).status).toBe(404)
})

test('of many uploads and removals at once one stays, with the hash of its own bytes', async () => {
  const { admin, orgId } = await orgWithAdmin()
  const sizes = Array.from({ length: 10 }, (_, at) => at + 1)
  const answers = await Promise.all(
    sizes.flatMap((size) => [putLogo(app, admin, pngOf(size, size)), ...(size % 3 === 0 ? [remove(admin)] : [])]),
  )
  expect(answers.every(({ status }) => [200, 204, 404].includes(status))).toBe(true)
  const { org, logo } = await storedOf(app, orgId)
  const hash = logo ? sha256Hex(new Uint8Array(Buffer.from(logo.base64, 'base64'))) : null
  expect(org?.logoHash).toBe(hash)
})

test('who may not edit the org neither sets nor removes its logo', async () => {
  const { admin, orgId } = await orgWithAdmin()
  await putLogo(app, admin, PIXEL)
  const before = await storedOf(app, orgId)
  const viewer = await makePerson(app, orgId, 'viewer')
  const other = await orgWithAdmin()
  expect((await putLogo(app, viewer, pngOf(2, 2))).body).toMatchObject({
    error: 'permission_denied',
    permission: 'org.edit',
  })
  expect((await remove(viewer)).status).toBe(403)
  const named = { bearer: { ...other.admin.bearer, 'x-org-id': String(orgId) } }
  expect((await putLogo(app, named, pngOf(2, 2))).body.error).toBe('not_a_member')
  expect((await remove(other.admin)).status).toBe(404)
  expect(await storedOf(app, orgId)).toEqual(before)
})
