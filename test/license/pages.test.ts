import { afterAll, beforeAll, expect, test } from 'bun:test'
import { and, eq } from 'drizzle-orm'
import { groupGrants, groupMembers, groups } from '#core/access/tables.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import { open, submit } from '#test/members/visit.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { documentFor, forged, putRow, show } from './arrange.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => app[Symbol.asyncDispose]())

async function place() {
  const org = await makeOrg(app.ctx)
  return { org, admin: await makePerson(app, org.orgId) }
}

/** A member who may invite by his group, and do nothing else. */
async function inviter(orgId: number): Promise<TestPerson> {
  const person = await makePerson(app, orgId, 'viewer')
  const createdAt = app.ctx.clock.now()
  const group = { orgId, name: 'Inviters', nameKey: 'inviters', createdAt }
  const [{ groupId } = { groupId: 0 }] = await app.ctx.db.insert(groups).values(group).returning({ groupId: groups.id })
  const isHis = and(eq(userOrgs.userId, person.userId), eq(userOrgs.orgId, orgId))
  const [membership] = await app.ctx.db.select({ id: userOrgs.id }).from(userOrgs).where(isHis)
  await app.ctx.db.insert(groupMembers).values({ orgId, groupId, membershipId: membership?.id ?? 0, createdAt })
  await app.ctx.db.insert(groupGrants).values({ orgId, groupId, permission: 'invite.edit', target: '', createdAt })
  return person
}

test('the page shows the state with its badge, and /license leads there', async () => {
  const { org, admin: person } = await place()
  expect((await open(app, '/license', { person })).location).toBe('/settings/license')
  expect((await open(app, '/settings/license', { person })).html).toContain('No licence')
  for (const [days, words] of [
    [30, ['Active', '30 days left', '1 of 25 used', 'hub_platform', 'Chat connector (chat_connector)', 'of_tomorrow']],
    [-3, ['Grace period']],
    [-30, ['Expired']],
  ] as const) {
    await putRow(app, org, documentFor(org.slug, days, { features: ['chat_connector', 'of_tomorrow'] }))
    const { html } = await open(app, '/settings/license', { person })
    for (const word of words) expect(html).toContain(word)
  }
  await putRow(app, org, forged(documentFor(org.slug)))
  const { html } = await open(app, '/settings/license', { person })
  expect(html).toContain('Invalid')
  expect(html).toContain('The signature does not fit')
  expect(html).toContain('href="/settings/license"')
})

test('the page warns when nine of ten seats are taken', async () => {
  const { org, admin: person } = await place()
  for (let time = 0; time < 7; time++) await makePerson(app, org.orgId, 'viewer')
  await putRow(app, org, documentFor(org.slug, 30, { users_limit: 10 }))
  expect((await open(app, '/settings/license', { person })).html).not.toContain('left</p>')
  await makePerson(app, org.orgId, 'viewer')
  expect((await open(app, '/settings/license', { person })).html).toContain('1 seat left')
  await makePerson(app, org.orgId, 'viewer')
  expect((await open(app, '/settings/license', { person })).html).toContain('All 10 seats are taken')
})

test('a pasted document counts at once, with and without a script', async () => {
  const { org, admin: person } = await place()
  const plain = await submit(app, '/settings/license', { license: documentFor(org.slug, 20) }, { person })
  expect([plain.status, plain.location, plain.toast]).toEqual([303, '/settings/license', 'The licence is installed.'])
  expect(await show(app, person)).toMatchObject({ status: 'valid', days_remaining: 20 })
  const license = documentFor(org.slug, 40)
  const partial = await submit(app, '/settings/license', { license }, { person, isPartial: true })
  expect([partial.status, partial.html.includes('40 days left')]).toEqual([200, true])
  expect(await show(app, person)).toMatchObject({ days_remaining: 40 })
})

test('a refused document stays in the box with the reason, and the one before stays', async () => {
  const { org, admin: person } = await place()
  await putRow(app, org, documentFor(org.slug, 20))
  for (const isPartial of [false, true]) {
    const refused = await submit(app, '/settings/license', { license: '<b>no licence</b>' }, { person, isPartial })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('The text is not JSON.')
    expect(refused.html).toContain('&lt;b&gt;no licence')
    expect(refused.html).toContain('20 days left')
  }
})

test('whoever is sent there by a refusal reads why, and an address cannot put words there', async () => {
  const { org, admin: person } = await place()
  await putRow(app, org, documentFor(org.slug, -30))
  const refused = await submit(app, '/members/invites', { email: 'a@b.test', role: 'viewer' }, { person })
  const there = await open(app, refused.location ?? '', { person })
  expect(there.html).toContain('Nothing was saved')
  expect(there.html).toContain('The licence of this organization has expired.')
  const hostile = await open(app, '/settings/license?refused=Call+0900', { person })
  expect(hostile.html).not.toContain('Nothing was saved')
})

test('a member without license.edit gets a page that names whom to ask, and does not get the page of the licence', async () => {
  const { org, admin } = await place()
  await putRow(app, org, documentFor(org.slug, -30))
  const person = await inviter(org.orgId)
  const form = { email: 'a@b.test', role: 'viewer' }
  const refused = await submit(app, '/members/invites', form, { person })
  expect([refused.status, refused.location]).toEqual([403, null])
  const name = admin.email.split('@')[0] ?? ''
  expect(refused.html).toContain(`has expired. Ask ${name}.`)
  const partial = await submit(app, '/members/invites', form, { person, isPartial: true })
  expect([partial.status, partial.html.includes(`Ask ${name}.`)]).toEqual([403, true])
  expect((await open(app, '/settings/license', { person })).status).toBe(403)
  const foreign = await submit(app, '/settings/license', { license: documentFor(org.slug) }, { person })
  expect(foreign.status).toBe(403)
  await putRow(app, org, documentFor(org.slug, 30))
  const fine = await submit(app, '/members/invites', form, { person })
  expect(fine.status).not.toBe(403)
  expect(app.lines.join()).not.toContain('signature')
})
