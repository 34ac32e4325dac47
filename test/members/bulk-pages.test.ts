import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { DAY_MS } from '#lib/clock.ts'
import { invites } from '#platform/invites/tables.ts'
import { accept, expire, invite, inviteRow, newcomer, type Org, openOrg, relayOf } from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { elementsOf, valuesOf } from '#test/views/markup.ts'
import { open, submit } from './visit.ts'

const BULK = '/members/invites/bulk'
const MANY = '/members/invites/many'

function ticksIn(html: string): string[] {
  return valuesOf(html, 'input', 'name').filter((name) => name?.startsWith('pick-'))
}

async function fill({ app, orgId }: Pick<Org, 'app' | 'orgId'>, count: number): Promise<void> {
  const createdAt = app.ctx.clock.now()
  const expiresAt = new Date(createdAt.getTime() + DAY_MS)
  const open = { orgId, role: 'viewer', state: 'pending', mailState: 'sent', createdAt, expiresAt } as const
  const rows = Array.from({ length: count }, (_, at) => ({
    ...open,
    email: `guest-${at}@example.test`,
    tokenHash: `${orgId}-${at}`,
  }))
  await app.ctx.db.insert(invites).values(rows)
}

test('only pending rows can be ticked, by whoever may invite, in a form that works without scripts', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const pending = await invite(org, 'pending@example.test')
  const expired = await invite(org, 'expired@example.test')
  await expire(app, expired.id)
  const joined = await invite(org, 'joined@example.test')
  await accept(app, newcomer(joined.token))
  const { html } = await open(app, '/members', { person: admin })
  expect(ticksIn(html)).toEqual([`pick-${pending.id}`])
  const tick = elementsOf(html).find(({ attributes }) => attributes.get('name') === `pick-${pending.id}`)
  expect(tick?.attributes.get('form')).toBe('bulk')
  expect(tick?.attributes.get('aria-label')).toBe('Select the invitation for pending@example.test')
  for (const filter of ['members', 'expired']) {
    const other = await open(app, `/members?filter=${filter}`, { person: admin })
    expect([filter, ticksIn(other.html), other.html.includes('id="bulk"')]).toEqual([filter, [], false])
  }
})

for (const isPartial of [false, true]) {
  test(`ticked rows are revoked, and the sentence says how many (${isPartial ? 'htmx' : 'no script'})`, async () => {
    await using org = await openOrg()
    const { app, admin } = org
    const [one, two, three] = [
      await invite(org, 'one@example.test'),
      await invite(org, 'two@example.test'),
      await invite(org, 'three@example.test'),
    ]
    await accept(app, newcomer(two.token))
    const form = { act: 'revoke', q: 'e', [`pick-${one.id}`]: '1', [`pick-${two.id}`]: '1' }
    const answer = await submit(app, BULK, form, { person: admin, isPartial })
    const words = 'Revoked 1 of 2 (1 already accepted)'
    if (isPartial) expect([answer.status, answer.html.includes(words)]).toEqual([200, true])
    else expect([answer.status, answer.location, answer.toast]).toEqual([303, '/members?q=e', words])
    expect((await inviteRow(app, one.id)).state).toBe('revoked')
    expect((await inviteRow(app, three.id)).state).toBe('pending')
  })

  test(`ticked rows are sent again, and the sentence says what was not (${isPartial ? 'htmx' : 'no script'})`, async () => {
    await using smtp = await startSmtp({
      rejectRcpt: (address) => (address === 'guest-1@example.test' ? { code: 550, text: 'no such user' } : undefined),
    })
    await using org = await openOrg({ env: relayOf(smtp) })
    const { app, admin } = org
    await fill(org, 3)
    const form = { act: 'resend', all: '1' }
    const answer = await submit(app, BULK, form, { person: admin, isPartial })
    const words = 'Sent 2 of 3 (1 not delivered)'
    if (isPartial) expect([answer.status, answer.html.includes(words)]).toEqual([200, true])
    else expect([answer.status, answer.toast]).toEqual([303, words])
    expect(smtp.mails).toHaveLength(2)
    expect((await open(app, '/members', { person: admin })).html).toContain('Not delivered')
  })
}

test('all pending of the filter and search are those of every page of it, and of no other org', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  await fill(org, 60)
  const other = await makeOrg(app.ctx)
  await fill({ app, orgId: other.orgId }, 3)
  const page = await open(app, '/members?filter=pending&q=guest-1', { person: admin })
  expect(page.html).toContain('All 11 pending found')
  const answer = await submit(
    app,
    BULK,
    { act: 'revoke', all: '1', filter: 'pending', q: 'guest-1' },
    { person: admin },
  )
  expect(answer.toast).toBe('Revoked 11 of 11')
  const none = await submit(app, BULK, { act: 'revoke', all: '1', filter: 'expired' }, { person: admin })
  expect(none.toast).toBe('Select at least one pending invitation.')
  expect((await submit(app, BULK, { act: 'revoke', all: '1' }, { person: admin })).toast).toBe('Revoked 49 of 49')
  const left = await app.ctx.db.select().from(invites).where(eq(invites.state, 'pending'))
  expect(left.map(({ orgId }) => orgId)).toEqual([other.orgId, other.orgId, other.orgId])
})

test('of more than 200 the newest 200 go, and the sentence says that there are more', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  await fill(org, 203)
  expect((await open(app, '/members', { person: admin })).html).toContain('The newest 200 of 203 pending')
  const answer = await submit(app, BULK, { act: 'revoke', all: '1' }, { person: admin })
  expect(answer.toast).toBe('Revoked 200 of 200. At most 200 go at once: repeat it for the rest.')
  const left = await app.ctx.db.select().from(invites).where(eq(invites.state, 'pending'))
  expect(left.map(({ email }) => email).toSorted()).toEqual(
    ['guest-0@example.test', 'guest-1@example.test', 'guest-2@example.test'].toSorted(),
  )
})

test('a form without ticks, without a verb, of another org or from another site changes nothing', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const { id } = await invite(org, 'one@example.test')
  const stranger = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  const viewer = await makePerson(app, org.orgId, 'viewer')
  const pick = { [`pick-${id}`]: '1' }
  for (const [form, words] of [
    [{ act: 'revoke' }, 'Select at least one pending invitation.'],
    [{ act: 'revoke', 'pick-x': '1', 'pick-0': '1', 'pick-99999999999999999999': '1' }, 'Select at least one'],
    [{ act: 'burn', ...pick }, 'Choose what to do'],
    [pick, 'Choose what to do'],
    [{ act: 'resend', ...pick }, 'No mail server is set'],
  ] as [Record<string, string>, string][]) {
    const answer = await submit(app, BULK, form, { person: admin })
    expect([answer.status, answer.location]).toEqual([303, '/members'])
    expect(answer.toast).toStartWith(words)
  }
  expect((await submit(app, BULK, { act: 'revoke', ...pick }, { person: stranger })).toast).toBe('Revoked 0 of 1')
  expect((await submit(app, BULK, { act: 'revoke', ...pick }, { person: viewer })).status).toBe(403)
  const elsewhere = await submit(app, BULK, { act: 'revoke', ...pick }, { person: admin, site: 'cross-site' })
  expect(elsewhere.status).toBe(403)
  expect((await inviteRow(app, id)).state).toBe('pending')
  expect((await submit(app, BULK, { act: 'revoke', ...pick }, { person: admin })).toast).toBe('Revoked 1 of 1')
})

for (const isPartial of [false, true]) {
  test(`a pasted list shows a result for each address (${isPartial ? 'htmx' : 'no script'})`, async () => {
    await using org = await openOrg()
    const { app, admin } = org
    const form = { addresses: `Grace <grace@example.test>\n${admin.email}\n<b>no</b>`, role: 'designer' }
    const answer = await submit(app, MANY, form, { person: admin, isPartial })
    expect([answer.status, answer.html.startsWith('<div id="members">')]).toEqual([200, isPartial])
    for (const words of ['Invited 1 of 3 addresses', 'A member already', 'Not an address']) {
      expect(answer.html).toContain(words)
    }
    expect(answer.html).not.toContain('<b>no')
    const token = /accept-invite\?token=([\w-]{43})/.exec(answer.html)?.[1] ?? ''
    expect(JSON.stringify([...answer.headers])).not.toContain(token)
    expect((await accept(app, newcomer(token))).body).toMatchObject({ role: 'designer' })
  })

  test(`a list that is refused stays as it was pasted, with the reason (${isPartial ? 'htmx' : 'no script'})`, async () => {
    await using org = await openOrg()
    const { app, admin } = org
    const long = Array.from({ length: 10_000 }, (_, at) => `${at}@x.co`).join('\n')
    for (const [form, words] of [
      [{ addresses: long, role: 'viewer' }, 'At most 200 addresses go at once, and this list has 10,000.'],
      [{ addresses: '', role: 'viewer' }, 'Paste at least one address.'],
      [{ addresses: 'grace@example.test', role: 'owner' }, 'There is no such role.'],
    ] as const) {
      const refused = await submit(app, MANY, form, { person: admin, isPartial })
      expect([refused.status, refused.html.includes(words)]).toEqual([422, true])
      expect(refused.html).toContain(form.addresses)
    }
    const huge = await submit(app, MANY, { addresses: long.repeat(4), role: 'viewer' }, { person: admin, isPartial })
    expect([huge.status, huge.html.includes('The body is larger than 256 KiB.')]).toEqual([413, true])
    expect(await app.ctx.db.$count(invites)).toBe(0)
  })
}

test('the form for a list opens by an address, and from the form for one', async () => {
  await using org = await openOrg()
  const { html } = await open(org.app, '/members?invite=many', { person: org.admin })
  const dialog = elementsOf(html).find(({ attributes }) => attributes.get('id') === 'invite-many-dialog')
  expect(dialog?.attributes.has('open')).toBe(true)
  expect(valuesOf(html, 'a', 'href')).toContain('/members?invite=many')
})
