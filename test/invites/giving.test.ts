import { expect, test } from 'bun:test'
import { invites } from '#platform/invites/tables.ts'
import { makeHolder, outcome } from '#test/groups/arrange.ts'
import { submit } from '#test/members/visit.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { accept, call, invite, inviteRow, newcomer, openOrg, relayOf } from './arrange.ts'

const DENIED = '403 permission_denied'

test('whoever invites by a group gives away no role with rights he lacks, alone or in a list', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const inviter = await makeHolder(org, 'member.read', 'invite.edit')
  const body = { email: 'mallory@example.test', role: 'admin' }
  const refused = await call(app, 'POST', '/api/invites', inviter, body)
  expect([refused.status, refused.body.error, refused.body.permission]).toEqual([403, 'permission_denied', 'org.admin'])
  expect(refused.body.accept_url).toBeUndefined()
  const forms = [
    await submit(app, '/members/invites', body, { person: inviter }),
    await submit(app, '/members/invites/many', { addresses: body.email, role: 'admin' }, { person: inviter }),
  ]
  expect(forms.map(({ status }) => status)).toEqual([403, 403])
  expect(await app.ctx.db.$count(invites)).toBe(0)
  expect(await outcome(app, 'POST', '/api/invites', inviter, { ...body, role: 'designer' })).toBe('201')
  expect(await outcome(app, 'POST', '/api/invites', admin, { email: 'ada@example.test', role: 'admin' })).toBe('201')
})

test('without a relay nobody takes the link of a role beyond his own by sending it again', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const inviter = await makeHolder(org, 'member.read', 'invite.edit')
  const { id, token } = await invite(org, 'chief@example.test', 'admin')
  const { tokenHash } = await inviteRow(app, id)
  const refused = await call(app, 'POST', `/api/invites/${id}/resend`, inviter)
  expect([refused.status, refused.body.accept_url]).toEqual([403, undefined])
  const page = await submit(app, `/members/invites/${id}/resend`, {}, { person: inviter })
  expect([page.status, page.html.includes('accept-invite?token=')]).toEqual([403, false])
  const bulk = await call(app, 'POST', '/api/invites/bulk-resend', inviter, { ids: [id] })
  expect([bulk.status, JSON.stringify(bulk.body).includes('token=')]).toEqual([200, false])
  expect((await inviteRow(app, id)).tokenHash).toBe(tokenHash)
  const weak = await invite(org, 'mate@example.test', 'viewer')
  expect((await call(app, 'POST', `/api/invites/${weak.id}/resend`, inviter)).body.accept_url).toBeString()
  expect((await accept(app, newcomer(token))).status).toBe(201)
  expect(await outcome(app, 'POST', `/api/invites/${id}/resend`, admin)).toBe('409 already_accepted')
})

test('with a relay the new link goes to the invited person only, so whoever invites may send any again', async () => {
  await using smtp = await startSmtp()
  await using org = await openOrg({ env: relayOf(smtp) })
  const { app, admin } = org
  const inviter = await makeHolder(org, 'invite.edit')
  const made = await call(app, 'POST', '/api/invites', admin, { email: 'chief@example.test', role: 'admin' })
  const resent = await call(app, 'POST', `/api/invites/${made.body.id}/resend`, inviter)
  expect([resent.status, resent.body.send_failed, resent.body.accept_url]).toEqual([200, null, undefined])
  expect(await outcome(app, 'POST', '/api/invites', inviter, { email: 'x@example.test', role: 'admin' })).toBe(DENIED)
})
