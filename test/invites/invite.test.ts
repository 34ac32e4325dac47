import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { DAY_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'
import { invites } from '#platform/invites/tables.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { accept, auditOf, call, expire, invite, inviteRow, newcomer, openOrg, tokenOf } from './arrange.ts'

test('an invitation keeps a lower-cased e-mail, its role and the SHA-256 of a token of 256 bits', async () => {
  await using org = await openOrg()
  const body = { email: '  Grace@Example.TEST ', role: 'designer' }
  const answer = await call(org.app, 'POST', '/api/invites', org.admin, body)
  expect(answer.status).toBe(201)
  expect(answer.body).toMatchObject({
    email: 'grace@example.test',
    role: 'designer',
    status: 'pending',
    invited_by: org.admin.email.split('@')[0],
    ended_at: null,
    mail_state: 'link',
    mail_error: null,
  })
  const token = tokenOf(String(answer.body.accept_url))
  expect(Buffer.from(token, 'base64url').length).toBe(32)
  const row = await inviteRow(org.app, Number(answer.body.id))
  expect(row.tokenHash).toBe(sha256Hex(token))
  expect(row.expiresAt.getTime() - row.createdAt.getTime()).toBe(7 * DAY_MS)
  expect(JSON.stringify(row)).not.toContain(token)
  expect(await auditOf(org.app, org.orgId)).toEqual([
    {
      action: 'invite.created',
      by: org.admin.email,
      detail: { invite_id: row.id, email: 'grace@example.test', role: 'designer' },
    },
  ])
})

test('without a relay the link is shown once, begins with PUBLIC_URL, and no job is made', async () => {
  await using org = await openOrg({ env: { PUBLIC_URL: 'https://data.example.test' } })
  const init = {
    method: 'POST',
    headers: {
      ...org.admin.bearer,
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    },
    body: JSON.stringify({ email: 'grace@example.test', role: 'viewer' }),
  }
  const created = await (await org.app.fetch('/api/invites', init)).json()
  expect(created.accept_url).toMatch(/^https:\/\/data\.example\.test\/accept-invite\?token=[\w-]{43}$/)
  expect(await org.app.ctx.db.$count(jobs, eq(jobs.kind, 'invite.mail'))).toBe(0)
  const list = await call(org.app, 'GET', '/api/invites', org.admin)
  expect(JSON.stringify(list.body)).not.toContain(tokenOf(created.accept_url))
  expect(list.body.items).toHaveLength(1)
})

for (const [what, body, status, error] of [
  ['an e-mail that is none', { email: 'grace', role: 'viewer' }, 422, 'invalid_email'],
  ['two e-mails', { email: 'a@b.test,c@d.test', role: 'viewer' }, 422, 'invalid_email'],
  ['an e-mail with a header', { email: 'a@b.test\r\nBcc: c@d.test', role: 'viewer' }, 422, 'invalid_email'],
  ['an e-mail with NUL', { email: 'a\0@b.test', role: 'viewer' }, 422, 'invalid_body'],
  ['a role that is none', { email: 'a@b.test', role: 'owner' }, 422, 'invalid_body'],
  ['a role that is a number', { email: 'a@b.test', role: 1 }, 422, 'invalid_body'],
  ['no role', { email: 'a@b.test' }, 422, 'invalid_body'],
  ['a field of its own', { email: 'a@b.test', role: 'viewer', is_superadmin: true }, 422, 'invalid_body'],
  ['a list', [{ email: 'a@b.test', role: 'viewer' }], 422, 'invalid_body'],
] as const) {
  test(`an invitation with ${what} is refused, and leaves nothing`, async () => {
    await using org = await openOrg()
    const refused = await call(org.app, 'POST', '/api/invites', org.admin, body)
    expect([refused.status, refused.body.error]).toEqual([status, error])
    expect(await org.app.ctx.db.$count(invites)).toBe(0)
    expect(await auditOf(org.app, org.orgId)).toEqual([])
    await invite(org, 'a@b.test')
  })
}

test('a member of the org, in whatever case, is not invited; a member of another org is', async () => {
  await using org = await openOrg()
  const other = await makeOrg(org.app.ctx)
  const mate = await makePerson(org.app, org.orgId, 'viewer')
  const stranger = await makePerson(org.app, other.orgId)
  const body = { email: mate.email.toUpperCase(), role: 'viewer' }
  const refused = await call(org.app, 'POST', '/api/invites', org.admin, body)
  expect([refused.status, refused.body.error, refused.body.field]).toEqual([409, 'already_member', 'email'])
  expect(await org.app.ctx.db.$count(invites)).toBe(0)
  await invite(org, stranger.email)
})

test('an open invitation stands in the way of a second one, in whatever case; another org has its own', async () => {
  await using org = await openOrg()
  const other = await makeOrg(org.app.ctx)
  const otherAdmin = await makePerson(org.app, other.orgId)
  await invite(org, 'grace@example.test')
  const body = { email: 'GRACE@example.test', role: 'admin' }
  const refused = await call(org.app, 'POST', '/api/invites', org.admin, body)
  expect([refused.status, refused.body.error, refused.body.field]).toEqual([409, 'already_invited', 'email'])
  expect((await call(org.app, 'POST', '/api/invites', otherAdmin, body)).status).toBe(201)
})

test('an expired invitation does not block: it is closed, and its link stays dead', async () => {
  await using org = await openOrg()
  const first = await invite(org, 'grace@example.test')
  await expire(org.app, first.id)
  const second = await invite(org, 'grace@example.test', 'analyst')
  expect(await inviteRow(org.app, first.id)).toMatchObject({ state: 'expired', endedAt: expect.any(Date) })
  expect((await accept(org.app, newcomer(first.token))).status).toBe(410)
  expect((await accept(org.app, newcomer(second.token))).body).toMatchObject({ role: 'analyst' })
})

for (const end of ['revoked', 'accepted'] as const) {
  test(`an invitation that was ${end} does not block a new one by itself`, async () => {
    await using org = await openOrg()
    const first = await invite(org, 'grace@example.test')
    if (end === 'revoked') await call(org.app, 'POST', `/api/invites/${first.id}/revoke`, org.admin)
    else {
      const { body } = await accept(org.app, newcomer(first.token))
      await call(org.app, 'DELETE', `/api/members/${body.user_id}`, org.admin)
    }
    const second = await invite(org, 'grace@example.test')
    expect(second.id).toBeGreaterThan(first.id)
    expect((await inviteRow(org.app, first.id)).state).toBe(end)
  })
}

test('20 invitations of one person at once make one, over an expired one too', async () => {
  await using org = await openOrg()
  const old = await invite(org, 'grace@example.test')
  await expire(org.app, old.id)
  const body = { email: 'grace@example.test', role: 'viewer' }
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call(org.app, 'POST', '/api/invites', org.admin, body)),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(19).fill(409)])
  const codes = new Set(answers.flatMap(({ status, body: { error } }) => (status === 409 ? [error] : [])))
  expect([...codes]).toEqual(['already_invited'])
  expect(await org.app.ctx.db.$count(invites, eq(invites.state, 'pending'))).toBe(1)
  const created = (await auditOf(org.app, org.orgId)).filter(({ action }) => action === 'invite.created')
  expect(created).toHaveLength(2)
})

test('a revoked invitation is gone at once, and says when', async () => {
  await using org = await openOrg()
  const { id, token } = await invite(org, 'grace@example.test')
  const revoked = await call(org.app, 'POST', `/api/invites/${id}/revoke`, org.admin)
  expect(revoked.status).toBe(200)
  expect(revoked.body).toMatchObject({ id, status: 'revoked', ended_at: expect.any(String) })
  const refused = await accept(org.app, newcomer(token))
  expect([refused.status, refused.body.error]).toEqual([410, 'invite_gone'])
  const detail = { invite_id: id, email: 'grace@example.test' }
  expect((await auditOf(org.app, org.orgId)).at(-1)).toMatchObject({ action: 'invite.revoked', detail })
})

for (const verb of ['revoke', 'resend'] as const) {
  for (const [state, error] of [
    ['accepted', 'already_accepted'],
    ['revoked', 'already_revoked'],
    ['expired', 'invite_expired'],
  ] as const) {
    test(`to ${verb} an invitation that is ${state} is 409 ${error}, and changes nothing`, async () => {
      await using org = await openOrg()
      const { id, token } = await invite(org, 'grace@example.test')
      if (state === 'accepted') await accept(org.app, newcomer(token))
      else if (state === 'revoked') await call(org.app, 'POST', `/api/invites/${id}/revoke`, org.admin)
      else await expire(org.app, id)
      const before = [await inviteRow(org.app, id), await auditOf(org.app, org.orgId)]
      const refused = await call(org.app, 'POST', `/api/invites/${id}/${verb}`, org.admin)
      expect([refused.status, refused.body.error]).toEqual([409, error])
      expect([await inviteRow(org.app, id), await auditOf(org.app, org.orgId)]).toEqual(before)
    })
  }
}

test('20 people who revoke one invitation at once make one revocation', async () => {
  await using org = await openOrg()
  const { id } = await invite(org, 'grace@example.test')
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call(org.app, 'POST', `/api/invites/${id}/revoke`, org.admin)),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ body }) => body.error === 'already_revoked')).toHaveLength(19)
  expect((await auditOf(org.app, org.orgId)).filter(({ action }) => action === 'invite.revoked')).toHaveLength(1)
})

test('the list is newest first, in pages, and by status', async () => {
  await using org = await openOrg()
  const made = []
  for (const name of ['a', 'b', 'c', 'd', 'e']) made.push(await invite(org, `${name}@example.test`))
  const [accepted, revoked, expired] = made
  await accept(org.app, newcomer(accepted?.token ?? ''))
  await call(org.app, 'POST', `/api/invites/${revoked?.id}/revoke`, org.admin)
  await expire(org.app, expired?.id ?? 0)
  const emails = async (query: string) => {
    const { body } = await call(org.app, 'GET', `/api/invites${query}`, org.admin)
    return Array.isArray(body.items) ? body.items.map(({ email }) => email.slice(0, 1)).join('') : body
  }
  expect(await emails('')).toBe('edcba')
  expect(await emails('?status=pending')).toBe('ed')
  expect(await emails('?status=accepted')).toBe('a')
  expect(await emails('?status=revoked')).toBe('b')
  expect(await emails('?status=expired')).toBe('c')
  const first = await call(org.app, 'GET', '/api/invites?limit=3', org.admin)
  expect(first.body.items).toHaveLength(3)
  expect(await emails(`?limit=3&cursor=${first.body.next_cursor}`)).toBe('ba')
  for (const query of ['?status=open', '?limit=x', '?cursor=x', '?page=2']) {
    const refused = await call(org.app, 'GET', `/api/invites${query}`, org.admin)
    expect([query, refused.status, refused.body.error]).toEqual([query, 422, 'invalid_query'])
  }
})

test('only an admin invites, lists, revokes and sends again', async () => {
  await using org = await openOrg()
  const { id } = await invite(org, 'grace@example.test')
  const body = { email: 'more@example.test', role: 'viewer' }
  for (const role of ['designer', 'analyst', 'viewer'] as const) {
    const mate = await makePerson(org.app, org.orgId, role)
    for (const [method, path, permission, sent] of [
      ['GET', '/api/invites', 'member.read', undefined],
      ['POST', '/api/invites', 'invite.edit', body],
      ['POST', `/api/invites/${id}/revoke`, 'invite.edit', undefined],
      ['POST', `/api/invites/${id}/resend`, 'invite.edit', undefined],
    ] as const) {
      const refused = await call(org.app, method, path, mate, sent)
      expect([refused.status, refused.body.error, refused.body.permission]).toEqual([
        403,
        'permission_denied',
        permission,
      ])
    }
  }
  expect(await inviteRow(org.app, id)).toMatchObject({ state: 'pending' })
  expect(await org.app.ctx.db.$count(invites)).toBe(1)
})

test("another org's invitation is answered like an unknown one, and not touched", async () => {
  await using org = await openOrg()
  const other = await makeOrg(org.app.ctx)
  const stranger = await makePerson(org.app, other.orgId)
  const { id } = await invite(org, 'grace@example.test')
  const before = await inviteRow(org.app, id)
  for (const verb of ['revoke', 'resend']) {
    const foreign = await call(org.app, 'POST', `/api/invites/${id}/${verb}`, stranger)
    const unknown = await call(org.app, 'POST', `/api/invites/99999/${verb}`, stranger)
    expect(foreign.status).toBe(404)
    expect({ ...foreign.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' })
  }
  expect((await call(org.app, 'GET', '/api/invites', stranger)).body.items).toEqual([])
  expect(await inviteRow(org.app, id)).toEqual(before)
  expect((await call(org.app, 'POST', `/api/invites/${id}/resend`, org.admin)).status).toBe(200)
})
