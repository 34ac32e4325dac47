import { describe, expect, test } from 'bun:test'
import { and, eq } from 'drizzle-orm'
import { userOrgs, users } from '#core/tenancy/tables.ts'
import { createMemberByOperator } from '#platform/members/operator.ts'
import { submit } from '#test/members/visit.ts'
import { makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { call, documentFor, forged, install, putRow, show } from './arrange.ts'

type Place = Readonly<{ app: TestApp; org: { orgId: number; slug: string }; admin: TestPerson }>

/** An org whose licence is for so many people, of whom the admin is one. */
async function place(limit: number) {
  const app = await startTestApp()
  const org = await makeOrg(app.ctx)
  const admin = await makePerson(app, org.orgId)
  await license({ app, org, admin }, limit)
  return { app, org, admin, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

const license = ({ app, org }: Place, limit: number | null, days = 30) =>
  putRow(app, org, documentFor(org.slug, days, { users_limit: limit }))

let made = 0

async function invite({ app, admin }: Place): Promise<{ code: string; token: string }> {
  const email = `seat-${++made}@example.test`
  const { status, body } = await call(app, 'POST', '/api/invites', admin, { email, role: 'viewer' })
  const token = status === 201 ? new URL(String(body.accept_url)).searchParams.get('token') : ''
  return { code: status === 201 ? 'ok' : `${status} ${String(body.error)}`, token: token ?? '' }
}

async function accept({ app }: Place, token: string): Promise<string> {
  const body = { token, name: 'New', password: PASSWORD }
  const answer = await call(app, 'POST', '/api/invites/accept', undefined, body)
  return answer.status === 201 ? 'ok' : `${answer.status} ${String(answer.body.error)}`
}

describe('users_limit', () => {
  test('counts members and open invitations when somebody is invited', async () => {
    await using at = await place(3)
    expect([(await invite(at)).code, (await invite(at)).code]).toEqual(['ok', 'ok'])
    expect((await invite(at)).code).toBe('409 license_user_limit')
    const { body } = await call(at.app, 'GET', '/api/invites', at.admin)
    const items = Array.isArray(body.items) ? body.items : []
    expect(items).toHaveLength(2)
    await call(at.app, 'POST', `/api/invites/${items[0].id}/revoke`, at.admin)
    expect((await invite(at)).code).toBe('ok')
    expect((await show(at.app, at.admin)).users_count).toBe(1)
  })

  test('null is no limit', async () => {
    await using at = await place(1)
    expect((await invite(at)).code).toBe('409 license_user_limit')
    await license(at, null)
    for (let time = 0; time < 5; time++) expect((await invite(at)).code).toBe('ok')
  })

  test('holds under 50 parallel acceptances of invitations from before a smaller licence', async () => {
    await using at = await place(100)
    const { app, org } = at
    const tokens: string[] = []
    for (let time = 0; time < 50; time++) tokens.push((await invite(at)).token)
    await license(at, 8)
    const outcomes = await Promise.all(tokens.map((token) => accept(at, token)))
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(7)
    expect(outcomes.filter((outcome) => outcome === '409 license_user_limit')).toHaveLength(43)
    expect(await app.ctx.db.$count(userOrgs, eq(userOrgs.orgId, org.orgId))).toBe(8)
    // Who was refused was not made an account either, and may come once there is room.
    expect(await app.ctx.db.$count(users)).toBe(8)
    await license(at, 9)
    const late = tokens[outcomes.indexOf('409 license_user_limit')] ?? ''
    expect(await accept(at, late)).toBe('ok')
  })

  test('holds under 50 parallel invitations', async () => {
    await using at = await place(5)
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => invite(at)))
    expect(outcomes.filter(({ code }) => code === 'ok')).toHaveLength(4)
    expect(outcomes.filter(({ code }) => code === '409 license_user_limit')).toHaveLength(46)
  })

  test('lets everybody who is in go on, and frees the place of who is deactivated', async () => {
    await using at = await place(3)
    const { app, org, admin } = at
    const bob = await makePerson(app, org.orgId)
    await license(at, 1)
    expect((await call(app, 'GET', '/api/members', bob)).status).toBe(200)
    expect((await call(app, 'PATCH', `/api/members/${bob.userId}`, admin, { role: 'viewer' })).status).toBe(200)
    expect(await show(app, admin)).toMatchObject({ users_limit: 1, users_count: 2, status: 'valid' })
    await license(at, 2)
    expect((await invite(at)).code).toBe('409 license_user_limit')
    await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, bob.userId))
    expect((await invite(at)).code).toBe('ok')
  })

  test('binds whoever makes a deactivated account active again', async () => {
    await using at = await place(2)
    const { app, org, admin } = at
    const bob = await makePerson(app, org.orgId)
    const isActive = async () => {
      const [row] = await app.ctx.db.select({ isActive: users.isActive }).from(users).where(eq(users.id, bob.userId))
      return row?.isActive
    }
    await app.ctx.db.update(users).set({ isActive: false }).where(eq(users.id, bob.userId))
    await license(at, 1)
    const refused = await call(app, 'PATCH', `/api/users/${bob.userId}`, admin, { is_active: true })
    expect([refused.status, refused.body.error, await isActive()]).toEqual([409, 'license_user_limit', false])
    await license(at, 2)
    const done = await call(app, 'PATCH', `/api/users/${bob.userId}`, admin, { is_active: true })
    expect([done.status, await isActive()]).toEqual([200, true])
  })

  test('binds the operator’s own additions, which count members alone', async () => {
    await using at = await place(2)
    const { app, org } = at
    expect((await invite(at)).code).toBe('ok')
    const input = { name: 'Op', password: PASSWORD, orgSlug: org.slug, role: 'viewer' } as const
    await createMemberByOperator(app.ctx, { ...input, email: 'first@example.test' })
    await expect(createMemberByOperator(app.ctx, { ...input, email: 'second@example.test' })).rejects.toMatchObject({
      code: 'license_user_limit',
    })
    expect(await app.ctx.db.$count(users, eq(users.email, 'second@example.test'))).toBe(0)
  })

  test('of a list of addresses invites as many as there are places, and says which had none', async () => {
    await using at = await place(3)
    const addresses = 'a@example.test, b@example.test, c@example.test, d@example.test'
    const form = { addresses, role: 'viewer' }
    const { html } = await submit(at.app, '/members/invites/many', form, { person: at.admin, isPartial: true })
    expect(html).toContain('a@example.test')
    expect(html.match(/No place left/g)).toHaveLength(2)
  })
})

describe('an invitation of an org', () => {
  for (const [what, text, code] of [
    ['whose licence has expired', (slug: string) => documentFor(slug, -30), '403 license_expired'],
    ['whose licence is not valid', (slug: string) => forged(documentFor(slug)), '403 license_invalid'],
  ] as const) {
    test(`${what} is accepted by nobody until it is renewed, neither by the API nor by the page`, async () => {
      await using at = await place(10)
      const { app, org, admin } = at
      const { token } = await invite(at)
      await putRow(app, org, text(org.slug))
      expect(await accept(at, token)).toBe(code)
      const form = { token, name: 'New', password: PASSWORD }
      const page = await submit(app, '/accept-invite', form)
      expect(page.status).toBe(403)
      expect(page.html).toContain('licence')
      const isNew = and(eq(userOrgs.orgId, org.orgId), eq(userOrgs.role, 'viewer'))
      expect(await app.ctx.db.$count(userOrgs, isNew)).toBe(0)
      expect((await install(app, admin, documentFor(org.slug))).status).toBe(200)
      expect(await accept(at, token)).toBe('ok')
    })
  }
})
