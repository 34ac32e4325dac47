import { describe, expect, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import { Elysia } from 'elysia'
import { users } from '#core/tenancy/tables.ts'
import { gate } from '#http/gate.ts'
import { createRateLimit } from '#http/rate-limit.ts'
import { makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'
import { ODD_TARGETS, oddTargetFaults } from './odd-targets.ts'
import {
  admissionFaults,
  foreignFormFaults,
  isForSuperadmins,
  type Send,
  strangerFaults,
  superadminFaults,
  viewerFaults,
} from './route-manners.ts'
import { gateFaults, isGated, PUBLIC, routesOf, SELF_GUARDED } from './route-table.ts'

const cookieOf = (jwt: string) => ({ cookie: `hf_session=${jwt}` })

/** Every request from an address of its own: the rate limit is not what is looked at. */
function sendTo(app: TestApp): Send {
  let sent = 0
  return (path, init) => app.fetch(path, init, `10.1.${(++sent >> 8) & 255}.${sent & 255}`)
}

async function credentials(app: TestApp, orgId: number, role: 'admin' | 'viewer', isSuperadmin = false) {
  const { userId, bearer, jwt } = await makePerson(app, orgId, role)
  await app.ctx.db.update(users).set({ isSuperadmin }).where(eq(users.id, userId))
  return { bearer, cookie: cookieOf(jwt) }
}

describe('every route', () => {
  test('passed the gate with one need, and is open to anyone only for a reason', async () => {
    await using app = await startTestApp()
    expect(app.app.routes.length).toBeGreaterThan(40)
    expect(gateFaults(app.app)).toEqual([])
  })

  test('refuses a stranger before it looks at anything else, and lets an admin in', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeOrg(app.ctx)
    const routes = routesOf(app.app).filter(isGated)
    const admin = await credentials(app, orgId, 'admin')
    expect(await strangerFaults(sendTo(app), routes, admin)).toEqual([])
    const freshAdmin = (isSuperadmin: boolean) => credentials(app, orgId, 'admin', isSuperadmin)
    expect(await admissionFaults(sendTo(app), routes, freshAdmin)).toEqual([])
  })

  test('takes a form only from our own pages', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeOrg(app.ctx)
    const routes = routesOf(app.app).filter(isGated)
    expect(await foreignFormFaults(sendTo(app), routes, await credentials(app, orgId, 'admin'))).toEqual([])
  })

  test('that wants a permission refuses a member without it', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeOrg(app.ctx)
    const routes = routesOf(app.app).filter(isGated)
    expect(routes.filter(({ need }) => need.kind === 'permission').length).toBeGreaterThan(10)
    expect(await viewerFaults(sendTo(app), routes, await credentials(app, orgId, 'viewer'))).toEqual([])
  })

  test('that is the operator’s own refuses an admin', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeOrg(app.ctx)
    const routes = routesOf(app.app).filter(isGated)
    expect(routes.filter(isForSuperadmins).map(({ name }) => name)).toContain('POST /api/orgs')
    expect(await superadminFaults(sendTo(app), routes, await credentials(app, orgId, 'admin'))).toEqual([])
  })

  test('is reached by its own path and method only', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeOrg(app.ctx)
    const viewer = await credentials(app, orgId, 'viewer')
    const send = sendTo(app)
    const status = async (target: string, headers: Record<string, string>, method: string) =>
      (await send(`http://localhost:8000${target}`, { method, headers })).status
    expect(await oddTargetFaults(status, ODD_TARGETS, viewer)).toEqual([])
    const admin = await credentials(app, orgId, 'admin')
    expect((await app.fetch('/api/members', { headers: admin.bearer })).status).toBe(200)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE']) {
      expect((await app.fetch('/api/members', { method, headers: admin.bearer })).status).toBe(404)
    }
  })
})

describe('this sweep sees', () => {
  test('a route that never passed the gate, one with too small a need, one nobody accounted for, and a stale reason', async () => {
    await using app = await startTestApp()
    const planted = new Elysia().use(app.app).get('/api/leak', () => 'everything')
    expect(gateFaults(planted)).toEqual(['GET /api/leak never passed the gate'])
    const door = {
      ctx: app.ctx,
      bearer: app.bearer,
      rateLimit: createRateLimit(app.ctx.clock),
      navigation: [],
      tour: [],
    }
    const weak = new Elysia().use(gate(door)).delete('/api/all', () => '', { requires: 'member.read' })
    const both = new Elysia().use(gate(door)).get('/api/two', () => '', { open: true, requires: 'member.read' })
    expect(gateFaults(weak, {})).toEqual(['DELETE /api/all changes something by a permission to read'])
    expect(gateFaults(both, {})).toContain('/api/two has two needs')
    const { 'GET /api/health': _, ...others }: Record<string, string> = { ...PUBLIC, 'GET /gone': 'was' }
    expect(gateFaults(app.app, others)).toEqual([
      'GET /api/health is open, and no reason is given',
      'GET /gone is listed as open, and is not',
    ])
  })

  test('a route that answers a stranger, a foreign form or a viewer, and one that refuses everybody', async () => {
    await using app = await startTestApp()
    const { orgId } = await makeOrg(app.ctx)
    const person = await credentials(app, orgId, 'viewer')
    const routes = routesOf(app.app).filter(isGated)
    const names = (faults: string[]) => new Set(faults.map((fault) => fault.split(':')[0]))
    const open: Send = async () => new Response('all of it')
    const guarded = routes.filter(({ need }) => need.kind !== 'anyone')
    expect(names(await strangerFaults(open, routes, person)).size).toBeGreaterThanOrEqual(guarded.length)
    expect(names(await foreignFormFaults(open, routes, person)).size).toBe(
      routes.filter(({ isApi, method }) => !isApi && method !== 'GET').length,
    )
    expect(names(await viewerFaults(open, routes, person)).size).toBe(
      routes.filter(({ need }) => need.kind === 'permission').length,
    )
    expect(names(await superadminFaults(open, routes, person)).size).toBe(routes.filter(isForSuperadmins).length)
    const shut: Send = async () => new Response('', { status: 403 })
    expect(names(await admissionFaults(shut, routes, async () => person)).size).toBe(
      routes.length - Object.keys(SELF_GUARDED).length,
    )
    expect(await oddTargetFaults(async () => 200, ODD_TARGETS, person)).not.toEqual([])
  })
})
