import { afterAll, beforeAll, expect, test } from 'bun:test'
import { and, eq } from 'drizzle-orm'
import { groupGrants, groupMembers, groups } from '#core/access/tables.ts'
import { DOCUMENT_BYTES_MAX } from '#core/license/document.ts'
import { userOrgs } from '#core/tenancy/tables.ts'
import { makeGroup } from '#test/groups/arrange.ts'
import { open, submit } from '#test/members/visit.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { auditOf, documentFor, forged, putRow, show } from './arrange.ts'

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

test('the page says what closes and when, and what has happened to the licence', async () => {
  const { org, admin: person } = await place()
  const bare = await open(app, '/settings/license', { person })
  for (const words of ['Nothing: without a licence this install is open', 'What is installed, refused or removed']) {
    expect(bare.html).toContain(words)
  }
  const terms = { expires: '2090-01-01', features: ['chat_connector', 'of_tomorrow'] }
  await submit(app, '/settings/license', { license: documentFor(org.slug, 0, terms) }, { person })
  await submit(app, '/settings/license', { license: 'nothing' }, { person })
  const { html } = await open(app, '/settings/license', { person })
  for (const words of [
    ...['2090-01-02 00:00 UTC', 'The licence expires and the grace period begins.', '2090-01-12 00:00 UTC'],
    ...['for reading too: Chat connector, of_tomorrow.', 'href="/audit-log?q=license"', person.email],
    ...['Installed a licence: Acme Ltd, professional, until 2090', 'refused: not_json', 'just now'],
  ]) {
    expect(html).toContain(words)
  }
  expect(html.indexOf('refused: not_json')).toBeLessThan(html.indexOf('Installed a licence: Acme'))
})

test('the history is of one org, of ten events, and leads to the log only who may read it', async () => {
  const { org, admin: person } = await place()
  const other = await place()
  for (let time = 0; time < 12; time++) await submit(app, '/settings/license', { license: `${time}` }, { person })
  const full = await open(app, '/settings/license', { person })
  expect(full.html.split('Uploaded a licence that was refused').length - 1).toBe(10)
  const foreign = await open(app, '/settings/license', { person: other.admin })
  expect(foreign.html).not.toContain('Uploaded a licence')
  const licensee = await makePerson(app, org.orgId, 'viewer')
  await makeGroup(app, org.orgId, ['license.edit'], [licensee])
  const { html } = await open(app, '/settings/license', { person: licensee })
  expect(html).toContain('Uploaded a licence that was refused')
  expect(html).not.toContain('/audit-log?q=license')
})

test('another date is shown without a script, and by htmx as a part of the page', async () => {
  const { org, admin: person } = await place()
  await putRow(app, org, documentFor(org.slug, 0, { expires: '2090-01-01', features: ['chat_connector'] }))
  const path = '/settings/license?at=2090-01-12'
  const whole = await open(app, path, { person })
  const part = await open(app, path, { person, isPartial: true })
  expect([whole.status, part.status, part.html.includes('<html')]).toEqual([200, 200, false])
  for (const { html } of [whole, part]) {
    for (const words of [
      '2090-01-12 00:00 UTC',
      'Expired',
      'Closed: POST',
      'Chat connector, AI dash',
      'POST /api/license',
    ]) {
      expect(html).toContain(words)
    }
  }
  const before = await open(app, '/settings/license?at=2090-01-11', { person, isPartial: true })
  expect(before.html).toContain('Grace period')
  expect(before.html).toContain('expired from 2090-01-12 00:00 UTC')
  expect(before.html).not.toContain('Closed: POST')
  for (const isPartial of [false, true]) {
    const wrong = await open(app, '/settings/license?at=%3Cb%3E2090-02-30', { person, isPartial })
    expect([wrong.status, wrong.html.includes('The date is one like')]).toEqual([422, true])
    expect(wrong.html).not.toContain('<b>2090')
  }
})

test('the own licence is removed after a question, in an expired org too, and another’s is not offered', async () => {
  const { org, admin: person } = await place()
  const dialog = 'action="/settings/license/remove"'
  expect((await open(app, '/settings/license', { person })).html).not.toContain(dialog)
  await putRow(app, org, documentFor(org.slug, -30))
  const { html } = await open(app, '/settings/license', { person })
  expect(html).toContain(dialog)
  expect(html).toContain(`Remove the licence of ${org.slug.toUpperCase()}?`)
  const outsider = await makePerson(app, org.orgId, 'viewer')
  expect((await submit(app, '/settings/license/remove', {}, { person: outsider })).status).toBe(403)
  expect((await show(app, person)).status).toBe('expired')
  const removed = await submit(app, '/settings/license/remove', {}, { person })
  expect([removed.status, removed.location, removed.toast]).toEqual([
    303,
    '/settings/license',
    'The licence is removed.',
  ])
  expect((await show(app, person)).status).toBe('missing')
  expect(await auditOf(app, org.orgId)).toMatchObject([{ action: 'license.removed', detail: { status: 'expired' } }])
})

async function drop(person: TestPerson, content: BlobPart | undefined, isPartial = false) {
  const form = new FormData()
  form.set('file', content === undefined ? new File([], '') : new File([content], '../../acme.license.json'))
  const headers = {
    cookie: `hf_session=${person.jwt}`,
    'sec-fetch-site': 'same-origin',
    ...(isPartial && { 'hx-request': 'true', 'hx-request-type': 'partial' }),
  }
  const answer = await app.fetch('/settings/license/file', { method: 'POST', headers, body: form })
  return { status: answer.status, html: await answer.text(), location: answer.headers.get('location') }
}

test('a file counts at once, with and without a script, in an expired org too', async () => {
  const { org, admin: person } = await place()
  await putRow(app, org, documentFor(org.slug, -30))
  const plain = await drop(person, documentFor(org.slug, 20))
  expect([plain.status, plain.location]).toEqual([303, '/settings/license'])
  expect(await show(app, person)).toMatchObject({ status: 'valid', days_remaining: 20 })
  const partial = await drop(person, `\uFEFF${documentFor(org.slug, 40)}`, true)
  expect([partial.status, partial.html.includes('40 days left')]).toEqual([200, true])
})

test('a file that is refused says why beside its field, and the licence before stays', async () => {
  const { org, admin: person } = await place()
  await putRow(app, org, documentFor(org.slug, 20))
  const cases: [content: BlobPart | undefined, words: string][] = [
    [undefined, 'Choose the file of the licence.'],
    [new Uint8Array([0x7b, 0xff]), 'The file is not a text in UTF-8.'],
    ['<b>no licence</b>', 'The text is not JSON.'],
    [forged(documentFor(org.slug)), 'The signature does not fit'],
    [' '.repeat(DOCUMENT_BYTES_MAX + 1), 'A licence is no larger than 1024 KiB.'],
  ]
  for (const [content, words] of cases) {
    for (const isPartial of [false, true]) {
      const refused = await drop(person, content, isPartial)
      expect([words, refused.status, refused.html.includes(words)]).toEqual([words, 422, true])
      expect(refused.html).toContain('id="license-file-fault"')
      expect(refused.html).not.toContain('<b>no licence')
    }
  }
  expect(await show(app, person)).toMatchObject({ status: 'valid', days_remaining: 20 })
  const outsider = await makePerson(app, org.orgId, 'viewer')
  expect((await drop(outsider, documentFor(org.slug, 40))).status).toBe(403)
  expect(await show(app, person)).toMatchObject({ days_remaining: 20 })
})

test('ten megabytes, dropped or pasted, are refused with one sentence', async () => {
  const { org, admin: person } = await place()
  await putRow(app, org, documentFor(org.slug, 20))
  const large = 'x'.repeat(10 * 1024 * 1024)
  const dropped = await drop(person, large)
  expect([dropped.status, dropped.html.includes('The body is larger than 2048 KiB.')]).toEqual([413, true])
  const pasted = await submit(app, '/settings/license', { license: large }, { person })
  expect([pasted.status, pasted.html.includes('The body is larger than 1024 KiB.')]).toEqual([413, true])
  const part = await drop(person, large, true)
  expect([part.status, part.html.includes('The body is larger than 2048 KiB.')]).toEqual([413, true])
  expect(await show(app, person)).toMatchObject({ status: 'valid', days_remaining: 20 })
})
