import { expect, test } from 'bun:test'
import { passwordResets, signInAttempts } from '#core/access/tables.ts'
import { addMs, HOUR_MS } from '#lib/clock.ts'
import { newSecretToken, sha256Hex } from '#lib/token.ts'
import { prepareReset } from '#platform/sessions/password.ts'
import { openOrg } from '#test/invites/arrange.ts'
import { json, makePerson, PASSWORD } from '#test/support/app.ts'
import { patch, reset, signIn } from './arrange.ts'

const ROUNDS = 8

test('sign-ins, links, a reset and a deactivation at the same moment wait for one another, and none of them breaks', async () => {
  await using org = await openOrg()
  const { app, admin } = org
  const { db, clock, random } = app.ctx
  for (let round = 0; round < ROUNDS; round += 1) {
    const grace = await makePerson(app, org.orgId, 'viewer')
    const link = newSecretToken(random)
    const createdAt = clock.now()
    const row = { userId: grace.userId, tokenHash: sha256Hex(link), createdAt, expiresAt: addMs(createdAt, HOUR_MS) }
    await db.insert(passwordResets).values(row)
    const address = `10.7.0.${round}`
    const account = sha256Hex(grace.email)
    await db.insert(signInAttempts).values({ account, origin: address, at: createdAt })
    const login = json('POST', { username: grace.email, password: PASSWORD })
    const linked = json('POST', { token: link, new_password: 'staple of a new kind' })
    const change = { old_password: PASSWORD, new_password: 'a password of my own' }
    const answers = await Promise.all([
      app.fetch('/api/auth/login', login, address).then(({ status }) => status),
      reset(app, admin, grace).then(({ status }) => status),
      app.fetch('/api/auth/reset-password', linked, `10.7.1.${round}`).then(({ status }) => status),
      prepareReset(app.ctx, grace.email).then(() => 200),
      app
        .fetch('/api/auth/change-password', json('POST', change, grace.bearer), `10.7.2.${round}`)
        .then(({ status }) => status),
      app.fetch('/api/auth/login', login, address).then(({ status }) => status),
      patch(app, admin, grace, { is_active: round % 2 === 0 }).then(({ status }) => status),
    ])
    expect([round, answers.filter((status) => status >= 500)]).toEqual([round, []])
    expect((await signIn(app, admin.email, PASSWORD)).status).toBe(200)
  }
}, 60_000)
