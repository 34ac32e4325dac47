import { describe, expect, test } from 'bun:test'
import { readAddressList } from '#platform/invites/address-list.ts'
import { inviteMany } from '#platform/invites/invite-many.ts'
import { invites } from '#platform/invites/tables.ts'
import { makePerson } from '#test/support/app.ts'
import { accept, auditOf, expire, invite, newcomer, openOrg, scopeOf, tokenOf } from './arrange.ts'

const emails = (text: string) => readAddressList(text).map(({ email }) => email ?? '?')

describe('a pasted list of addresses', () => {
  test('has one a line, or parted by commas or semicolons, with names or without', () => {
    const text = [
      'grace@example.test',
      '  Ada.Byron@Example.test  ',
      'Grace Hopper <hopper@example.test>',
      '"Lovelace, Ada" <ada@example.test>, dan@example.test; <eve@example.test>',
      '',
    ].join('\r\n')
    expect(emails(text)).toEqual([
      ...['grace@example.test', 'ada.byron@example.test', 'hopper@example.test', 'ada@example.test'],
      ...['dan@example.test', 'eve@example.test'],
    ])
    expect(emails(' \n,;\r\n')).toEqual([])
  })

  test('keeps what is no address as it stood, and never reads two recipients out of one entry', () => {
    expect(readAddressList('Grace Hopper\ngrace@\n"open <a@example.test>\na@b@c\n<a@x.test> <b@x.test>')).toEqual([
      { text: 'Grace Hopper', email: undefined },
      { text: 'grace@', email: undefined },
      { text: '"open <a@example.test>', email: 'a@example.test' },
      { text: 'a@b@c', email: undefined },
      { text: '<a@x.test> <b@x.test>', email: 'b@x.test' },
    ])
  })

  test('is read in a moment, however it is built', () => {
    const startedAt = performance.now()
    for (const part of ['<', '"', '<a', '"<', ',', ' ', 'a@b.test\n', '"a', '<a> '])
      readAddressList(part.repeat(65_000))
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

test('each address of a list gets its result, repeated ones once, and one role for all', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const mate = await makePerson(app, orgId, 'viewer')
  await invite(org, 'open@example.test')
  const lapsed = await invite(org, 'lapsed@example.test')
  await expire(app, lapsed.id)
  const addresses = [
    `Grace <grace@example.test>, GRACE@example.test`,
    mate.email,
    'open@example.test',
    'lapsed@example.test',
    'not one',
    'grace@example.test',
    'not one',
  ].join('\n')
  const results = await inviteMany(app.ctx, scopeOf(admin), { addresses, role: 'analyst' })
  expect(results.map(({ text, outcome }) => [text, outcome])).toEqual([
    ['grace@example.test', 'invited'],
    [mate.email, 'already_member'],
    ['open@example.test', 'already_invited'],
    ['lapsed@example.test', 'invited'],
    ['not one', 'not_an_address'],
  ])
  expect(results.map(({ link }) => link !== undefined)).toEqual([true, false, false, true, false])
  const joined = await accept(app, newcomer(tokenOf(results[0]?.link ?? '')))
  expect(joined.body).toMatchObject({ role: 'analyst' })
  const created = (await auditOf(app, orgId)).filter(({ action }) => action === 'invite.created')
  expect(created).toHaveLength(4)
})

test('a list of nobody, of more than 200 or with an unknown role invites nobody', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const list = (count: number) => Array.from({ length: count }, (_, at) => `p${at}@example.test`).join('\n')
  for (const [addresses, role, code, words] of [
    ['', 'viewer', 'no_addresses', 'Paste at least one address.'],
    [' ,\n', 'viewer', 'no_addresses', 'Paste at least one address.'],
    [list(201), 'viewer', 'too_many_addresses', 'At most 200 addresses go at once, and this list has 201.'],
    [list(10_000), 'viewer', 'too_many_addresses', 'At most 200 addresses go at once, and this list has 10,000.'],
    [list(1), 'owner', 'invalid_role', 'There is no such role.'],
  ] as const) {
    const refused = inviteMany(app.ctx, scopeOf(admin), { addresses, role })
    expect(refused).rejects.toMatchObject({ code, message: words })
    await refused.catch(() => undefined)
  }
  expect(await app.ctx.db.$count(invites)).toBe(0)
  const most = await inviteMany(app.ctx, scopeOf(admin), { addresses: list(200), role: 'viewer' })
  expect(most.filter(({ outcome }) => outcome === 'invited')).toHaveLength(200)
}, 30_000)

test('two admins who paste the same list at once invite each person once', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const addresses = Array.from({ length: 10 }, (_, at) => `p${at}@example.test`).join('\n')
  const both = await Promise.all([1, 2].map(() => inviteMany(app.ctx, scopeOf(admin), { addresses, role: 'viewer' })))
  const outcomes = both.flat().map(({ outcome }) => outcome)
  expect(outcomes.filter((outcome) => outcome === 'invited')).toHaveLength(10)
  expect(outcomes.filter((outcome) => outcome === 'already_invited')).toHaveLength(10)
})
