import { expect, test } from 'bun:test'
import { createServer, type Socket } from 'node:net'
import { eq } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { startWorkers } from '#jobs/workers.ts'
import { platformJobs } from '#platform/platform.ts'
import { call, type Org, relayOf } from '#test/invites/arrange.ts'
import { eventually } from '#test/jobs/context.ts'
import { json, makeOrg, makePerson, type TestApp } from '#test/support/app.ts'
import { DEAD_PORT } from '#test/support/ports.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { change, join, makeOperator, reset } from '#test/users/arrange.ts'
import { AUTH, bodyFor, openSmtpOrg, setRelay, spoilPassword } from './arrange.ts'

const GRACE = { email: 'grace@example.test', role: 'viewer' }

async function forgot({ app }: Pick<Org, 'app'>, email: string): Promise<void> {
  const { status } = await app.fetch('/api/auth/forgot-password', json('POST', { email }))
  expect(status).toBe(202)
}

function work(app: TestApp) {
  return startWorkers(app.ctx, platformJobs)
}

function settled(app: TestApp): Promise<void> {
  return eventually(async () => {
    const rows = await app.ctx.db.select().from(jobs)
    return rows.every(({ state, attempts }) => state === 'done' || state === 'failed' || attempts > 0)
  })
}

test('invitations, resends, temporary passwords and resets go through the org’s own server when it is set', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using platform = await startSmtp()
  await using org = await openSmtpOrg({ env: { ...relayOf(platform), PUBLIC_URL: 'https://data.example.test' } })
  const { app, admin } = org
  const name = org.slug.toUpperCase()
  const mate = await makePerson(app, org.orgId, 'viewer')
  await setRelay(app, admin, bodyFor(own))
  await using _worker = work(app)
  const invited = await call(app, 'POST', '/api/invites', admin, GRACE)
  expect([invited.status, invited.body.accept_url]).toEqual([201, undefined])
  await own.received(1)
  const resent = await call(app, 'POST', `/api/invites/${String(invited.body.id)}/resend`, admin)
  expect([resent.status, resent.body.send_failed]).toEqual([200, null])
  await own.received(2)
  expect((await reset(app, admin, mate)).body).toMatchObject({ mailed: true })
  await own.received(3)
  await forgot(org, mate.email)
  const mails = await own.received(4)
  expect(mails.map(({ recipients }) => recipients[0])).toEqual([GRACE.email, GRACE.email, mate.email, mate.email])
  for (const { parsed, from } of mails) {
    expect(from).toBe('team@acme.test')
    expect(parsed.from?.value).toEqual([{ name, address: 'team@acme.test' }])
    expect(parsed.subject).toContain(name)
    expect(parsed.text).toMatch(/^https:\/\/data\.example\.test\/(accept-invite|login|reset-password)/m)
  }
  expect(platform.mails).toHaveLength(0)
})

test('without the platform’s server an org’s own makes mails of links, and the other org still gets the link', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using org = await openSmtpOrg()
  const { app, admin } = org
  const other = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  await setRelay(app, admin, bodyFor(own))
  await using _worker = work(app)
  expect((await call(app, 'POST', '/api/invites', admin, GRACE)).body.accept_url).toBeUndefined()
  expect((await own.received(1))[0]?.recipients).toEqual([GRACE.email])
  const there = await call(app, 'POST', '/api/invites', other, GRACE)
  expect(there.body.accept_url).toStartWith('http://localhost:8000/accept-invite?token=')
  const mate = await makePerson(app, other.orgId, 'viewer')
  expect((await reset(app, other, mate)).body).toMatchObject({ mailed: false })
  await call(app, 'DELETE', '/api/smtp', admin)
  const after = await call(app, 'POST', '/api/invites', admin, { ...GRACE, email: 'late@example.test' })
  expect(after.body.accept_url).toStartWith('http://localhost:8000/accept-invite?token=')
  expect(own.mails).toHaveLength(1)
})

test('a person of several orgs gets resets from the platform, and never from one of them', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using platform = await startSmtp()
  await using org = await openSmtpOrg({ env: relayOf(platform) })
  const { app, admin } = org
  const other = await makeOrg(app.ctx)
  const both = await makePerson(app, org.orgId, 'viewer')
  await join(app, both, other.orgId)
  await setRelay(app, admin, bodyFor(own))
  await using _worker = work(app)
  await forgot(org, both.email)
  const [mail] = await platform.received(1)
  expect(mail?.recipients).toEqual([both.email])
  expect([mail?.parsed.from?.value[0]?.name, mail?.parsed.subject]).toEqual([
    ...['Honeyframe', 'Choose a new Honeyframe password'],
  ])
  const operator = await makeOperator(org)
  await join(app, operator, other.orgId)
  expect((await reset(app, operator, both)).body).toMatchObject({ mailed: true })
  expect((await platform.received(2))[1]?.recipients).toEqual([both.email])
  expect(own.mails).toHaveLength(0)
})

test('without the platform’s server a person of several orgs gets none, whatever his orgs have', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using org = await openSmtpOrg()
  const { app, admin } = org
  const other = await makeOrg(app.ctx)
  const both = await makePerson(app, org.orgId, 'viewer')
  const mate = await makePerson(app, org.orgId, 'viewer')
  await join(app, both, other.orgId)
  await setRelay(app, admin, bodyFor(own))
  await using _worker = work(app)
  await forgot(org, both.email)
  await forgot(org, mate.email)
  await own.received(1)
  await settled(app)
  expect(own.mails.map(({ recipients }) => recipients[0])).toEqual([mate.email])
  const operator = await makeOperator(org)
  expect((await reset(app, operator, both)).body).toMatchObject({ mailed: false })
})

test('whoever joined another org since he asked is written to by the platform', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using platform = await startSmtp()
  await using org = await openSmtpOrg({ env: relayOf(platform) })
  const { app, admin } = org
  const mate = await makePerson(app, org.orgId, 'viewer')
  await setRelay(app, admin, bodyFor(own))
  expect((await reset(app, admin, mate)).body).toMatchObject({ mailed: true })
  await join(app, mate, (await makeOrg(app.ctx)).orgId)
  await using _worker = work(app)
  expect((await platform.received(1))[0]?.recipients).toEqual([mate.email])
  expect(own.mails).toHaveLength(0)
})

test('an operator of the install is written to by a tenant only where the install is that org’s own', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using platform = await startSmtp()
  await using org = await openSmtpOrg({ env: relayOf(platform) })
  const { app, admin } = org
  await change(app, admin, { isSuperadmin: true })
  await setRelay(app, admin, bodyFor(own))
  await using _worker = work(app)
  await forgot(org, admin.email)
  expect((await own.received(1))[0]?.recipients).toEqual([admin.email])
  await makeOrg(app.ctx)
  await forgot(org, admin.email)
  expect((await platform.received(1))[0]?.recipients).toEqual([admin.email])
  expect(own.mails).toHaveLength(1)
})

test('a stored password that cannot be read stops the org’s mails in words; the platform does not take over', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using platform = await startSmtp()
  await using org = await openSmtpOrg({ env: relayOf(platform) })
  const { app, admin, orgId } = org
  await setRelay(app, admin, bodyFor(own))
  await spoilPassword(app, orgId)
  const invited = await call(app, 'POST', '/api/invites', admin, GRACE)
  const resent = await call(app, 'POST', `/api/invites/${String(invited.body.id)}/resend`, admin)
  expect(resent.body).toMatchObject({ send_failed: expect.stringContaining('cannot be read') })
  expect(own.mails.length + platform.mails.length).toBe(0)
  await setRelay(app, admin, bodyFor(own))
  expect((await call(app, 'POST', `/api/invites/${String(invited.body.id)}/resend`, admin)).body).toMatchObject({
    send_failed: null,
  })
  expect(own.mails).toHaveLength(1)
})

test('one org’s dead server does not keep another org’s mails', async () => {
  await using own = await startSmtp({ auth: AUTH })
  await using org = await openSmtpOrg()
  const { app, admin } = org
  const other = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  await setRelay(app, admin, bodyFor({ port: DEAD_PORT }))
  await setRelay(app, other, bodyFor(own))
  for (let at = 0; at < 30; at++) {
    await call(app, 'POST', '/api/invites', admin, { email: `waiting-${at}@example.test`, role: 'viewer' })
  }
  await call(app, 'POST', '/api/invites', other, GRACE)
  await using _worker = work(app)
  expect((await own.received(1))[0]?.recipients).toEqual([GRACE.email])
  const [row] = await app.ctx.db.select().from(jobs).where(eq(jobs.orgId, other.orgId))
  expect(row?.kind).toBe('invite.mail')
})

test('one org’s server that never answers does not keep another org’s mails', async () => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => void sockets.add(socket))
  const port = await new Promise<number>((resolve) => {
    silent.listen(0, '127.0.0.1', () => {
      const address = silent.address()
      resolve(address && typeof address === 'object' ? address.port : 0)
    })
  })
  await using own = await startSmtp({ auth: AUTH })
  await using org = await openSmtpOrg()
  const { app, admin } = org
  const other = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  await setRelay(app, admin, bodyFor({ port }))
  await setRelay(app, other, bodyFor(own))
  for (let at = 0; at < 30; at++) {
    await call(app, 'POST', '/api/invites', admin, { email: `waiting-${at}@example.test`, role: 'viewer' })
  }
  await using _worker = work(app)
  await eventually(() => sockets.size >= 8)
  await call(app, 'POST', '/api/invites', other, GRACE)
  expect((await own.received(1, 5_000))[0]?.recipients).toEqual([GRACE.email])
  silent.close()
  for (const socket of sockets) socket.destroy()
}, 30_000)
