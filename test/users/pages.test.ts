import { expect, test } from 'bun:test'
import { jobs } from '#jobs/tables.ts'
import { openOrg, relayOf } from '#test/invites/arrange.ts'
import { open, submit } from '#test/members/visit.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { change, grant, join, makeOperator, rowOf, signIn } from './arrange.ts'

test('the page lists the accounts of this org only, for whoever may read them, and stands in the side bar', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const stranger = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  const viewer = await makePerson(app, org.orgId, 'viewer')
  const page = await open(app, '/users', { person: admin })
  expect(page.status).toBe(200)
  for (const email of [admin.email, viewer.email]) expect(page.html).toContain(email)
  expect(page.html).not.toContain(stranger.email)
  expect(page.html).not.toContain('Every organization')
  expect((await open(app, '/account', { person: admin })).html).toContain('href="/users"')
  expect((await open(app, '/users', { person: viewer })).status).toBe(403)
  expect((await open(app, '/account', { person: viewer })).html).not.toContain('href="/users"')
  expect((await open(app, '/users')).location).toBe('/login?next=%2Fusers')
})

test('who may read but not change sees no menus', async () => {
  await using org = await openOrg()
  const reader = await makePerson(org.app, org.orgId, 'viewer')
  await grant(org.app, reader, 'user.read')
  const page = await open(org.app, '/users', { person: reader })
  expect([page.status, page.html.includes('Actions for')]).toEqual([200, false])
  const { userId } = await makePerson(org.app, org.orgId, 'viewer')
  expect((await submit(org.app, `/users/${userId}/deactivate`, {}, { person: reader })).status).toBe(403)
  expect((await open(org.app, '/users', { person: org.admin })).html).toContain('Actions for')
})

test('a superadmin has a second list over all orgs, which nobody else gets by its address', async () => {
  await using org = await openOrg()
  const { app } = org
  const operator = await makeOperator(org)
  const stranger = await makePerson(app, (await makeOrg(app.ctx, 'faraway')).orgId)
  const own = await open(app, '/users', { person: operator })
  expect([own.html.includes('Every organization'), own.html.includes(stranger.email)]).toEqual([true, false])
  const all = await open(app, '/users?all=1', { person: operator })
  expect([all.html.includes(stranger.email), all.html.includes('FARAWAY')]).toEqual([true, true])
  expect(all.html).toContain('<input type="hidden" name="all" value="1"')
  const refused = await open(app, '/users?all=1', { person: org.admin })
  expect([refused.status, refused.html.includes(stranger.email)]).toEqual([403, false])
  const off = await submit(app, `/users/${stranger.userId}/rename`, { all: '1', name: 'Far' }, { person: operator })
  expect([off.status, off.location]).toEqual([303, '/users?all=1'])
})

test('filter, search and page stay in the links and forms, and what is typed is inert', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer', 'grace@example.test')
  await change(app, grace, { isActive: false })
  const found = await open(app, '/users?filter=deactivated&q=GRACE', { person: admin })
  expect(found.html).toContain('grace@example.test')
  expect(found.html).not.toContain(admin.email.replace('@', '@</'))
  expect(found.html).toContain('<input type="hidden" name="filter" value="deactivated"')
  const back = await submit(
    app,
    `/users/${grace.userId}/activate`,
    { filter: 'deactivated', q: 'GRACE' },
    { person: admin },
  )
  expect([back.location, back.toast]).toEqual(['/users?filter=deactivated&q=GRACE', 'grace can sign in again.'])
  const inert = await open(app, '/users?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&filter=%3Cb%3E', { person: admin })
  expect(inert.html).not.toContain('<script>alert')
  expect((await open(app, '/users?cursor=x', { person: admin })).status).toBe(422)
  const part = await open(app, '/users?q=nobody-of-that-name', { person: admin, isPartial: true })
  expect([part.html.startsWith('<div id="users">'), part.html.includes('0 accounts shown')]).toEqual([true, true])
})

for (const isPartial of [false, true]) {
  const how = isPartial ? 'htmx' : 'no script'
  test(`without a relay the temporary password is in the answer to the form, and in no cookie (${how})`, async () => {
    await using org = await openOrg()
    const { app, admin } = org
    const grace = await makePerson(app, org.orgId, 'viewer')
    const answer = await submit(app, `/users/${grace.userId}/reset-password`, {}, { person: admin, isPartial })
    expect(answer.status).toBe(200)
    const password = /value="((?:[0-9a-z]{5}-){3}[0-9a-z]{5})"/.exec(answer.html)?.[1] ?? ''
    expect(JSON.stringify([...answer.headers])).not.toContain(password)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect((await open(app, '/users', { person: admin })).html).not.toContain(password)
    expect((await signIn(app, grace.email, password)).body).toMatchObject({ must_reset_password: true })
  })

  test(`a refused name keeps its dialog open with the reason (${how})`, async () => {
    await using org = await openOrg()
    const grace = await makePerson(org.app, org.orgId, 'viewer')
    const refused = await submit(
      org.app,
      `/users/${grace.userId}/rename`,
      { name: ' ' },
      { person: org.admin, isPartial },
    )
    expect([refused.status, refused.html.includes('A name has 1 to 200 characters.')]).toEqual([422, true])
    expect(refused.html).toMatch(new RegExp(`id="user-${grace.userId}-rename"[^>]* open`))
  })
}

test('with a relay the sentence says where the password went, and the list shows that a reset is due', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer')
  const sent = await submit(app, `/users/${grace.userId}/reset-password`, {}, { person: admin })
  expect([sent.status, sent.location]).toEqual([303, '/users'])
  expect(sent.toast).toBe(`A temporary password is on its way to ${grace.email}.`)
  expect(await app.ctx.db.$count(jobs)).toBe(1)
  expect((await open(app, '/users?filter=reset_due', { person: admin })).html).toContain('Reset due')
  await change(app, grace, { passwordExpiresAt: app.ctx.clock.now() })
  const over = await open(app, '/users', { person: admin })
  for (const words of ['Password expired', 'reset it again']) expect(over.html).toContain(words)
})

test('what a form may not do comes back to the list as a sentence, and does nothing', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const both = await makePerson(app, org.orgId, 'viewer')
  await join(app, both, (await makeOrg(app.ctx)).orgId)
  const stranger = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  for (const [userId, words, status] of [
    [both.userId, 'Also belongs to another organization.', 403],
    [admin.userId, 'This is you: your name and password are on your account page.', 409],
    [stranger.userId, 'There is no such user.', 404],
  ] as const) {
    for (const form of ['deactivate', 'reset-password', 'activate']) {
      const refused = await submit(app, `/users/${userId}/${form}`, {}, { person: admin })
      expect([refused.status, refused.location, refused.toast]).toEqual([303, '/users', words])
      const part = await submit(app, `/users/${userId}/${form}`, {}, { person: admin, isPartial: true })
      expect([part.status, part.html.includes(words)]).toEqual([status, true])
    }
  }
  for (const person of [both, admin, stranger]) expect(await rowOf(app, person)).toMatchObject({ tokenVersion: 0 })
  const page = await open(app, '/users', { person: admin })
  expect(page.html).toContain('Also belongs to another organization.')
  expect(page.html).not.toContain(`/users/${both.userId}/deactivate`)
})

test('a form of another site does nothing', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const grace = await makePerson(app, org.orgId, 'viewer')
  const path = `/users/${grace.userId}/deactivate`
  expect((await submit(app, path, {}, { person: admin, site: 'cross-site' })).status).toBe(403)
  expect((await rowOf(app, grace)).isActive).toBe(true)
  expect((await submit(app, path, {}, { person: admin })).toast).toContain('can no longer sign in.')
  expect((await rowOf(app, grace)).isActive).toBe(false)
})
