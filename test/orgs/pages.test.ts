import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { addMember } from '#core/tenancy/org.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import { open, submit } from '#test/members/visit.ts'
import { visit } from '#test/sessions/visitor.ts'
import { makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const APEX = 'app.honeyframe.io'

let app: TestApp
let home: { orgId: number; slug: string }
let other: { orgId: number; slug: string }
let ada: TestPerson
let operator: TestPerson
beforeAll(async () => {
  app = await startTestApp()
  home = await makeOrg(app.ctx, 'home')
  other = await makeOrg(app.ctx, 'other')
  ada = await makePerson(app, home.orgId)
  await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, other.orgId, ada.userId, 'viewer'))
  operator = await makePerson(app, home.orgId)
  await app.ctx.db.update(users).set({ isSuperadmin: true }).where(eq(users.id, operator.userId))
})
afterAll(async () => app[Symbol.asyncDispose]())

/** A browser at an org's address; what it sends comes from there. */
async function signedInAt(host: string) {
  const browser = visit(app, { headers: { host } })
  const signedIn = await browser.post('/login', { username: ada.email, password: PASSWORD })
  expect(signedIn.status).toBe(303)
  return browser
}

test('the default org is marked and can be changed, and the next sign-in starts there', async () => {
  const page = await open(app, '/orgs', { person: ada })
  expect(page.html.split('>Default<')).toHaveLength(2)
  const made = await submit(app, '/orgs/default', { org_id: String(other.orgId) }, { person: ada })
  expect([made.status, made.location, made.toast]).toEqual([303, '/orgs', 'You start in OTHER from now on.'])
  const browser = await signedInAt('localhost:8000')
  expect((await browser.get('/members')).status).toBe(403)
  await submit(app, '/orgs/default', { org_id: String(home.orgId) }, { person: ada })
  expect((await (await signedInAt('localhost:8000')).get('/members')).status).toBe(200)
})

test('an org of others is nobody’s default', async () => {
  const foreign = await makeOrg(app.ctx)
  for (const [orgId, status] of [
    [String(foreign.orgId), 403],
    ['987654', 403],
    ['x', 422],
    ['', 422],
  ] as const) {
    expect([orgId, (await submit(app, '/orgs/default', { org_id: orgId }, { person: ada })).status]).toEqual([
      orgId,
      status,
    ])
  }
  const [user] = await app.ctx.db.select().from(users).where(eq(users.id, ada.userId))
  expect(user?.defaultOrgId).toBe(home.orgId)
})

test('at an org’s address the switcher leads to the other org’s address, by the same scheme and port', async () => {
  for (const port of ['', ':8443']) {
    const browser = await signedInAt(`home.${APEX}${port}`)
    for (const path of ['/account', '/orgs']) {
      const html = await (await browser.get(path)).text()
      expect([path, html.includes(`href="http://other.${APEX}${port}/"`)]).toEqual([path, true])
      expect([path, html.includes('action="/orgs"')]).toEqual([path, false])
    }
  }
  const proxied = visit(app, { headers: { host: `home.${APEX}`, 'x-forwarded-proto': 'https' } })
  await proxied.post('/login', { username: ada.email, password: PASSWORD })
  expect(await (await proxied.get('/orgs')).text()).toContain(`href="https://other.${APEX}/"`)
  const bare = await open(app, '/orgs', { person: ada })
  expect([bare.html.includes('action="/orgs"'), bare.html.includes(`//other.${APEX}`)]).toEqual([true, false])
})

test('there, a form that would switch is refused, and the session stays what it is', async () => {
  const browser = await signedInAt(`home.${APEX}`)
  const refused = await browser.post('/orgs', { org_id: String(other.orgId), next: '/account' })
  expect([refused.status, (await refused.text()).includes('This address is that of HOME.')]).toEqual([409, true])
  expect((await browser.get('/members')).status).toBe(200)
  const same = await browser.post('/orgs', { org_id: String(home.orgId), next: '/account' })
  expect([same.status, same.headers.get('location')]).toEqual([303, '/account'])
  expect((await browser.get('/members')).status).toBe(200)
})

test('a session of one address is no session at another: the sign-in is due there, and leads on', async () => {
  const browser = await signedInAt(`home.${APEX}`)
  expect(browser.jar.has('hf_session')).toBe(true)
  const arrived = await app.fetch('/', { headers: { host: `other.${APEX}` } })
  expect([arrived.status, arrived.headers.get('location')]).toEqual([303, '/login'])
  const there = await signedInAt(`other.${APEX}`)
  expect(await (await there.get('/account')).text()).toContain(`other.${APEX}`)
  expect((await there.get('/members')).status).toBe(403)
})

test('a superadmin sees every org, searched and in pages, and an admin does not', async () => {
  for (let count = 0; count < 52; count++) await makeOrg(app.ctx, `many-${count}`)
  const page = await open(app, '/orgs', { person: operator })
  expect(page.html).toContain('Every organization')
  const [, next = ''] = /href="(\/orgs\?cursor=[^"]+)" rel="next"/.exec(page.html) ?? []
  const second = await open(app, next.replaceAll('&amp;', '&'), { person: operator })
  expect([second.html.includes('>HOME<'), second.html.includes('First page')]).toEqual([true, true])
  const found = await open(app, '/orgs?q=many-51', { person: operator, isPartial: true })
  expect([found.html.includes('<html'), found.html.includes('MANY-51'), found.html.includes('MANY-50')]).toEqual([
    ...[false, true, false],
  ])
  expect((await open(app, '/orgs?q=%3Cb%3Ezebra', { person: operator })).html).toContain('No organization found')
  expect((await open(app, '/orgs?cursor=!', { person: operator })).status).toBe(422)
  const own = await open(app, '/orgs?q=many&new=1', { person: ada })
  expect([own.html.includes('Every organization'), own.html.includes('MANY-'), own.html.includes('new-org')]).toEqual([
    ...[false, false, false],
  ])
})

test('a superadmin makes an org by a form, with a slug of the name unless he writes one', async () => {
  const made = await submit(app, '/orgs/new', { name: 'Ünïcode & Söhne', slug: '' }, { person: operator })
  expect([made.status, made.location, made.toast]).toEqual([
    ...[303, '/orgs', 'Ünïcode & Söhne is made. You are its first admin.'],
  ])
  expect((await open(app, '/orgs?q=unicode-sohne', { person: operator })).html).toContain('unicode-sohne.app')
  const again = await submit(
    app,
    '/orgs/new',
    { name: '<i>', slug: 'unicode-sohne' },
    { person: operator, isPartial: true },
  )
  expect([
    again.status,
    again.html.includes('Another organization has this slug.'),
    again.html.includes('<i>'),
  ]).toEqual([...[409, true, false]])
  const bad = await submit(app, '/orgs/new', { name: 'X', slug: 'a b' }, { person: operator })
  expect([bad.status, bad.html.includes('A slug has 1 to 63 letters')]).toEqual([422, true])
  expect((await submit(app, '/orgs/new', { name: 'Mine', slug: 'mine' }, { person: ada })).status).toBe(403)
  expect(await app.ctx.db.$count(orgs, eq(orgs.slug, 'mine'))).toBe(0)
})

test('a slug is proposed for the name, and one of the person’s own is left alone', async () => {
  const propose = async (query: Record<string, string>, person = operator) =>
    (await open(app, `/orgs/slug?${new URLSearchParams(query)}`, { person, isPartial: true })).html
  expect(await propose({ name: 'Acme Inc.', slug: '', proposal: '' })).toContain('value="acme-inc"')
  expect(await propose({ name: 'Beta', slug: 'acme-inc', proposal: 'acme-inc' })).toContain(
    'name="slug" type="text" class="form-control" value="beta"',
  )
  const kept = await propose({ name: 'Beta', slug: 'mine', proposal: 'acme-inc' })
  expect([kept.includes('value="mine"'), kept.includes('name="proposal" value="beta"')]).toEqual([true, true])
  expect(await propose({ name: 'Beta' }, ada)).not.toContain('beta')
})
