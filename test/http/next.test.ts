import { afterAll, beforeAll, expect, test } from 'bun:test'
import { localPath } from '#http/local-path.ts'
import { visit } from '#test/sessions/visitor.ts'
import { makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const LOCAL = [
  '/',
  '/members',
  '/members?q=a%20b&x=1',
  '/a//b',
  '/a/../b',
  '/@evil.example',
  '/:80',
  '/?next=https://evil.example',
  '/a#b',
  "/a'b",
]
const EVIL = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '/\\/evil.example',
  '\\\\evil.example',
  'https://evil.example',
  'https:evil.example',
  'HTTPS:/evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'evil.example',
  '',
  ' /members',
  ' //evil.example',
  '/\t/evil.example',
  '\t//evil.example',
  '/\n/evil.example',
  '/a\r\nSet-Cookie: x=1',
  '/\u0000/evil.example',
  '/\u00a0',
  '/a\\b',
  '/\u2028',
  '\ufeff//evil.example',
  '/\u202e',
  '.',
  '..//evil.example',
  '?next=//evil.example',
]

let app: TestApp
let ada: TestPerson
let peers = 0

beforeAll(async () => {
  app = await startTestApp()
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterAll(async () => app[Symbol.asyncDispose]())

function browser(headers: Record<string, string> = {}) {
  peers += 1
  return visit(app, { peer: `10.13.${peers >> 8}.${peers & 255}`, headers })
}

test('only a path of this site with one leading slash is local', () => {
  for (const path of LOCAL) expect([path, localPath(path)]).toEqual([path, path])
  for (const path of EVIL) expect([path, localPath(path, '/fallback')]).toEqual([path, '/fallback'])
  for (const path of LOCAL) expect(new URL(path, 'https://data.example.com').origin).toBe('https://data.example.com')
})

test('after the sign-in one is where one wanted to be, and never elsewhere', async () => {
  for (const next of LOCAL) {
    const answer = await browser().post('/login', { username: ada.email, password: PASSWORD, next })
    expect([next, answer.status, answer.headers.get('location')]).toEqual([next, 303, next])
  }
  for (const next of EVIL.filter((path) => !path.includes('\u0000'))) {
    const answer = await browser().post('/login', { username: ada.email, password: PASSWORD, next })
    expect([next, answer.status, answer.headers.get('location')]).toEqual([next, 303, '/'])
    expect(answer.headers.getSetCookie().some((line) => line.startsWith('x='))).toBe(false)
  }
})

test('the same holds for a form sent by htmx, for the theme, for the sign-out and for who is signed in already', async () => {
  for (const [next, wanted] of [
    ['/tokens', '/tokens'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
  ] as const) {
    const one = browser()
    const form = { username: ada.email, password: PASSWORD, next }
    const htmx = await one.post('/login', form, { 'hx-request': 'true', 'hx-request-type': 'partial' })
    expect([htmx.status, htmx.headers.get('hx-redirect'), htmx.headers.has('location')]).toEqual([204, wanted, false])
    expect((await one.get(`/login?next=${encodeURIComponent(next)}`)).headers.get('location')).toBe(wanted)
    expect((await one.post('/theme', { theme: 'dark', next })).headers.get('location')).toBe(wanted)
    const out = await one.post('/logout', { next })
    expect(out.headers.get('location')).toBe(wanted === '/' ? '/login' : wanted)
  }
})

test('the sign-in page keeps a good next and forgets a bad one', async () => {
  expect(await (await browser().get('/login?next=%2Ftokens%3Fa%3D1')).text()).toContain('value="/tokens?a=1"')
  const marked = await browser().get(`/login?next=${encodeURIComponent('/"><script>alert(1)</script>')}`)
  expect((await marked.text()).includes('<script>alert')).toBe(false)
  for (const next of ['//evil.example', 'javascript:alert(1)', '/\\evil.example', 'https://evil.example']) {
    const page = await (await browser().get(`/login?next=${encodeURIComponent(next)}`)).text()
    // The form of the theme comes back to this very page, whose own address names the bad one, encoded.
    const kept = [...page.matchAll(/name="next" value="(.*?)"/g)].map(([, value]) => value ?? '')
    expect([next, kept.every((value) => value.startsWith('/login?next='))]).toEqual([next, true])
  }
})

test('a page that wants a session remembers its own address only', async () => {
  const location = async (path: string) => (await browser().get(path)).headers.get('location')
  expect(await location('/members?q=%22%3E')).toBe('/login?next=%2Fmembers%3Fq%3D%2522%253E')
  expect(await location('/')).toBe('/login')
  const unsafe = await browser().post('/account/profile', { name: 'x' })
  expect([unsafe.status, unsafe.headers.get('location')]).toEqual([303, '/login'])
})
