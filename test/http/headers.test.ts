import { afterAll, beforeAll, expect, test } from 'bun:test'
import { visit } from '#test/sessions/visitor.ts'
import { json, makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const CSP: Record<string, string> = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'object-src': "'none'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
}

let app: TestApp
let ada: TestPerson

beforeAll(async () => {
  app = await startTestApp()
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterAll(async () => app[Symbol.asyncDispose]())

function expectStanding(name: string, answer: Response): void {
  const policy = answer.headers.get('content-security-policy') ?? ''
  expect([name, Object.fromEntries(policy.split('; ').map((part) => part.split(/ (.*)/).slice(0, 2)))]).toEqual([
    name,
    CSP,
  ])
  const rest = ['x-content-type-options', 'referrer-policy'].map((header) => answer.headers.get(header))
  expect([name, rest]).toEqual([name, ['nosniff', 'same-origin']])
  expect([name, /^[0-9a-f-]{36}$/.test(answer.headers.get('x-request-id') ?? '')]).toEqual([name, true])
  expect([
    name,
    answer.headers.has('strict-transport-security'),
    answer.headers.has('server'),
    answer.headers.has('x-powered-by'),
  ]).toEqual([name, false, false, false])
}

test('every answer carries the standing headers: pages, JSON, files, redirects, refusals of every kind, preflights', async () => {
  const browser = visit(app, { peer: '10.14.0.1' })
  await browser.post('/login', { username: ada.email, password: PASSWORD })
  const origin = { origin: 'http://localhost:8000', 'access-control-request-method': 'POST' }
  const asked: Record<string, Promise<Response>> = {
    'a page': browser.get('/account'),
    'a public page': app.fetch('/login'),
    'a fragment': browser.post(
      '/account/profile',
      { name: 'Ada' },
      { 'hx-request': 'true', 'hx-request-type': 'partial' },
    ),
    'a redirect': app.fetch('/members'),
    'a page 404': app.fetch('/nothing'),
    'a page 403': app.fetch('/login', { method: 'POST', body: 'x=1' }, '10.14.0.2'),
    'a page 410': app.fetch('/reset-password?token=x'),
    'a page 413': app.fetch('/login', {
      method: 'POST',
      body: 'x'.repeat(300_000),
      headers: { 'content-length': '300000' },
    }),
    'a page 422': app.fetch('/login?email=%00'),
    JSON: app.fetch('/api/health'),
    'a 401': app.fetch('/api/me'),
    'a 404': app.fetch('/api/nothing'),
    'a 400': app.fetch('/api/me', { method: 'PATCH', body: '{', headers: ada.bearer }),
    'a 422': app.fetch('/api/me', json('PATCH', { x: 1 }, ada.bearer)),
    'a 413': app.fetch('/api/me', { method: 'PATCH', headers: { ...ada.bearer, 'content-length': '300000' } }),
    'a 204': app.fetch('/api/me', { method: 'OPTIONS', headers: origin }),
    'a file': app.fetch('/assets/app.js'),
    'a file not changed': app
      .fetch('/assets/app.js')
      .then((file) => app.fetch('/assets/app.js', { headers: { 'if-none-match': file.headers.get('etag') ?? '' } })),
    'a file 404': app.fetch('/assets/nothing.js'),
    'a HEAD': app.fetch('/login', { method: 'HEAD' }),
    'an odd method': app.fetch('/login', { method: 'PROPFIND' }),
    'the documentation': app.fetch('/api/docs'),
    'the document': app.fetch('/api/openapi.json'),
  }
  for (const [name, answer] of Object.entries(asked)) expectStanding(name, await answer)
})

test('no page holds an inline script, an inline style or an event attribute', async () => {
  const browser = visit(app, { peer: '10.14.0.3' })
  const open = ['/login', '/forgot-password', '/reset-password?token=x', '/setup?token=x', '/nothing', '/api/docs']
  const pages = await Promise.all(open.map(async (path) => [path, await (await browser.get(path)).text()] as const))
  await browser.post('/login', { username: ada.email, password: PASSWORD })
  for (const path of ['/account', '/tokens', '/members']) pages.push([path, await (await browser.get(path)).text()])
  for (const [path, text] of pages) {
    const found = [
      /<script(?![^>]*\ssrc=)/i,
      /<style/i,
      /\sstyle=/i,
      /<[^>]+\son[a-z]+\s*=/i,
      /javascript:/i,
      /(src|href)="(https?:)?\/\//i,
    ]
    expect([path, found.filter((pattern) => pattern.test(text)).map(String)]).toEqual([path, []])
  }
})

test('answers are kept by nobody, and files by their fingerprint', async () => {
  for (const path of ['/login', '/api/health', '/api/me', '/nothing']) {
    expect([path, (await app.fetch(path)).headers.get('cache-control')]).toEqual([path, 'no-store'])
  }
  const [, address = ''] = /(\/assets\/app\.css\/\w+)/.exec(await (await app.fetch('/login')).text()) ?? []
  expect((await app.fetch(address)).headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect((await app.fetch(`${address}x`)).status).toBe(404)
  expect((await app.fetch('/assets/app.css')).headers.get('cache-control')).toBe('no-cache')
  for (const path of [
    '/assets/..%2fpackage.json',
    '/assets/../package.json',
    '/assets/%2e%2e/package.json',
    '/assets/',
    '/assets',
  ]) {
    expect([path, (await app.fetch(path)).status]).toEqual([path, 404])
  }
})

test('HSTS is on every answer of an install that speaks TLS', async () => {
  await using secure = await startTestApp({ env: { PUBLIC_URL: 'https://data.example.com' } })
  for (const path of ['/login', '/api/health', '/nothing', '/api/nothing', '/assets/app.css']) {
    const answer = await secure.fetch(path)
    expect([path, answer.headers.get('strict-transport-security')]).toEqual([path, 'max-age=31536000'])
  }
})

test('a planted toast cookie is text and nothing else, and is shown once', async () => {
  const plant = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const evil = '<img src=x onerror=alert(1)><script>alert(1)</script>" onload="x'
  const answer = await app.fetch('/login', { headers: { cookie: `hf_toast=${plant({ tone: 'danger', text: evil })}` } })
  const page = await answer.text()
  expect([page.includes('<img src=x'), page.includes('<script>alert'), page.includes('&lt;img src=x')]).toEqual([
    false,
    false,
    true,
  ])
  expect(answer.headers.getSetCookie()).toEqual(['hf_toast=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0'])
  const odd = [
    'null',
    '5',
    '[]',
    '{',
    { tone: '"><script>', text: 'planted words' },
    { tone: 'danger', text: { a: 1 } },
    { text: 'planted words' },
  ]
  for (const value of odd) {
    const plain = await app.fetch('/login', { headers: { cookie: `hf_toast=${plant(value)}` } })
    expect([plain.status, (await plain.text()).includes('planted words')]).toEqual([200, false])
  }
  const long = await app.fetch('/login', {
    headers: { cookie: `hf_toast=${plant({ tone: 'info', text: 'x'.repeat(3000) })}` },
  })
  expect((await long.text()).includes('x'.repeat(301))).toBe(false)
})

test('what is typed into a form comes back inert', async () => {
  const evil = '"><script>alert(1)</script>'
  const browser = visit(app, { peer: '10.14.0.4' })
  const answers = [
    await browser.post('/login', { username: evil, password: 'x', next: '/tokens' }),
    await browser.post('/forgot-password', { email: evil }),
    await browser.get(`/login?email=${encodeURIComponent(evil)}&next=${encodeURIComponent(`/${evil}`)}`),
    await browser.get(`/${encodeURIComponent(evil)}`),
  ]
  for (const answer of answers) expect((await answer.text()).includes('<script>alert')).toBe(false)
})
