import { expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { smtpSettings } from '#core/mail/tables.ts'
import { MASK } from '#core/vault/vault.ts'
import { makeHolder, outcome } from '#test/groups/arrange.ts'
import { auditOf, call, relayOf } from '#test/invites/arrange.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { startListener } from '#test/support/listener.ts'
import { bodyFor, HOST, openSmtpOrg, PASSWORD, put, setRelay, spoilPassword, storedRow } from './arrange.ts'

const PEER = { port: 2525 }

test('a mail server is saved with its password sealed, shown without it, and recorded', async () => {
  await using org = await openSmtpOrg()
  const { app, orgId, admin } = org
  const before = await call(app, 'GET', '/api/smtp', admin)
  expect(before).toEqual({
    status: 200,
    body: {
      ...{ host: null, port: null, tls: null, username: null, from: null, updated_at: null },
      ...{ password_set: false, password_readable: false, relay: 'none', sender: null },
    },
  })
  const saved = await put(app, admin, bodyFor(PEER, { host: ' Mail.ACME.test. ', from: 'Data  Team <Team@ACME.test>' }))
  const name = org.slug.toUpperCase()
  const shown = {
    ...{ host: HOST, port: 2525, tls: 'none', username: 'relay', from: 'Data Team <team@acme.test>' },
    ...{ password_set: true, password_readable: true, updated_at: expect.stringMatching(/Z$/) },
    ...{ relay: 'own', sender: `${name} via Data Team <team@acme.test>` },
  }
  expect(saved).toEqual({ status: 200, body: shown })
  expect((await call(app, 'GET', '/api/smtp', admin)).body).toEqual(shown)
  const row = await storedRow(app, orgId)
  expect(row?.passwordSealed).toMatch(/^v1\./)
  expect(JSON.stringify([saved.body, row])).not.toContain(PASSWORD)
  expect((await auditOf(app, orgId)).at(-1)).toEqual({
    action: 'smtp.updated',
    by: admin.email,
    detail: { host: HOST, port: 2525, tls: 'none', from: 'Data Team <team@acme.test>', is_password_changed: true },
  })
})

test('the first save needs the password; later an empty one, none or the mask keeps it', async () => {
  await using org = await openSmtpOrg()
  const { app, orgId, admin } = org
  for (const password of [undefined, '', MASK]) {
    const refused = await put(app, admin, bodyFor(PEER, { password }))
    expect(refused).toMatchObject({ status: 422, body: { error: 'password_required', field: 'password' } })
  }
  expect(await storedRow(app, orgId)).toBeUndefined()
  await setRelay(app, admin, bodyFor(PEER))
  const first = await storedRow(app, orgId)
  for (const [at, password] of [undefined, '', MASK].entries()) {
    await setRelay(app, admin, bodyFor(PEER, { password, from: `team-${at}@acme.test` }))
    const row = await storedRow(app, orgId)
    expect(row).toMatchObject({ passwordSealed: first?.passwordSealed ?? '', from: `team-${at}@acme.test` })
  }
  expect((await auditOf(app, orgId)).at(-1)?.detail).toMatchObject({ is_password_changed: false })
  await setRelay(app, admin, bodyFor(PEER, { password: 'another' }))
  expect((await storedRow(app, orgId))?.passwordSealed).not.toBe(first?.passwordSealed ?? '')
})

const ELSEWHERE = [
  { host: 'other.acme.test' },
  { port: 2526 },
  { tls: 'none' },
  { host: 'other.acme.test', port: 2526, tls: 'tls' },
] as const

for (const change of ELSEWHERE) {
  test(`the stored password never goes on to ${JSON.stringify(change)}: it is asked for again`, async () => {
    await using org = await openSmtpOrg()
    const { app, orgId, admin } = org
    await setRelay(app, admin, bodyFor(PEER, { tls: 'starttls' }))
    const before = await storedRow(app, orgId)
    for (const password of [undefined, MASK]) {
      const refused = await put(app, admin, bodyFor(PEER, { tls: 'starttls', ...change, password }))
      expect(refused).toMatchObject({ status: 422, body: { error: 'password_required', field: 'password' } })
    }
    expect(await storedRow(app, orgId)).toEqual(before)
    await setRelay(app, admin, bodyFor(PEER, { tls: 'starttls', ...change }))
    expect(await storedRow(app, orgId)).toMatchObject(change)
  })
}

test('more encryption and another user name keep the password', async () => {
  await using org = await openSmtpOrg()
  const { app, admin } = org
  await setRelay(app, admin, bodyFor(PEER))
  for (const tls of ['starttls', 'tls']) {
    await setRelay(app, admin, bodyFor(PEER, { tls, password: undefined, username: `by-${tls}` }))
  }
  const down = await put(app, admin, bodyFor(PEER, { tls: 'starttls', password: undefined }))
  expect(down).toMatchObject({ status: 422, body: { field: 'password' } })
})

const WRONG = [
  [{ host: 'https://mail.acme.test' }, 'invalid_host', 'host'],
  [{ host: 'mail.acme.test:25' }, 'invalid_host', 'host'],
  [{ host: 'mail acme' }, 'invalid_host', 'host'],
  [{ host: 'mail.acme.test\r\nRSET' }, 'invalid_host', 'host'],
  [{ host: '2130706433' }, 'invalid_host', 'host'],
  [{ host: 'a'.repeat(64) }, 'invalid_host', 'host'],
  [{ host: '' }, 'invalid_body', 'host'],
  [{ port: 0 }, 'invalid_body', 'port'],
  [{ port: 65_536 }, 'invalid_body', 'port'],
  [{ port: '25' }, 'invalid_body', 'port'],
  [{ tls: 'ssl' }, 'invalid_body', 'tls'],
  [{ username: ' ' }, 'invalid_username', 'username'],
  [{ username: 'a\nb' }, 'invalid_username', 'username'],
  [{ from: 'nobody' }, 'invalid_sender', 'from'],
  [{ from: 'A <a@b.test>, B <b@b.test>' }, 'invalid_sender', 'from'],
  [{ from: 'a@b.test\r\nBcc: c@d.test' }, 'invalid_sender', 'from'],
  [{ from: `${'n'.repeat(101)} <a@b.test>` }, 'invalid_sender', 'from'],
  [{ password: 'a\0b' }, 'invalid_body', 'password'],
  [{ auth: 'plain' }, 'invalid_body', 'auth'],
] as const

test('what is no mail server is refused with its field, and nothing is stored', async () => {
  await using org = await openSmtpOrg()
  const { app, orgId, admin } = org
  for (const [change, error] of WRONG) {
    const refused = await put(app, admin, bodyFor(PEER, change))
    expect([change, refused.status, refused.body.error]).toEqual([change, 422, error])
    expect(JSON.stringify(refused.body)).not.toContain(PASSWORD)
  }
  expect(await storedRow(app, orgId)).toBeUndefined()
  await setRelay(app, admin, bodyFor(PEER, { host: 'müller.example', from: 'Grace <grace@müller.example>' }))
  expect(await storedRow(app, orgId)).toMatchObject({
    ...{ host: 'xn--mller-kva.example', from: 'Grace <grace@xn--mller-kva.example>' },
  })
})

test('a host that is closed to tenants is refused where it is set, and is never called', async () => {
  await using inside = await startListener({ host: '127.0.0.2' })
  await using org = await openSmtpOrg()
  const { app, orgId, admin } = org
  for (const host of ['inside.acme.test', '127.0.0.2', '[::ffff:127.0.0.2]', '10.0.0.1', '0x7f000002']) {
    const refused = await put(app, admin, bodyFor(inside, { host }))
    expect([host, refused.status, refused.body.error, refused.body.field]).toEqual([
      host,
      422,
      'egress_refused',
      'host',
    ])
  }
  expect(await storedRow(app, orgId)).toBeUndefined()
  expect(inside.counts.connections).toBe(0)
  expect((await put(app, admin, bodyFor(inside, { host: '127.0.0.1' }))).status).toBe(200)
})

test('what changes nothing is not recorded', async () => {
  await using org = await openSmtpOrg()
  const { app, orgId, admin } = org
  await setRelay(app, admin, bodyFor(PEER))
  const before = (await auditOf(app, orgId)).length
  await setRelay(app, admin, bodyFor(PEER, { password: '' }))
  expect(await auditOf(app, orgId)).toHaveLength(before)
})

test('a removed mail server is gone with its password, and the platform’s carries the mails again', async () => {
  await using org = await openSmtpOrg({ env: relayOf({ host: '127.0.0.1', port: 2599 }) })
  const { app, orgId, admin } = org
  await setRelay(app, admin, bodyFor(PEER))
  expect((await call(app, 'DELETE', '/api/smtp', admin)).status).toBe(204)
  expect(await app.ctx.db.select().from(smtpSettings)).toEqual([])
  expect((await auditOf(app, orgId)).at(-1)).toMatchObject({ action: 'smtp.removed', detail: { host: HOST } })
  const sender = `${org.slug.toUpperCase()} via Honeyframe <team@example.test>`
  expect((await call(app, 'GET', '/api/smtp', admin)).body).toMatchObject({ relay: 'platform', sender, host: null })
  const before = (await auditOf(app, orgId)).length
  expect((await call(app, 'DELETE', '/api/smtp', admin)).status).toBe(204)
  expect(await auditOf(app, orgId)).toHaveLength(before)
  expect(await put(app, admin, bodyFor(PEER, { password: '' }))).toMatchObject({ status: 422 })
})

test('it takes smtp.edit, by role or by a group, and each org has its own', async () => {
  await using org = await openSmtpOrg()
  const { app, admin } = org
  const holder = await makeHolder(org, 'smtp.edit')
  const stranger = await makeHolder(org, 'webhook.edit')
  const elsewhere = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  await setRelay(app, admin, bodyFor(PEER))
  for (const [method, path, body] of [
    ['GET', '/api/smtp', undefined],
    ['PUT', '/api/smtp', bodyFor(PEER)],
    ['POST', '/api/smtp/test', { to: 'a@b.test' }],
    ['DELETE', '/api/smtp', undefined],
  ] as const) {
    expect(await outcome(app, method, path, stranger, body)).toBe('403 permission_denied')
  }
  expect((await call(app, 'GET', '/api/smtp', holder)).body.host).toBe(HOST)
  expect((await call(app, 'GET', '/api/smtp', elsewhere)).body.host).toBeNull()
  expect(await outcome(app, 'DELETE', '/api/smtp', elsewhere)).toBe('204')
  expect((await call(app, 'GET', '/api/smtp', admin)).body.host).toBe(HOST)
  await setRelay(app, elsewhere, bodyFor(PEER, { from: 'them@else.test' }))
  expect(await app.ctx.db.select({ from: smtpSettings.from }).from(smtpSettings)).toHaveLength(2)
})

test('a password sealed for one org does not open in another, and says so', async () => {
  await using org = await openSmtpOrg()
  const { app, orgId, admin } = org
  const other = await makePerson(app, (await makeOrg(app.ctx)).orgId)
  await setRelay(app, admin, bodyFor(PEER))
  await setRelay(app, other, bodyFor(PEER, { password: 'the other one' }))
  const stolen = await storedRow(app, other.orgId)
  await app.ctx.db
    .update(smtpSettings)
    .set({ passwordSealed: stolen?.passwordSealed ?? '' })
    .where(eq(smtpSettings.orgId, orgId))
  expect((await call(app, 'GET', '/api/smtp', admin)).body).toMatchObject({
    ...{ password_set: true, password_readable: false },
  })
  expect((await call(app, 'GET', '/api/smtp', other)).body).toMatchObject({ password_readable: true })
  await spoilPassword(app, orgId)
  await setRelay(app, admin, bodyFor(PEER))
  expect((await call(app, 'GET', '/api/smtp', admin)).body).toMatchObject({ password_readable: true })
})

test('ten saves at once leave one mail server, whole', async () => {
  await using org = await openSmtpOrg()
  const { app, orgId, admin } = org
  const ports = Array.from({ length: 10 }, (_, at) => 3000 + at)
  await Promise.all(ports.map((port) => put(app, admin, bodyFor({ port }, { username: `u${port}` }))))
  const rows = await app.ctx.db.select().from(smtpSettings).where(eq(smtpSettings.orgId, orgId))
  expect(rows).toHaveLength(1)
  expect(rows[0]?.username).toBe(`u${rows[0]?.port}`)
})
