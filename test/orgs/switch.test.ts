import { expect, test } from 'bun:test'
import { addMember } from '#core/tenancy/org.ts'
import { visit } from '#test/sessions/visitor.ts'
import { makeOrg, makePerson, PASSWORD, startTestApp, type TestApp } from '#test/support/app.ts'

/** A person who is admin of one org and viewer of another, signed in on the first. */
async function inTwoOrgs(app: TestApp) {
  const home = await makeOrg(app.ctx)
  const other = await makeOrg(app.ctx)
  const person = await makePerson(app, home.orgId, 'admin')
  await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, other.orgId, person.userId, 'viewer'))
  const browser = visit(app)
  await browser.post('/login', { username: person.email, password: PASSWORD })
  return { home, other, browser }
}

test('the picker lists every org of the person, and a switch changes what he may do', async () => {
  await using app = await startTestApp()
  const { home, other, browser } = await inTwoOrgs(app)
  const picker = await (await browser.get('/orgs')).text()
  expect(picker).toContain(home.slug)
  expect(picker).toContain(other.slug)
  expect((await browser.get('/members')).status).toBe(200)

  const switched = await browser.post('/orgs', { org_id: String(other.orgId), next: '/account' })
  expect([switched.status, switched.headers.get('location')]).toEqual([303, '/account'])
  expect((await browser.get('/members')).status).toBe(403)

  await browser.post('/orgs', { org_id: String(home.orgId) })
  expect((await browser.get('/members')).status).toBe(200)
})

test('a switch ends the session before it, and the new one is no younger', async () => {
  await using app = await startTestApp()
  const { other, browser } = await inTwoOrgs(app)
  const before = browser.jar.get('hf_session') ?? ''
  const startedAt = (await app.bearer.verify(before))?.startedAt
  await browser.post('/orgs', { org_id: String(other.orgId) })
  const after = browser.jar.get('hf_session') ?? ''
  expect((await app.bearer.verify(after))?.startedAt).toEqual(startedAt)
  expect(after).not.toBe(before)
  expect((await browser.get('/account')).status).toBe(200)
  const old = await app.fetch('/account', { headers: { cookie: `hf_session=${before}` } })
  expect([old.status, old.headers.get('location')?.split('?')[0]]).toEqual([303, '/login'])
})

test('an org of others and one that does not exist are refused alike, and the session stays', async () => {
  await using app = await startTestApp()
  const { browser } = await inTwoOrgs(app)
  const stranger = await makeOrg(app.ctx)
  for (const orgId of [String(stranger.orgId), '999999']) {
    expect((await browser.post('/orgs', { org_id: orgId })).status).toBe(403)
  }
  for (const orgId of ['', 'x', '0', '-1']) {
    expect((await browser.post('/orgs', { org_id: orgId })).status).toBe(422)
  }
  expect((await browser.get('/members')).status).toBe(200)
})
