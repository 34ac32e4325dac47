import { afterAll, beforeAll, expect, test } from 'bun:test'
import { auditLog } from '#core/audit/tables.ts'
import { users } from '#core/tenancy/tables.ts'
import { json, makeOrg, makePerson, PASSWORD, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

let app: TestApp
let ada: TestPerson
let peers = 0

beforeAll(async () => {
  app = await startTestApp()
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterAll(async () => app[Symbol.asyncDispose]())

async function patch(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream,
  headers: Record<string, string> = {},
): Promise<[number, string]> {
  const answer = await app.fetch('/api/me', { method: 'PATCH', body, headers: { ...ada.bearer, ...headers } })
  return [answer.status, (await answer.json()).error ?? 'ok']
}

function login(body: string, headers: Record<string, string> = {}): Promise<Response> {
  peers += 1
  return app.fetch('/api/auth/login', { method: 'POST', body, headers }, `10.11.0.${peers}`)
}

function nextPeer(): string {
  peers += 1
  return `10.11.7.${peers}`
}

/** A body without a Content-Length, in pieces. */
function chunked(text: string, pieceBytes = 16_384): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + pieceBytes))
      at += pieceBytes
    },
  })
}

function padded(bytes: number): string {
  const frame = JSON.stringify({ name: 'Ada' })
  return `${frame}${' '.repeat(bytes - frame.length)}`
}

test('a body of 256 KiB is read and one byte more is 413, announced or not', async () => {
  const limit = 256 * 1024
  expect(await patch(padded(limit), { 'content-length': String(limit) })).toEqual([200, 'ok'])
  expect(await patch(padded(limit + 1), { 'content-length': String(limit + 1) })).toEqual([413, 'too_large'])
  expect(await patch(chunked(padded(limit)))).toEqual([200, 'ok'])
  expect(await patch(chunked(padded(limit + 1)))).toEqual([413, 'too_large'])
})

test('a chunked body is no longer read once it is too large', async () => {
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536
      controller.enqueue(new Uint8Array(65_536).fill(32))
    },
  })
  expect(await patch(endless)).toEqual([413, 'too_large'])
  expect(sent).toBeLessThan(1_000_000)
})

test('a body nested 32 levels deep is read and one level more is refused before it is built', async () => {
  const nested = (levels: number) => `{"name":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
  expect(await patch(nested(32))).toEqual([422, 'invalid_body'])
  expect(await patch(nested(33))).toEqual([400, 'unreadable_json'])
  expect(await patch('['.repeat(200_000))).toEqual([400, 'unreadable_json'])
  expect(await patch(JSON.stringify({ name: `${'[{'.repeat(50)}"\\` }))).toEqual([200, 'ok'])
})

test('what is no JSON is 400, and what is no UTF-8 is not mended', async () => {
  for (const text of [
    '{',
    'name=Ada',
    '{"name":"Ada"}x',
    '{name:1}',
    "{'name':'Ada'}",
    '{"name":"Ada",}',
    'NaN',
    '\ufeff\ufeff{}',
  ]) {
    expect([text, await patch(text)]).toEqual([text, [400, 'unreadable_json']])
  }
  const around = (bytes: number[]) => new Uint8Array([...Buffer.from('{"name":"'), ...bytes, ...Buffer.from('"}')])
  for (const bytes of [[0xff], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xe2, 0x82]]) {
    expect(await patch(around(bytes))).toEqual([400, 'unreadable_json'])
    expect(await patch(chunkedBytes(around(bytes)))).toEqual([400, 'unreadable_json'])
  }
  expect(await patch(around([0xe2, 0x82, 0xac]))).toEqual([200, 'ok'])
  expect(await patch(chunkedBytes(around([0xe2, 0x82, 0xac]), 1))).toEqual([200, 'ok'])
})

function chunkedBytes(bytes: Uint8Array, pieceBytes = 4): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + pieceBytes))
      at += pieceBytes
    },
  })
}

test('a Content-Type changes nothing: a form is not read as JSON, and JSON is read under any name', async () => {
  for (const type of [
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/xml',
    'x',
    '',
  ]) {
    expect([type, await patch('name=Ada', { 'content-type': type })]).toEqual([type, [400, 'unreadable_json']])
    expect([type, await patch('{"name":"Ada"}', { 'content-type': type })]).toEqual([type, [200, 'ok']])
  }
  const form = new FormData()
  form.set('username', ada.email)
  form.set('password', PASSWORD)
  const answer = await app.fetch('/api/auth/login', { method: 'POST', body: form }, '10.11.9.1')
  expect([answer.status, (await answer.json()).error]).toEqual([400, 'unreadable_json'])
})

test('an empty body where one is needed is 422, and where none is needed it is fine', async () => {
  for (const headers of [{}, { 'content-type': 'application/json' }] as Record<string, string>[]) {
    expect((await login('', headers)).status).toBe(422)
    const bob = await makePerson(app, ada.orgId)
    const out = await app.fetch(
      '/api/auth/logout',
      { method: 'POST', headers: { ...headers, ...bob.bearer } },
      '10.11.9.2',
    )
    expect(out.status).toBe(200)
  }
})

test('wrong types and unknown members are 422 with the field, and the submitted value is not repeated', async () => {
  const secret = 'geheimes-passwort'
  const bad: [unknown, string][] = [
    [null, ''],
    [[], ''],
    ['x', ''],
    [5, ''],
    [{ username: 5, password: secret }, 'username'],
    [{ username: 'a', password: [secret] }, 'password'],
    [{ username: 'a', password: { a: secret } }, 'password'],
    [{ username: 'a', password: null }, 'password'],
    [{ username: 'a' }, 'password'],
    [{ password: secret }, 'username'],
    [{ username: 'a', password: secret, remember: secret }, 'remember'],
    [{ username: 'x'.repeat(321), password: secret }, 'username'],
  ]
  for (const [body, field] of bad) {
    const answer = await login(JSON.stringify(body))
    const text = await answer.text()
    expect([body, answer.status, JSON.parse(text).error, JSON.parse(text).field]).toEqual([
      body,
      422,
      'invalid_body',
      field,
    ])
    expect(text).not.toContain(secret)
  }
  const proto = await login(`{"username":"${ada.email}","password":"${PASSWORD}","__proto__":{"admin":true}}`)
  expect([proto.status, (await proto.json()).field]).toEqual([422, '__proto__'])
})

test('of duplicate members the last counts, as every JSON reader of ours agrees', async () => {
  const twice = `{"username":"nobody@example.test","username":"${ada.email}","password":"wrong","password":"${PASSWORD}"}`
  expect((await login(twice)).status).toBe(200)
  const turned = `{"username":"${ada.email}","username":"nobody@example.test","password":"${PASSWORD}"}`
  expect((await login(turned)).status).toBe(401)
})

test('NUL and half a surrogate pair are 422 wherever they stand, and nothing is written', async () => {
  const before = [await app.ctx.db.select().from(users), await app.ctx.db.$count(auditLog)]
  for (const bad of ['\\u0000', '\\ud800', '\\udc00', '\\ude00\\ud83d']) {
    expect([bad, await patch(`{"name":"a${bad}b"}`)]).toEqual([bad, [422, 'invalid_body']])
    expect([bad, await patch(`{"na${bad}me":"a"}`)]).toEqual([bad, [422, 'invalid_body']])
    for (const member of ['username', 'password']) {
      const answer = await login(`{"username":"a","password":"b","${member}":"x${bad}"}`)
      expect([bad, answer.status, (await answer.json()).field]).toEqual([bad, 422, member])
    }
  }
  for (const path of [
    '/login?email=%00',
    '/login?next=/a%00b',
    '/api/auth/providers%00',
    '/reset-password?token=%00',
    '/setup?token=a%00',
  ]) {
    const answer = await app.fetch(path)
    expect([path, [404, 422].includes(answer.status)]).toEqual([path, true])
  }
  for (const path of ['/api/auth/tokens?cursor=%00', '/api/auth/tokens/%00', '/api/auth/tokens/1%00']) {
    const answer = await app.fetch(
      path,
      { method: path.includes('?') ? 'GET' : 'DELETE', headers: ada.bearer },
      '10.11.9.3',
    )
    expect([path, answer.status]).toEqual([path, 422])
  }
  const form = await app.fetch(
    '/login',
    { method: 'POST', body: 'username=a%00&password=b', headers: { 'sec-fetch-site': 'same-origin' } },
    '10.11.9.4',
  )
  expect(form.status).toBe(422)
  expect([await app.ctx.db.select().from(users), await app.ctx.db.$count(auditLog)]).toEqual(before)
  expect(await patch('{"name":"\\ud83d\\ude00 \\u0001"}')).toEqual([200, 'ok'])
})

test('percent signs that encode nothing are no error of ours', async () => {
  for (const query of ['%', '%zz', '%E0%A4%A', '%ED%A0%80', '%ff', '&&&=', '=', '%3D%26', '__proto__=1', 'a[b]=1']) {
    const page = await app.fetch(`/login?email=${query}`)
    expect([query, page.status]).toEqual([query, 200])
    const list = await app.fetch(`/api/auth/tokens?cursor=${query}`, { headers: ada.bearer }, `10.11.8.${query.length}`)
    expect([query, list.status]).toEqual([query, 422])
    expect((await app.fetch(`/login?${query}`)).status).toBe(200)
  }
  for (const path of ['/%', '/%zz', '/api/%E0%A4%A', '/assets/%ff', '/api/auth/tokens/%zz']) {
    expect([path, (await app.fetch(path, { headers: ada.bearer })).status]).toEqual([path, 404])
  }
})

test('a form has at most 100 fields and of a repeated name the last counts', async () => {
  const post = (body: string) =>
    app.fetch('/login', { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin' } }, nextPeer())
  const right = new URLSearchParams({ username: ada.email, password: PASSWORD }).toString()
  expect((await post(`password=wrong&${right}`)).status).toBe(303)
  expect((await post(`${right}&${'x=1&'.repeat(98)}`)).status).toBe(303)
  expect((await post(`${right}&${'x=1&'.repeat(99)}`)).status).toBe(422)
  expect((await post(`${right}&__proto__=1&constructor=2`)).status).toBe(303)
  expect((await post(`${right}&pad=${'x'.repeat(262_144)}`)).status).toBe(413)
})

test('refused bodies never reach the log', async () => {
  await app.fetch('/api/auth/login', json('POST', { username: 'canary-name', password: ['canary-word'] }), '10.11.6.1')
  await login('{"username":"canary-name","password":"canary-word"')
  expect(app.lines.join('\n')).not.toContain('canary-')
})
