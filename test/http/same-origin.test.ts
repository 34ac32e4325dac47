import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { needOf } from '#http/gate.ts'
import { visit } from '#test/sessions/visitor.ts'
import { makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

let app: TestApp
let ada: TestPerson
let peers = 0

beforeAll(async () => {
  app = await startTestApp()
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterAll(async () => app[Symbol.asyncDispose]())

function peer(): string {
  peers += 1
  return `10.12.${peers >> 8}.${peers & 255}`
}

const HOST = 'localhost:8000'
const OURS: Record<string, Record<string, string>> = {
  'Sec-Fetch-Site: same-origin': { 'sec-fetch-site': 'same-origin' },
  'Sec-Fetch-Site: same-origin, whatever Origin says': {
    'sec-fetch-site': 'same-origin',
    origin: 'http://evil.example',
  },
  'an Origin that is the Host': { origin: `http://${HOST}` },
  'an Origin that is the Host, on https': { origin: `https://${HOST}` },
  'an Origin that is the Host in capitals': { origin: `http://${HOST}`, host: HOST.toUpperCase() },
  'an Origin on a name of the network': { origin: 'http://data.lan:8000', host: 'data.lan:8000' },
}
const FOREIGN: Record<string, Record<string, string>> = {
  'no proof at all': {},
  'Sec-Fetch-Site: cross-site': { 'sec-fetch-site': 'cross-site' },
  'Sec-Fetch-Site: same-site': { 'sec-fetch-site': 'same-site' },
  'Sec-Fetch-Site: none': { 'sec-fetch-site': 'none' },
  'an empty Sec-Fetch-Site': { 'sec-fetch-site': '', origin: `http://${HOST}` },
  'Sec-Fetch-Site: cross-site with our Origin': { 'sec-fetch-site': 'cross-site', origin: `http://${HOST}` },
  'another Origin': { origin: 'http://evil.example' },
  'a null Origin': { origin: 'null' },
  'an empty Origin': { origin: '' },
  'an Origin on another port': { origin: 'http://localhost:9000' },
  'an Origin that begins like ours': { origin: `http://${HOST}.evil.example` },
  'an Origin that ends like ours': { origin: `http://evil-${HOST}` },
  'an Origin with our host as its user': { origin: `http://${HOST}@evil.example` },
  'a Referer only': { referer: `http://${HOST}/login` },
  'an X-Forwarded-Host that is the Origin': { origin: 'http://evil.example', 'x-forwarded-host': 'evil.example' },
}

function login(headers: Record<string, string>): Promise<Response> {
  const body = new URLSearchParams({ username: ada.email, password: PASSWORD })
  return app.fetch('/login', { method: 'POST', body, headers }, peer())
}

describe('a sign-in form', () => {
  for (const [name, headers] of Object.entries(OURS)) {
    test(`with ${name} signs in`, async () => {
      const answer = await login(headers)
      expect([answer.status, answer.headers.getSetCookie().length]).toEqual([303, 2])
    })
  }
  for (const [name, headers] of Object.entries(FOREIGN)) {
    test(`with ${name} is 403 and sets no cookie`, async () => {
      const answer = await login(headers)
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []])
      expect(await answer.text()).toContain('sent from another site')
    })
  }
})

test('every unsafe page asks for the proof, with a session and without; the same request with it gets further', async () => {
  const browser = visit(app, { peer: peer() })
  await browser.post('/login', { username: ada.email, password: PASSWORD })
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const unsafe = app.app.routes.filter(
    ({ method, path }) => method !== 'GET' && method !== 'HEAD' && !path.startsWith('/api'),
  )
  expect(unsafe.map(({ path }) => path)).toContain('/login')
  expect(unsafe.length).toBeGreaterThan(10)
  for (const route of unsafe) {
    const path = route.path.replaceAll(/:\w+/g, '999999')
    const name = `${route.method} ${route.path} ${needOf(route)?.kind}`
    for (const session of [{}, { cookie }] as Record<string, string>[]) {
      const bare = { method: route.method, headers: session, body: 'x=1' }
      expect([name, (await app.fetch(path, bare, peer())).status]).toEqual([name, 403])
      const foreign = { ...bare, headers: { ...session, 'sec-fetch-site': 'cross-site' } }
      expect([name, (await app.fetch(path, foreign, peer())).status]).toEqual([name, 403])
    }
    const proven = { method: route.method, headers: { 'sec-fetch-site': 'same-origin' }, body: 'x=1' }
    expect([name, (await app.fetch(path, proven, peer())).status === 403]).toEqual([name, false])
  }
  expect((await browser.get('/account')).status).toBe(200)
})

test('the API asks for no such proof, since it reads no cookie', async () => {
  const headers = { ...ada.bearer, 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' }
  const answer = await app.fetch('/api/auth/sign-out-everywhere', { method: 'POST', headers }, peer())
  expect(answer.status).toBe(200)
})
