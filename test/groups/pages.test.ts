import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { groups } from '#core/access/tables.ts'
import { users } from '#core/tenancy/tables.ts'
import { openOrg } from '#test/invites/arrange.ts'
import { open, submit } from '#test/members/visit.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { addGrant, grantsIn, makeGroup, makeHolder, peopleIn } from './arrange.ts'

const MATRIX_ROWS = 25

test('the matrix shows the groups of this org only, by name, for whoever may read them', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  await makeGroup(app, (await makeOrg(app.ctx)).orgId, [], [], 'Strangers')
  for (const name of ['beta', 'Alpha', 'Ägypten']) await makeGroup(app, orgId, [], [], name)
  const page = await open(app, '/groups', { person: admin })
  const names = [...page.html.matchAll(/<a href="\/groups\/\d+">([^<]+)</g)].map(([, name]) => name)
  expect([page.status, names]).toEqual([200, ['Ägypten', 'Alpha', 'beta']])
  const viewer = await makePerson(app, orgId, 'viewer')
  expect((await open(app, '/groups', { person: viewer })).status).toBe(403)
  expect((await open(app, '/members', { person: admin })).html).toContain('href="/groups"')
  const reader = await makeHolder(org, 'group.read')
  const read = await open(app, '/groups', { person: reader })
  expect([read.status, /<form[^>]+action="\/groups\//.test(read.html), read.html.includes('New group')]).toEqual([
    200,
    false,
    false,
  ])
})

test('pages of the matrix and its search add up to the whole list, with any cursor', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const names = Array.from({ length: MATRIX_ROWS * 2 + 3 }, (_, n) => `Team ${String(n).padStart(3, '0')}`)
  for (const name of names.toReversed()) await makeGroup(app, orgId, [], [], name)
  const seen: string[] = []
  let path: string | undefined = '/groups?q=TEAM'
  while (path !== undefined) {
    const { html }: { html: string } = await open(app, path, { person: admin })
    seen.push(...[...html.matchAll(/<a href="\/groups\/\d+">([^<]+)</g)].map(([, name]) => name ?? ''))
    path = /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&')
  }
  expect(seen).toEqual(names)
  for (const cursor of ['x', '%ff', 'AAAA', '0'.repeat(5000)]) {
    expect((await open(app, `/groups?cursor=${cursor}`, { person: admin })).status).toBe(200)
  }
  expect((await open(app, '/groups?q=%00', { person: admin })).status).toBe(422)
})

test('a form that does not fit shows itself again, as it was sent, with the reason', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const id = await makeGroup(app, orgId, [], [], 'Sales')
  const taken = await submit(app, '/groups', { name: 'SALES' }, { person: admin })
  expect([taken.status, taken.html.includes('There is a group of this name.')]).toEqual([409, true])
  const long = await submit(app, '/groups', { name: 'n'.repeat(10_240) }, { person: admin })
  expect([long.status, long.html.includes('A name has 1 to 100 characters.')]).toEqual([422, true])
  const forms = [
    [{ group: String(id), permission: 'org.rule', target: '' }, 422, 'There is no such permission.'],
    [{ group: String(id), permission: 'member.read', target: `group:${id}` }, 422, 'cannot be limited'],
    [{ group: '987654', permission: 'member.read', target: '' }, 404, 'There is no such group.'],
    [{ group: 'x', permission: 'member.read', target: '' }, 404, 'There is no such group.'],
  ] as const
  for (const [form, status, words] of forms) {
    const refused = await submit(app, '/groups/permissions', form, { person: admin })
    expect([words, refused.status, refused.html.includes(words)]).toEqual([words, status, true])
    expect(refused.html).toContain(`value="${form.permission}"`)
  }
  const given = await submit(
    app,
    '/groups/permissions',
    { group: String(id), permission: ' audit.read ' },
    { person: admin },
  )
  expect([given.status, given.location, given.toast]).toEqual([303, '/groups', 'Sales may now read the audit log.'])
  expect(await grantsIn(app, id)).toEqual(['audit.read'])
  expect(await app.ctx.db.$count(groups)).toBe(1)
})

test('a cell says what it wants: a stale page never does the opposite, and strange ones do nothing', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const id = await makeGroup(app, orgId, ['audit.read'], [], 'Sales')
  const cell = (form: Record<string, string>) => submit(app, `/groups/${id}/permissions`, form, { person: admin })
  for (let n = 0; n < 2; n++) expect((await cell({ give: 'audit.read' })).status).toBe(303)
  expect(await grantsIn(app, id)).toEqual(['audit.read'])
  for (let n = 0; n < 2; n++) expect((await cell({ take: 'audit.read' })).status).toBe(303)
  expect(await grantsIn(app, id)).toEqual([])
  for (const form of [
    {},
    { give: 'org.rule' },
    { give: 'member.read@group:1' },
    { give: '@' },
    { take: 'x'.repeat(900) },
  ]) {
    const refused = await cell(form)
    expect([form, refused.status, refused.location]).toEqual([form, 303, '/groups'])
    expect(refused.toast).not.toContain('may')
  }
  expect(await grantsIn(app, id)).toEqual([])
  await cell({ give: `group.edit@group:${id}` })
  expect(await grantsIn(app, id)).toEqual([`group.edit@group:${id}`])
})

test('with htmx a cell answers with its row alone, also when it is refused', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const editor = await makeHolder(org, 'group.read', 'group.edit')
  const id = await makeGroup(app, orgId, ['audit.read'], [], 'Sales')
  const options = { person: editor, isPartial: true }
  const given = await submit(app, `/groups/${id}/permissions`, { give: 'group.read' }, options)
  expect([given.status, given.html.startsWith(`<tr id="group-${id}">`)]).toEqual([200, true])
  expect(given.html).toContain('Sales may now see groups and their permissions.')
  expect(given.html).not.toContain('<table')
  const refused = await submit(app, `/groups/${id}/permissions`, { take: 'audit.read' }, options)
  expect([refused.status, refused.html.startsWith(`<tr id="group-${id}">`)]).toEqual([403, true])
  expect(refused.html).toContain('Only someone who holds these rights')
  const gone = await submit(app, '/groups/987654/permissions', { give: 'group.read' }, options)
  expect([gone.status, gone.headers.get('hx-redirect')]).toEqual([204, '/groups'])
  expect(await grantsIn(app, id)).toEqual(['audit.read', 'group.read'])
})

test('a form from another site is refused', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const id = await makeGroup(app, orgId)
  const options = { person: admin, site: 'cross-site' }
  for (const path of [`/groups/${id}/permissions`, `/groups/${id}/members`, `/groups/${id}/delete`, '/groups']) {
    const { status } = await submit(app, path, { give: 'org.admin', person: admin.email, name: 'x' }, options)
    expect([path, status]).toEqual([path, 403])
  }
  expect([await grantsIn(app, id), await peopleIn(app, id), await app.ctx.db.$count(groups)]).toEqual([[], [], 1])
})

test('a person is added by e-mail, or by a name that one member bears, and removed', async () => {
  await using org = await openOrg()
  const { app, admin, orgId } = org
  const elsewhere = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  const [grace, twin, other] = [
    await makePerson(app, orgId, 'viewer'),
    await makePerson(app, orgId, 'viewer'),
    await makePerson(app, orgId, 'viewer'),
  ]
  const named = (userId: number, name: string) => app.ctx.db.update(users).set({ name }).where(eq(users.id, userId))
  await named(grace.userId, 'Grace Hopper')
  for (const { userId } of [twin, other, elsewhere]) await named(userId, 'Ada')
  const id = await makeGroup(app, orgId, [], [], 'Sales')
  const add = (person: string) => submit(app, `/groups/${id}/members`, { person }, { person: admin })
  for (const typed of ['Grace Hopper', ` ${twin.email.toUpperCase()} `]) expect((await add(typed)).status).toBe(303)
  expect(await peopleIn(app, id)).toEqual([grace.userId, twin.userId])
  expect((await add(twin.email)).toast).toBe('Ada is already in the group.')
  for (const [typed, words] of [
    ['Ada', 'Several members bear this name'],
    [elsewhere.email, 'No member is called so here.'],
    ['', 'No member is called so here.'],
    ["' or 1=1 --", 'No member is called so here.'],
    ['x'.repeat(10_000), 'No member is called so here.'],
  ] as const) {
    const refused = await add(typed)
    expect([typed.slice(0, 20), refused.status, refused.html.includes(words)]).toEqual([typed.slice(0, 20), 422, true])
  }
  const page = await open(app, `/groups/${id}`, { person: admin })
  expect(page.html).toContain(`<option value="${other.email}">`)
  expect(page.html).not.toContain(`<option value="${grace.email}">`)
  expect(page.html).not.toContain(elsewhere.email)
  const removed = await submit(app, `/groups/${id}/members/${grace.userId}/remove`, {}, { person: admin })
  expect([removed.status, removed.toast]).toEqual([303, 'Grace Hopper is no longer in the group.'])
  expect(await peopleIn(app, id)).toEqual([twin.userId])
  const found = await open(app, `/groups/${id}?q=nobody`, { person: admin })
  expect(found.html).toContain('Nobody found')
})

test('whoever may change one group sees the controls of that one only, and none once it gives what he lacks', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const [mine, other] = [await makeGroup(app, orgId, [], [], 'Mine'), await makeGroup(app, orgId, [], [], 'Other')]
  const lead = await makeHolder(org, 'group.read', `group.edit@group:${mine}`)
  const matrix = await open(app, '/groups', { person: lead })
  expect([matrix.html.includes('Actions for Mine'), matrix.html.includes('Actions for Other')]).toEqual([true, false])
  expect((await open(app, `/groups/${mine}`, { person: lead })).html).toContain('Add a person')
  expect((await open(app, `/groups/${other}`, { person: lead })).html).not.toContain('Add a person')
  const renamed = await submit(app, `/groups/${mine}/rename`, { name: 'Ours' }, { person: lead })
  expect([renamed.status, renamed.toast]).toEqual([303, 'The group is called Ours now.'])
  for (const path of [`/groups/${other}/rename`, `/groups/${mine}/delete`, `/groups/${mine}/permissions`, '/groups']) {
    expect([path, (await submit(app, path, { name: 'x', give: 'group.read' }, { person: lead })).status]).toEqual([
      path,
      403,
    ])
  }
  await addGrant(app, orgId, mine, 'org.admin')
  const beyond = await open(app, `/groups/${mine}`, { person: lead })
  expect(beyond.html).toContain('You cannot change who is in this group')
  expect(beyond.html).not.toContain('Add a person')
  const self = await submit(app, `/groups/${mine}/members`, { person: lead.email }, { person: lead })
  expect([self.status, self.toast]).toEqual([303, 'Only someone who holds these rights can give or take them.'])
  expect(await peopleIn(app, mine)).toEqual([])
})

test('whoever takes his own way to the page from himself is led on', async () => {
  await using org = await openOrg()
  const { app, orgId } = org
  const holder = await makePerson(app, orgId, 'viewer')
  const id = await makeGroup(app, orgId, ['group.read', 'group.edit'], [holder], 'Keepers')
  const left = await submit(app, `/groups/${id}/members/${holder.userId}/remove`, {}, { person: holder })
  expect([left.status, left.location]).toEqual([303, '/'])
  expect((await open(app, '/groups', { person: holder })).status).toBe(403)
})
