import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { orgLogos, orgs } from '#core/tenancy/tables.ts'
import { patch, putLogo } from '#test/organization/arrange.ts'
import { visit } from '#test/sessions/visitor.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { PIXEL, pngOf } from '#test/support/pictures.ts'

const APEX = 'app.honeyframe.io'
const OWN = { slug: null, name: 'Honeyframe', color: null, logo_url: null }

let app: TestApp
let acme: { orgId: number; slug: string }
let beta: { orgId: number; slug: string }
let ada: TestPerson
let logoUrl: string
beforeAll(async () => {
  app = await startTestApp()
  acme = await makeOrg(app.ctx, 'acme')
  beta = await makeOrg(app.ctx, 'beta')
  ada = await makePerson(app, acme.orgId)
  await patch(app, ada, { name: 'Acme & <b>Co</b>', color: '#8a1c7c' })
  logoUrl = String((await putLogo(app, ada, PIXEL)).body.logo_url)
})
afterAll(async () => app[Symbol.asyncDispose]())

async function branding(query = '', host = 'localhost:8000') {
  const answer = await app.fetch(`/api/branding${query}`, { headers: { host } })
  return { status: answer.status, body: await answer.json() }
}

const hostOf = (slug: string) => ({ host: `${slug}.${APEX}` })

test('anyone reads what an org shows: that of the slug, else of the address, else Honeyframe’s own', async () => {
  const shown = { slug: 'acme', name: 'Acme & <b>Co</b>', color: '#8a1c7c', logo_url: logoUrl }
  expect(await branding()).toEqual({ status: 200, body: OWN })
  expect(await branding('?slug=acme')).toEqual({ status: 200, body: shown })
  expect(await branding('?slug=ACME')).toEqual({ status: 200, body: shown })
  expect(await branding('', `acme.${APEX}`)).toEqual({ status: 200, body: shown })
  expect(await branding('', `acme.${APEX}:8443`)).toEqual({ status: 200, body: shown })
  expect((await branding('?slug=beta', `acme.${APEX}`)).body).toEqual({ ...OWN, slug: 'beta', name: 'BETA' })
})

test('a slug of no org is 404, and what is no slug is refused', async () => {
  for (const query of ['?slug=nowhere', '?slug=', '?slug=..%2Facme', '?slug=acme%20']) {
    expect([query, (await branding(query)).status]).toEqual([query, 404])
  }
  expect((await branding('', `nowhere.${APEX}`)).status).toBe(404)
  expect((await branding(`?slug=${'x'.repeat(300)}`)).status).toBe(422)
  expect((await branding('?slug=acme&id=1')).status).toBe(422)
})

test('a logo is served as its own kind, inline, under the strict policy, and cached for good', async () => {
  const answer = await app.fetch(logoUrl)
  expect(answer.status).toBe(200)
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(PIXEL)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': 'inline',
    'x-content-type-options': 'nosniff',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-security-policy': expect.stringContaining("script-src 'self'"),
  })
})

test('another org’s slug, another hash and a hash that was are 404', async () => {
  const [hash = ''] = logoUrl.split('/').slice(-1)
  const [bob, other] = [await makePerson(app, beta.orgId), pngOf(3, 3)]
  const first = String((await putLogo(app, bob, PIXEL)).body.logo_url)
  const second = String((await putLogo(app, bob, other)).body.logo_url)
  expect((await app.fetch(second)).status).toBe(200)
  const [otherHash = ''] = second.split('/').slice(-1)
  const gone = [
    first,
    `/branding/beta/logo/${hash}`,
    `/branding/acme/logo/${otherHash}`,
    `/branding/nowhere/logo/${hash}`,
  ]
  const odd = ['/branding/acme/logo/', '/branding/acme/logo/x', `/branding/acme/logo/${hash.toUpperCase()}`]
  for (const path of [...gone, ...odd, `/branding/acme/logo/${hash}.png`, `/branding//logo/${hash}`]) {
    expect([path, (await app.fetch(path)).status]).toEqual([path, 404])
  }
})

test('the colours are a sheet that names its content, and holds nothing but colours', async () => {
  const page = await (await app.fetch('/login', { headers: hostOf('acme') })).text()
  const [, path = ''] = /<link rel="stylesheet" href="(\/branding\/acme\/[0-9a-f]{16}\.css)"/.exec(page) ?? []
  const answer = await app.fetch(path)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/css; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  })
  const css = await answer.text()
  const lines = css.trimEnd().split('\n').slice(2, -1)
  const color = '(#[0-9a-f]{6}|light-dark\\(#[0-9a-f]{6}, #[0-9a-f]{6}\\))'
  expect(lines).toHaveLength(8)
  for (const line of lines) expect(line).toMatch(new RegExp(`^ {2}--(hf|tblr)-[a-z-]+: ${color};$`))
  expect(css).not.toMatch(/normal|warning|failing|pending|green|red/)
  const other = path.replace('acme', 'beta')
  for (const wrong of [
    other,
    path.replace('.css', ''),
    path.replace(/[0-9a-f]{16}/, '0'.repeat(16)),
    '/branding/acme/x.css',
  ]) {
    expect([wrong, (await app.fetch(wrong)).status]).toEqual([wrong, 404])
  }
})

test('a text that came into the row past every check reaches no sheet and breaks no page', async () => {
  const { orgId } = await makeOrg(app.ctx, 'planted')
  for (const color of ['red;}body{display:none', '#123456;}', 'url(https://evil.example/x)', '</style><script>', '']) {
    await app.ctx.db.update(orgs).set({ color }).where(eq(orgs.id, orgId))
    const page = await app.fetch('/login', { headers: hostOf('planted') })
    const html = await page.text()
    expect([color, page.status, html.includes('/branding/planted/')]).toEqual([color, 200, false])
  }
  const stray = { orgId, mediaType: 'text/html', base64: btoa('<script>'), updatedAt: app.ctx.clock.now() }
  await app.ctx.db.insert(orgLogos).values(stray)
  expect((await app.fetch(`/branding/planted/logo/${'0'.repeat(64)}`)).status).toBe(404)
})

test('pages for strangers at an org’s address bear its name, logo and colours; elsewhere ours, without a statement more', async () => {
  for (const path of [
    '/login',
    '/forgot-password',
    '/accept-invite?token=x',
    '/reset-password?token=x',
    '/setup?token=x',
  ]) {
    app.statements.length = 0
    const html = await (await app.fetch(path, { headers: hostOf('acme') })).text()
    const taken = app.statements.length
    expect([path, html.includes(`src="${logoUrl}"`)]).toEqual([path, true])
    expect(html).toContain('Acme &amp; &lt;b&gt;Co&lt;/b&gt;')
    expect(html).not.toContain('<b>Co')
    app.statements.length = 0
    const plain = await (await app.fetch(path)).text()
    expect([path, plain.includes('/branding/'), plain.includes('Acme')]).toEqual([path, false, false])
    expect([path, taken]).toEqual([path, app.statements.length + 1])
  }
})

test('an org without a logo is named by its letter, and one without a colour wears ours', async () => {
  await makeOrg(app.ctx, 'bare')
  const html = await (await app.fetch('/login', { headers: hostOf('bare') })).text()
  expect(html).toContain('hf-avatar-org')
  expect(html).toContain('<title>Sign in · BARE</title>')
  expect(html).not.toContain('/branding/')
})

test('an error at an org’s address, and a page of somebody signed in, wear what belongs there', async () => {
  const elsewhere = await makePerson(app, beta.orgId, 'viewer')
  const browser = visit(app, { headers: hostOf('acme') })
  browser.jar.set('hf_session', elsewhere.jwt)
  const refused = await browser.get('/account')
  expect([refused.status, (await refused.text()).includes(logoUrl)]).toEqual([403, true])
  browser.jar.set('hf_session', ada.jwt)
  expect(await (await browser.get('/account')).text()).toContain(logoUrl)
})
