import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json, PASSWORD, startTestApp } from '#test/support/app.ts'
import { freePort } from '#test/support/ports.ts'
import { jsonOf, operationsOf } from '#test/sweeps/documented.ts'
import { ODD_TARGETS, oddTargetFaults } from '#test/sweeps/odd-targets.ts'
import {
  admissionFaults,
  type Credentials,
  foreignFormFaults,
  type Send,
  strangerFaults,
  superadminFaults,
  viewerFaults,
} from '#test/sweeps/route-manners.ts'
import { type GatedRoute, gateFaults, isGated, PUBLIC, routesOf } from '#test/sweeps/route-table.ts'
import { EXECUTABLE, start } from './executable.ts'

const ADMIN = 'ada@example.test'
const VIEWER = 'grace@example.test'
const UNDOCUMENTED = ['GET /api/openapi.json', 'GET /api/docs']
const RAW_TARGETS = [
  'http://evil.example/api/members',
  'http://localhost/api/members/',
  '*',
  'api/members',
  '/api/members\\',
  '/api/memb\u00e9rs',
]
const RAW_TIMEOUT_MS = 5_000

let folder = ''
let origin = ''
let program: ReturnType<typeof start> | undefined
let routes: GatedRoute[] = []
let sent = 0

/** Behind a proxy of this machine every request may come from an address of its own: the rate limit is not what is looked at. */
const send: Send = (path, init) => {
  const headers = new Headers(init.headers)
  sent += 1
  headers.set('x-forwarded-for', `10.5.${(sent >> 8) & 255}.${sent & 255}`)
  return fetch(new URL(path, origin), { ...init, headers })
}

async function signIn(username: string): Promise<Credentials> {
  const response = await send('/api/auth/login', json('POST', { username, password: PASSWORD }))
  const token = jsonOf(await response.json()).access_token
  if (typeof token !== 'string') throw new Error(`${username} cannot sign in`)
  return { bearer: { authorization: `Bearer ${token}` }, cookie: { cookie: `hf_session=${token}` } }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-routes-'))
  const port = freePort()
  origin = `http://127.0.0.1:${port}`
  const env = { PORT: String(port), DATA_DIR: folder, ADMIN_EMAIL: ADMIN, ADMIN_PASSWORD: PASSWORD }
  program = start([EXECUTABLE, 'serve'], { env, cwd: folder })
  await program.says(/"message":"listening"/)
  const { bearer } = await signIn(ADMIN)
  const invited = await send('/api/invites', json('POST', { email: VIEWER, role: 'viewer' }, bearer))
  const url = new URL(String(jsonOf(await invited.json()).accept_url))
  const acceptance = { token: url.searchParams.get('token'), name: 'Grace', password: PASSWORD }
  expect((await send('/api/invites/accept', json('POST', acceptance))).status).toBe(201)
  await using app = await startTestApp()
  expect(gateFaults(app.app)).toEqual([])
  routes = routesOf(app.app).filter(isGated)
}, 60_000)

afterAll(async () => {
  await program?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** The status line of an answer to bytes that no client library would send; 400 for a connection that is just closed. */
function statusOf(target: string, headers: Record<string, string>, method: string): Promise<number> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    let said = ''
    const end = () => {
      socket.destroy()
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 400))
    }
    socket.setTimeout(RAW_TIMEOUT_MS, end)
    socket.on('error', end).on('close', end)
    socket.on('data', (bytes) => {
      said += bytes.toString('latin1')
      if (said.includes('\r\n')) end()
    })
    const fields = Object.entries({
      host: `${hostname}:${port}`,
      connection: 'close',
      'content-length': '0',
      ...headers,
    })
    socket.write(
      [`${method} ${target} HTTP/1.1`, ...fields.map((field) => field.join(': ')), '', ''].join('\r\n'),
      'latin1',
    )
  })
}

describe('the routes of the executable', () => {
  test('are those of the sources', async () => {
    const document = jsonOf(await (await send('/api/openapi.json', {})).json())
    const documented = [...operationsOf(document).map(({ name }) => name), ...UNDOCUMENTED]
    expect(documented.toSorted()).toEqual(routes.flatMap(({ name, isApi }) => (isApi ? [name] : [])).toSorted())
    for (const operation of operationsOf(document)) {
      expect([operation.name, operation.isOpen]).toEqual([operation.name, Object.hasOwn(PUBLIC, operation.name)])
    }
  })

  test('refuse a stranger, and let an admin in', async () => {
    expect(await strangerFaults(send, routes, await signIn(ADMIN))).toEqual([])
    expect(await admissionFaults(send, routes, () => signIn(ADMIN))).toEqual([])
  }, 120_000)

  test('take forms only from our own pages', async () => {
    expect(await foreignFormFaults(send, routes, await signIn(ADMIN))).toEqual([])
  }, 60_000)

  test('refuse a member without the permission', async () => {
    expect(await viewerFaults(send, routes, await signIn(VIEWER))).toEqual([])
    expect(await superadminFaults(send, routes, await signIn(VIEWER))).toEqual([])
  }, 60_000)

  test('are reached by their own path only, whatever bytes are sent', async () => {
    const targets = [...ODD_TARGETS, ...RAW_TARGETS]
    expect(await oddTargetFaults(statusOf, targets, await signIn(VIEWER))).toEqual([])
    const { bearer } = await signIn(ADMIN)
    expect(await statusOf('/api/members', bearer, 'GET')).toBe(200)
    expect(await statusOf(`${origin}/api/members`, bearer, 'GET')).toBe(200)
  }, 60_000)

  test('hold every file of the API’s page', async () => {
    const page = await (await send('/api/docs', {})).text()
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file ?? '')
    expect(files.length).toBe(4)
    for (const file of files) {
      const response = await send(file, {})
      expect([file, response.status, (await response.bytes()).length > 0]).toEqual([file, 200, true])
    }
  })

  test('show metrics to this machine without an account', async () => {
    expect((await fetch(new URL('/metrics', origin))).status).toBe(200)
    expect((await send('/metrics', {})).status).toBe(401)
  })
})
