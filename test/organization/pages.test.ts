import { afterAll, beforeAll, expect, test } from 'bun:test'
import { open, submit } from '#test/members/visit.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { noisyPng, PIXEL } from '#test/support/pictures.ts'
import { patch, putLogo, storedOf } from './arrange.ts'

const PATH = '/settings/organization'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => app[Symbol.asyncDispose]())

async function orgWithAdmin(): Promise<{ person: TestPerson; orgId: number }> {
  const { orgId } = await makeOrg(app.ctx)
  return { orgId, person: await makePerson(app, orgId) }
}

async function upload(person: TestPerson, file: Uint8Array<ArrayBuffer> | undefined, isPartial = false) {
  const form = new FormData()
  form.set('logo', file ? new File([file], '../../evil.svg', { type: 'image/svg+xml' }) : new File([], ''))
  const headers = {
    cookie: `hf_session=${person.jwt}`,
    'sec-fetch-site': 'same-origin',
    ...(isPartial && { 'hx-request': 'true', 'hx-request-type': 'partial' }),
  }
  const answer = await app.fetch(`${PATH}/logo`, { method: 'POST', headers, body: form })
  return { status: answer.status, html: await answer.text(), headers: answer.headers }
}

test('name and colour are saved by a form, and the box takes the colour back', async () => {
  const { person, orgId } = await orgWithAdmin()
  const saved = await submit(app, PATH, { name: 'Acme', color: '#8a1c7c' }, { person })
  expect([saved.status, saved.location, saved.toast]).toEqual([303, PATH, 'Name and colour are saved.'])
  expect((await storedOf(app, orgId)).org).toMatchObject({ name: 'Acme', color: '#8a1c7c' })
  expect((await open(app, PATH, { person })).html).toContain('value="#8a1c7c"')
  await submit(app, PATH, { name: 'Acme', color: '#8a1c7c', own_color: '1' }, { person })
  expect((await storedOf(app, orgId)).org?.color).toBeNull()
  const partial = await submit(app, PATH, { name: 'Acme', color: '#000000' }, { person, isPartial: true })
  expect([partial.status, partial.headers.get('hx-redirect')]).toEqual([204, PATH])
})

test('a refused form comes back with its reasons, whole or in part, and saves nothing', async () => {
  const { person, orgId } = await orgWithAdmin()
  const before = await storedOf(app, orgId)
  const nameless = await submit(app, PATH, { name: ' ', color: '#123456' }, { person })
  expect([nameless.status, nameless.html.includes('A name has 1 to 200 characters.')]).toEqual([422, true])
  const colorless = await submit(app, PATH, { name: '"><b>', color: 'url(x)' }, { person, isPartial: true })
  expect(colorless.status).toBe(422)
  expect(colorless.html).toContain('A colour is a #')
  expect(colorless.html).not.toContain('<b>')
  expect(colorless.html).not.toContain('<html')
  expect(await storedOf(app, orgId)).toEqual(before)
})

test('a logo is uploaded by a form, shown, and removed after a question', async () => {
  const { person, orgId } = await orgWithAdmin()
  expect((await upload(person, PIXEL)).status).toBe(303)
  const { org } = await storedOf(app, orgId)
  const url = `/branding/${org?.slug}/logo/${org?.logoHash}`
  const page = await open(app, PATH, { person })
  expect(page.html.split(`src="${url}"`).length).toBeGreaterThan(2)
  expect(page.html).toContain('id="remove-logo"')
  const removed = await submit(app, `${PATH}/logo/remove`, {}, { person })
  expect([removed.status, removed.toast]).toEqual([303, 'The logo is removed.'])
  expect((await open(app, PATH, { person })).html).not.toContain('/branding/')
})

test('what is no logo is said beside the field, also when it is too large', async () => {
  const { person, orgId } = await orgWithAdmin()
  for (const isPartial of [false, true]) {
    const large = await upload(person, noisyPng(300 * 1024), isPartial)
    expect([large.status, large.html.includes('A logo has at most 256 KB.')]).toEqual([413, true])
    for (const file of [undefined, PIXEL.slice(0, -1)]) {
      const refused = await upload(person, file, isPartial)
      expect([refused.status, refused.html.includes('A logo is a whole PNG, JPEG or WebP')]).toEqual([422, true])
      expect(refused.html.includes('<html')).toBe(!isPartial)
    }
  }
  expect((await storedOf(app, orgId)).audit).toEqual([])
})

test('the page is the admins’: others are refused and have it in no menu', async () => {
  const { person, orgId } = await orgWithAdmin()
  const viewer = await makePerson(app, orgId, 'viewer')
  expect((await open(app, PATH, { person: viewer })).status).toBe(403)
  expect((await open(app, '/account', { person: viewer })).html).not.toContain(PATH)
  expect((await open(app, '/account', { person })).html).toContain(`href="${PATH}"`)
  expect((await submit(app, PATH, { name: 'Mine' }, { person: viewer })).status).toBe(403)
  expect((await submit(app, PATH, { name: 'Mine' }, { person, site: 'cross-site' })).status).toBe(403)
})

test('signed-in pages wear the colours and the logo of the org they are in, without a statement more', async () => {
  const { person, orgId } = await orgWithAdmin()
  const headers = { cookie: `hf_session=${person.jwt}` }
  await app.fetch('/account', { headers })
  const plain = await open(app, '/account', { person })
  expect(plain.html).not.toContain('/branding/')
  await patch(app, person, { color: '#8a1c7c' })
  await putLogo(app, person, PIXEL)
  const { org } = await storedOf(app, orgId)
  app.statements.length = 0
  const { html } = await open(app, '/account', { person })
  expect(app.statements).toHaveLength(2)
  expect(html).toContain(`<img class="hf-brand-logo" src="/branding/${org?.slug}/logo/${org?.logoHash}"`)
  expect(html).toMatch(new RegExp(`<link rel="stylesheet" href="/branding/${org?.slug}/[0-9a-f]{16}\\.css"`))
  const missing = await open(app, '/members/invites/1/revoke', { person })
  expect(missing.status).toBe(404)
})
