import { afterAll, beforeAll, expect, test } from 'bun:test'
import { orgLogos } from '#core/tenancy/tables.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { noisyPng, PIXEL } from '#test/support/pictures.ts'

const LOGO = '/api/organization/logo'
const FORM = '/settings/organization/logo'
const KIB = 1024
const LIMIT = 256 * KIB

let app: TestApp
let ada: TestPerson
let vera: TestPerson
beforeAll(async () => {
  app = await startTestApp()
  const { orgId } = await makeOrg(app.ctx)
  ada = await makePerson(app, orgId)
  vera = await makePerson(app, orgId, 'viewer')
})
afterAll(async () => app[Symbol.asyncDispose]())

type Body = string | FormData | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
type Headers = Record<string, string>

async function put(body: Body, headers: Headers = ada.bearer): Promise<[number, string]> {
  const answer = await app.fetch(LOGO, { method: 'PUT', body, headers: { 'content-type': 'image/png', ...headers } })
  return [answer.status, (await answer.json()).error ?? 'ok']
}

async function submit(body: Body, headers: Headers = {}): Promise<number> {
  const own = { cookie: `hf_session=${ada.jwt}`, 'sec-fetch-site': 'same-origin' }
  return (await app.fetch(FORM, { method: 'POST', body, headers: { ...own, ...headers } })).status
}

/** A body without a Content-Length, in pieces; `onPiece` hears of each. */
function chunked(bytes: Uint8Array, onPiece: (bytes: number) => unknown = () => {}): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + 16 * KIB))
      at += 16 * KIB
      onPiece(at)
    },
  })
}

function formWith(file: Uint8Array<ArrayBuffer>, type = 'image/png'): FormData {
  const form = new FormData()
  form.set('logo', new File([file], 'logo.png', { type }))
  return form
}

test('a picture of 256 KiB is read and one byte more is 413, announced or not', async () => {
  const length = (bytes: number) => ({ ...ada.bearer, 'content-length': String(bytes) })
  expect(noisyPng(LIMIT)).toHaveLength(LIMIT)
  expect(await put(noisyPng(LIMIT), length(LIMIT))).toEqual([200, 'ok'])
  expect(await put(noisyPng(LIMIT + 1), length(LIMIT + 1))).toEqual([413, 'too_large'])
  expect(await put(chunked(noisyPng(LIMIT)))).toEqual([200, 'ok'])
  expect(await put(chunked(noisyPng(LIMIT + 1)))).toEqual([413, 'too_large'])
})

test('a picture that never ends is no longer read once it is too large', async () => {
  const sent: number[] = []
  expect(await put(chunked(new Uint8Array(20 * LIMIT), (bytes) => sent.push(bytes)))).toEqual([413, 'too_large'])
  expect(Math.max(...sent)).toBeLessThan(2 * LIMIT)
})

test('who sends it is asked before it is read, and how large it is before who', async () => {
  const sent: number[] = []
  const endless = () => chunked(new Uint8Array(20 * LIMIT), (bytes) => sent.push(bytes))
  expect(await put(endless(), {})).toEqual([401, 'unauthenticated'])
  expect(await put(endless(), vera.bearer)).toEqual([403, 'permission_denied'])
  expect(
    await submit(endless(), { 'content-type': 'multipart/form-data; boundary=x', 'sec-fetch-site': 'cross-site' }),
  ).toBe(403)
  expect(Math.max(0, ...sent)).toBeLessThan(LIMIT)
  expect(await put('x', { 'content-length': String(LIMIT + 1) })).toEqual([413, 'too_large'])
  expect(await put('x', { 'content-length': String(LIMIT + 1), ...vera.bearer })).toEqual([413, 'too_large'])
})

test('a picture is sent as one: any other Content-Type is 422, whatever the bytes are', async () => {
  for (const type of [
    '',
    'application/json',
    'text/html',
    'multipart/form-data; boundary=x',
    'imagex/png',
    'x;image/png',
  ]) {
    expect([type, await put(PIXEL, { ...ada.bearer, 'content-type': type })]).toEqual([type, [422, 'invalid_body']])
  }
  for (const type of ['image/png', 'IMAGE/PNG', 'image/webp', 'image/*']) {
    expect([type, await put(PIXEL, { ...ada.bearer, 'content-type': type })]).toEqual([type, [200, 'ok']])
  }
})

test('a form with a file is read, and what is no such form is 422', async () => {
  expect(await submit(formWith(PIXEL))).toBe(303)
  const boundary = { 'content-type': 'multipart/form-data; boundary=x' }
  const bad: [body: Body, headers: Headers][] = [
    ['logo=x', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['{"logo":"x"}', { 'content-type': 'application/json' }],
    ['logo', { 'content-type': 'multipart/form-data' }],
    ['', boundary],
    ['--x', boundary],
    ['--x\r\nnothing\r\n--x--', boundary],
    ['--x\r\nContent-Disposition: form-data; name="logo"; filename="a.png"\r\n\r\nhalf a pict', boundary],
    [PIXEL, { 'content-type': 'image/png' }],
  ]
  for (const [body, headers] of bad) expect([headers, body, await submit(body, headers)]).toEqual([headers, body, 422])
})

test('a form has at most 100 fields, texts that can be stored, and no more bytes than it may, announced or not', async () => {
  const crowded = formWith(PIXEL)
  for (let field = 0; field < 99; field++) crowded.append(`x${field}`, '1')
  expect(await submit(crowded)).toBe(303)
  crowded.append('one', 'more')
  expect(await submit(crowded)).toBe(422)
  const strange = formWith(PIXEL)
  strange.set('a', 'NUL \0')
  expect(await submit(strange)).toBe(422)
  const wide = formWith(new Uint8Array(1024 * KIB))
  const { headers, body } = new Response(wide)
  const bytes = new Uint8Array(await new Response(body).arrayBuffer())
  const type = { 'content-type': headers.get('content-type') ?? '' }
  expect(await submit(chunked(bytes), type)).toBe(413)
  expect(await submit(bytes, { ...type, 'content-length': String(bytes.length) })).toBe(413)
})

test('no other route takes a picture or a form with a file', async () => {
  const before = await app.ctx.db.select().from(orgLogos)
  for (const [method, path] of [
    ['PATCH', '/api/me'],
    ['PATCH', '/api/organization'],
  ] as const) {
    for (const body of [PIXEL, formWith(PIXEL)]) {
      const answer = await app.fetch(path, { method, body, headers: { ...ada.bearer } })
      expect([path, answer.status, (await answer.json()).error]).toEqual([path, 400, 'unreadable_json'])
    }
  }
  const page = { cookie: `hf_session=${ada.jwt}`, 'sec-fetch-site': 'same-origin' }
  const form = new FormData()
  form.set('name', 'Mallory')
  const saved = await app.fetch('/account/profile', { method: 'POST', body: form, headers: page })
  expect(saved.status).toBe(422)
  expect(await app.ctx.db.select().from(orgLogos)).toEqual(before)
})
