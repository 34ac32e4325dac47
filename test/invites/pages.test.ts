import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { open, submit } from '#test/members/visit.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { call, invite, inviteRow, membershipsOf, NEW_PASSWORD, newcomer, openOrg, userRow } from './arrange.ts'

const GRACE = 'grace@example.test'

async function openLink() {
  const org = await openOrg()
  const mate = await makePerson(org.app, (await makeOrg(org.app.ctx)).orgId)
  const link = await invite(org, GRACE, 'designer')
  const known = await invite(org, mate.email)
  const path = (token: string) => `/accept-invite?token=${token}`
  return { ...org, mate, link, known, path, [Symbol.asyncDispose]: () => org[Symbol.asyncDispose]() }
}

test('a newcomer chooses a name and a password, and is led to the sign-in; the link signs nobody in', async () => {
  await using org = await openLink()
  const { app, link } = org
  const page = await open(app, org.path(link.token))
  expect([page.status, page.html.includes('name="password"')]).toEqual([200, true])
  expect(page.headers.get('referrer-policy')).toBe('same-origin')
  const joined = await submit(app, '/accept-invite', newcomer(link.token))
  expect([joined.status, joined.location]).toEqual([303, `/login?email=${encodeURIComponent(GRACE)}`])
  expect(joined.toast).toContain('Sign in')
  expect(joined.headers.getSetCookie().join()).not.toContain('hf_session')
  const login = await open(app, joined.location ?? '')
  expect(login.html).toContain(`value="${GRACE}"`)
  const credentials = { username: GRACE, password: NEW_PASSWORD }
  expect((await call(app, 'POST', '/api/auth/login', undefined, credentials)).status).toBe(200)
})

for (const isPartial of [false, true]) {
  test(`a refused password keeps the name, says why, and shows no password (${isPartial ? 'htmx' : 'no script'})`, async () => {
    await using org = await openLink()
    const form = { ...newcomer(org.link.token), password: 'short-secret' }
    const refused = await submit(org.app, '/accept-invite', { ...form, password: 'too-short' }, { isPartial })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('A password has at least 12 characters.')
    expect(refused.html).toContain('value="Grace Hopper"')
    expect(refused.html).not.toContain('too-short')
    expect(await userRow(org.app, GRACE)).toBeUndefined()
    const unnamed = await submit(org.app, '/accept-invite', { ...form, name: ' ' }, { isPartial })
    expect([unnamed.status, unnamed.html.includes('A name has 1 to')]).toEqual([422, true])
    expect(refused.html.startsWith('<div id="accept-invite">')).toBe(isPartial)
  })
}

test('an existing account is asked to sign in, and comes back to the link', async () => {
  await using org = await openLink()
  const page = await open(org.app, org.path(org.known.token))
  const next = encodeURIComponent(org.path(org.known.token))
  expect(page.html).toContain(`href="/login?next=${next}"`)
  expect(page.html).not.toContain('name="password"')
  const forced = await submit(org.app, '/accept-invite', newcomer(org.known.token))
  expect([forced.status, forced.html.includes(`/login?next=${next}`)]).toEqual([401, true])
  expect((await inviteRow(org.app, org.known.id)).state).toBe('pending')
})

test('an existing account that is signed in joins with one click, and keeps its password', async () => {
  await using org = await openLink()
  const { app, mate, known } = org
  const page = await open(app, org.path(known.token), { person: mate })
  expect(page.html).toContain(`Join ${org.slug.toUpperCase()}`)
  expect(page.html).not.toContain('name="password"')
  const before = await userRow(app, mate.email)
  const form = { token: known.token, password: NEW_PASSWORD, name: 'Mallory' }
  const joined = await submit(app, '/accept-invite', form, { person: mate })
  expect([joined.status, joined.location, joined.toast]).toEqual([
    303,
    '/',
    `You are a member of ${org.slug.toUpperCase()} now.`,
  ])
  expect(await userRow(app, mate.email)).toEqual({ ...Object(before), defaultOrgId: org.orgId })
  expect(await membershipsOf(app, mate.userId)).toHaveLength(2)
})

test('someone else who is signed in is told so, and nothing happens', async () => {
  await using org = await openLink()
  const { app, admin } = org
  for (const { id, token } of [org.link, org.known]) {
    const page = await open(app, org.path(token), { person: admin })
    expect(page.html).toContain(`You are signed in as ${admin.email}`)
    const forced = await submit(app, '/accept-invite', newcomer(token), { person: admin })
    expect([forced.status, forced.html.includes(`You are signed in as ${admin.email}`)]).toEqual([403, true])
    expect((await inviteRow(app, id)).state).toBe('pending')
  }
  expect(await userRow(app, GRACE)).toBeUndefined()
  expect((await submit(app, '/accept-invite', newcomer(org.link.token))).status).toBe(303)
})

test('a person whose password is due changes it first; a deactivated one is told', async () => {
  await using org = await openLink()
  const { app, mate, known } = org
  await app.ctx.db.update(users).set({ mustResetPassword: true }).where(eq(users.id, mate.userId))
  const due = await submit(app, '/accept-invite', { token: known.token }, { person: mate })
  expect([due.status, due.location?.startsWith('/account/password')]).toEqual([303, true])
  await app.ctx.db.update(users).set({ mustResetPassword: false, isActive: false }).where(eq(users.id, mate.userId))
  const asleep = await submit(app, '/accept-invite', { token: known.token }, { person: mate })
  expect([asleep.status, asleep.html.includes('This account is deactivated')]).toEqual([403, true])
  expect(await membershipsOf(app, mate.userId)).toHaveLength(1)
})

test('a link that is gone is a page of its own with 410, whoever looks', async () => {
  await using org = await openLink()
  const { app, admin, link } = org
  await call(app, 'POST', `/api/invites/${link.id}/revoke`, admin)
  for (const token of [link.token, 'A'.repeat(43), '', '<script>']) {
    const page = await open(app, `/accept-invite?token=${encodeURIComponent(token)}`)
    expect([page.status, page.html.includes('This invitation no longer works')]).toEqual([410, true])
    expect((await submit(app, '/accept-invite', newcomer(token))).status).toBe(410)
    const part = await submit(app, '/accept-invite', newcomer(token), { isPartial: true })
    expect(part.headers.get('hx-redirect')).toBe(`/accept-invite?token=${encodeURIComponent(token)}`)
  }
  expect((await open(app, '/accept-invite')).status).toBe(410)
})

test('whoever is a member already is told so, and the link is closed', async () => {
  await using org = await openLink()
  const { app, mate, known } = org
  const createdAt = app.ctx.clock.now()
  await app.ctx.db.insert(userOrgs).values({ orgId: org.orgId, userId: mate.userId, role: 'viewer', createdAt })
  const told = await submit(app, '/accept-invite', { token: known.token }, { person: mate })
  expect([told.status, told.location, told.toast]).toEqual([303, '/', 'You are a member of this organization already.'])
  expect((await inviteRow(app, known.id)).state).toBe('revoked')
  expect((await open(app, org.path(known.token), { person: mate })).status).toBe(410)
})

test('a form from another site accepts nothing', async () => {
  await using org = await openLink()
  const refused = await submit(org.app, '/accept-invite', newcomer(org.link.token), { site: 'cross-site' })
  expect(refused.status).toBe(403)
  expect(await userRow(org.app, GRACE)).toBeUndefined()
  expect((await submit(org.app, '/accept-invite', newcomer(org.link.token))).status).toBe(303)
})
