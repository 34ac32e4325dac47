import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { users } from '#core/tenancy/tables.ts'
import { invites } from '#platform/invites/tables.ts'
import {
  accept,
  call,
  expire,
  invite,
  inviteRow,
  membershipsOf,
  newcomer,
  openOrg,
  relayOf,
} from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { open, submit } from './visit.ts'

const GRACE = { email: 'grace@example.test', role: 'designer' }

test('the page lists members and invitations of this org only, for whoever may read them', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const stranger = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  const viewer = await makePerson(app, org.orgId, 'viewer')
  await invite(org, GRACE.email)
  const page = await open(app, '/members', { person: admin })
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  for (const email of [admin.email, viewer.email, GRACE.email]) expect(page.html).toContain(email)
  expect(page.html).not.toContain(stranger.email)
  expect((await open(app, '/members', { person: viewer })).status).toBe(403)
  expect((await open(app, '/members')).location).toBe('/login?next=%2Fmembers')
})

test('the page takes four statements, the session included, however many people there are', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  await open(app, '/members', { person: admin })
  const before = app.statements.length
  await open(app, '/members?q=a', { person: admin })
  expect(app.statements.length - before).toBeLessThanOrEqual(4)
})

test('filter and search narrow the list, and stay in its links and forms', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const { id } = await invite(org, GRACE.email)
  await invite(org, 'dan@example.test')
  await expire(app, id)
  const pending = await open(app, '/members?filter=pending', { person: admin })
  expect(pending.html).toContain('dan@example.test')
  expect(pending.html).not.toContain(GRACE.email)
  const found = await open(app, '/members?filter=expired&q=GRACE', { person: admin })
  expect(found.html).toContain(GRACE.email)
  expect(found.html).toContain('<input type="hidden" name="filter" value="expired"')
  expect(found.html).toContain('<input type="hidden" name="q" value="GRACE"')
  const inert = await open(app, '/members?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&filter=%3Cb%3E', { person: admin })
  expect(inert.html).not.toContain('<script>alert')
  expect((await open(app, '/members?cursor=x', { person: admin })).status).toBe(422)
})

test('a partial request gets the list alone, and what to read out', async () => {
  await using org = await openOrg()
  const part = await open(org.app, '/members?q=nobody', { person: org.admin, isPartial: true })
  expect(part.html).toStartWith('<div id="members">')
  expect(part.html).not.toContain('<html')
  expect(part.html).toContain('0 people shown')
})

test('an invitation by the form goes to the queue and back to the list, with a sentence', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp), worker: true })
  const { app, admin } = org
  const sent = await submit(app, '/members/invites', { ...GRACE, filter: 'pending', q: 'gra' }, { person: admin })
  expect([sent.status, sent.location]).toEqual([303, '/members?filter=pending&q=gra'])
  expect(sent.toast).toContain(GRACE.email)
  await smtp.received(1)
  const more = { email: 'dan@example.test', role: 'viewer' }
  const part = await submit(app, '/members/invites', more, { person: admin, isPartial: true })
  expect([part.status, part.html.startsWith('<div id="members">')]).toEqual([200, true])
  expect(part.html).toContain('The invitation for dan@example.test is on its way.')
})

test('without a relay the link is in the answer to the form itself, and in no cookie', async () => {
  await using org = await openOrg()
  for (const isPartial of [false, true]) {
    const email = `partial-${isPartial}@example.test`
    const answer = await submit(org.app, '/members/invites', { ...GRACE, email }, { person: org.admin, isPartial })
    expect(answer.status).toBe(200)
    const token = /accept-invite\?token=([\w-]{43})/.exec(answer.html)?.[1] ?? ''
    expect(JSON.stringify([...answer.headers])).not.toContain(token)
    expect((await accept(org.app, newcomer(token))).status).toBe(201)
    expect((await open(org.app, '/members', { person: org.admin })).html).not.toContain(token)
  }
})

for (const isPartial of [false, true]) {
  test(`a refused invitation keeps its form open with the reason (${isPartial ? 'htmx' : 'no script'})`, async () => {
    await using org = await openOrg()
    const mate = await makePerson(org.app, org.orgId, 'viewer')
    for (const [form, status, words] of [
      [{ ...GRACE, email: 'grace' }, 422, 'This is not an e-mail address.'],
      [{ ...GRACE, role: 'owner' }, 422, 'There is no such role.'],
      [{ ...GRACE, email: mate.email }, 409, 'This person is a member already.'],
    ] as const) {
      const refused = await submit(org.app, '/members/invites', form, { person: org.admin, isPartial })
      expect([refused.status, refused.html.includes(words)]).toEqual([status, true])
      expect(refused.html).toContain(`value="${form.email}"`)
    }
    expect(await org.app.ctx.db.$count(invites)).toBe(0)
  })
}

test('the dialog opens by an address, filled in for whoever is invited again', async () => {
  await using org = await openOrg()
  const closed = await open(org.app, '/members', { person: org.admin })
  const page = await open(org.app, '/members?invite=1&email=grace%40example.test&role=designer', { person: org.admin })
  expect(closed.html).not.toContain('value="grace@example.test"')
  expect(page.html).toContain('value="grace@example.test"')
  expect(page.html).toMatch(/value="designer" checked/)
})

test('a resend that fails shows the words of the server, and the row keeps them', async () => {
  await using smtp = await startSmtp({ rejectRcpt: () => ({ code: 550, text: '5.1.1 <b>nobody</b> here' }) })
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const { body } = await call(app, 'POST', '/api/invites', admin, GRACE)
  const failed = await submit(app, `/members/invites/${body.id}/resend`, {}, { person: admin, isPartial: true })
  expect(failed.status).toBe(200)
  expect(failed.html).toContain('5.1.1 &lt;b')
  expect(failed.html).not.toContain('<b>nobody')
  const row = (await open(app, '/members', { person: admin })).html
  expect(row).toContain('Not delivered')
  expect(row).toContain('5.1.1 &lt;b')
})

test('a resend and a revocation by the form come back to the list', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const { id, token } = await invite(org, GRACE.email)
  const resent = await submit(app, `/members/invites/${id}/resend`, {}, { person: admin })
  expect(resent.html).toMatch(/accept-invite\?token=[\w-]{43}/)
  expect(resent.html).not.toContain(token)
  const revoked = await submit(app, `/members/invites/${id}/revoke`, { q: 'x' }, { person: admin })
  expect([revoked.status, revoked.location]).toEqual([303, '/members?q=x'])
  expect(revoked.toast).toBe('The invitation for grace@example.test is revoked.')
  expect((await inviteRow(app, id)).state).toBe('revoked')
})

test('what can no longer be done leads back to the list with the reason', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const { id } = await invite(org, GRACE.email)
  await expire(app, id)
  for (const [path, form, status, words] of [
    [`/members/invites/${id}/revoke`, {}, 409, 'This invitation has expired.'],
    [`/members/invites/${id}/resend`, {}, 409, 'This invitation has expired.'],
    ['/members/invites/99999/revoke', {}, 404, 'There is no such invitation.'],
    [`/members/${admin.userId}/remove`, {}, 409, 'An organization keeps at least one admin.'],
    [`/members/${admin.userId}/role`, { role: 'viewer' }, 409, 'An organization keeps at least one admin.'],
    [`/members/${admin.userId}/role`, { role: 'owner' }, 422, 'There is no such role.'],
    ['/members/99999/remove', {}, 404, 'There is no such member.'],
  ] as const) {
    const back = await submit(app, path, form, { person: admin })
    expect([path, back.status, back.location]).toEqual([path, 303, '/members'])
    expect(back.toast).toStartWith(words)
    const part = await submit(app, path, form, { person: admin, isPartial: true })
    expect([path, part.status, part.html.startsWith('<div id="members">')]).toEqual([path, status, true])
    expect(part.html).toContain(words)
  }
})

test('a mail that waits for its next try says why', async () => {
  await using org = await openOrg()
  const { id } = await invite(org, GRACE.email)
  const words = '451 4.7.1 Come back in a minute'
  await org.app.ctx.db.update(invites).set({ mailState: 'queued', mailError: words }).where(eq(invites.id, id))
  const { html } = await open(org.app, '/members', { person: org.admin })
  expect(html).toContain(words)
  expect(html).toContain('will be tried again')
})

test('a role is changed and a member removed by the form', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const mate = await makePerson(app, org.orgId, 'viewer')
  const changed = await submit(app, `/members/${mate.userId}/role`, { role: 'analyst' }, { person: admin })
  expect([changed.status, changed.location]).toEqual([303, '/members'])
  expect((await membershipsOf(app, mate.userId)).map(({ role }) => role)).toEqual(['analyst'])
  const removed = await submit(app, `/members/${mate.userId}/remove`, {}, { person: admin, isPartial: true })
  expect([removed.status, removed.html.includes('is no longer a member.')]).toEqual([200, true])
  expect(await membershipsOf(app, mate.userId)).toEqual([])
})

for (const [what, path, form] of [
  ['leaves', 'remove', {}],
  ['gives up his role', 'role', { role: 'viewer' }],
] as const) {
  test(`whoever ${what} is led to a page he may see`, async () => {
    await using org = await openOrg()
    const { app } = org
    for (const isPartial of [false, true]) {
      const mate = await makePerson(app, org.orgId, 'admin')
      const left = await submit(app, `/members/${mate.userId}/${path}`, form, { person: mate, isPartial })
      if (isPartial) expect([left.status, left.headers.get('hx-redirect')]).toEqual([204, '/'])
      else expect([left.status, left.location]).toEqual([303, '/'])
      expect((await open(app, '/members', { person: mate })).status).toBe(403)
    }
  })
}

test('a form from another site, and one of a viewer, change nothing', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const viewer = await makePerson(app, org.orgId, 'viewer')
  const { id } = await invite(org, 'dan@example.test')
  const paths = [
    '/members/invites',
    `/members/invites/${id}/revoke`,
    `/members/invites/${id}/resend`,
    `/members/${viewer.userId}/role`,
    `/members/${viewer.userId}/remove`,
  ]
  const rolesOf = async () => (await membershipsOf(app, viewer.userId)).map(({ role }) => role)
  const before = await inviteRow(app, id)
  for (const path of paths) {
    expect((await submit(app, path, GRACE, { person: admin, site: 'cross-site' })).status).toBe(403)
    expect((await submit(app, path, GRACE, { person: admin, site: 'same-site' })).status).toBe(403)
    expect((await submit(app, path, GRACE, { person: viewer })).status).toBe(403)
    expect((await submit(app, path, GRACE)).location).toBe('/login')
  }
  expect([await inviteRow(app, id), await rolesOf()]).toEqual([before, ['viewer']])
  expect(await app.ctx.db.$count(invites)).toBe(1)
  for (const path of paths) expect((await submit(app, path, GRACE, { person: admin })).status).toBeLessThan(400)
})

test('names, e-mails and server words that look like markup are shown as text', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const evil = '<img src=x onerror=alert(1)>'
  await app.ctx.db.update(users).set({ name: evil }).where(eq(users.id, admin.userId))
  const { id } = await invite(org, GRACE.email)
  await app.ctx.db.update(invites).set({ mailState: 'failed', mailError: evil }).where(eq(invites.id, id))
  const { html } = await open(app, '/members', { person: admin })
  expect(html).not.toContain('<img src=x')
  expect(html).toContain('&lt;img src=x onerror=alert(1)')
})
