import { afterEach, beforeEach, expect, test } from 'bun:test'
import { decideConfig } from '#config/config.ts'
import { clientOf, networkOf } from '#http/address.ts'
import { createRateLimit } from '#http/rate-limit.ts'
import { type StandingClock, standingClock } from '#test/jobs/context.ts'
import { json, makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

let app: TestApp
let ada: TestPerson
let clock: StandingClock

beforeEach(async () => {
  clock = standingClock()
  app = await startTestApp({ overrides: { clock } })
  ada = await makePerson(app, (await makeOrg(app.ctx)).orgId)
})
afterEach(async () => app[Symbol.asyncDispose]())

function guess(n: number, peer = '192.0.2.1'): Promise<Response> {
  return app.fetch('/api/auth/login', json('POST', { username: `p${n}@example.test`, password: 'x' }), peer)
}

async function statuses(times: number, peer?: string): Promise<Record<number, number>> {
  const seen: Record<number, number> = {}
  for (let n = 0; n < times; n += 1) {
    const { status } = await guess(n, peer)
    seen[status] = (seen[status] ?? 0) + 1
  }
  return seen
}

test('an address may send 20 at once and 5 a second from then on; others are not slowed down', async () => {
  expect(await statuses(25)).toEqual({ 401: 20, 429: 5 })
  expect(await statuses(20, '192.0.2.2')).toEqual({ 401: 20 })
  clock.advance(1000)
  expect(await statuses(8)).toEqual({ 401: 5, 429: 3 })
  clock.advance(199)
  expect(await statuses(1)).toEqual({ 429: 1 })
  clock.advance(1)
  expect(await statuses(2)).toEqual({ 401: 1, 429: 1 })
  clock.advance(3_600_000)
  expect(await statuses(25)).toEqual({ 401: 20, 429: 5 })
})

test('the refusal says how many seconds to wait', async () => {
  await statuses(20)
  const refused = await guess(0)
  const body = await refused.json()
  expect([refused.status, body.error, refused.headers.get('retry-after'), body.retry_after]).toEqual([
    429,
    'rate_limited',
    '1',
    1,
  ])
})

test('the page forms that take a password draw from the same bucket, and reading pages does not', async () => {
  for (let n = 0; n < 40; n += 1) expect((await app.fetch('/login', {}, '192.0.2.1')).status).toBe(200)
  await statuses(20)
  for (const path of ['/login', '/forgot-password', '/reset-password', '/setup', '/accept-invite']) {
    const init = { method: 'POST', body: 'x=1', headers: { 'sec-fetch-site': 'same-origin' } }
    const answer = await app.fetch(path, init, '192.0.2.1')
    expect([path, answer.status, answer.headers.get('retry-after')]).toEqual([path, 429, '1'])
    expect([path, (await app.fetch(path, init, '192.0.2.3')).status === 429]).toEqual([path, false])
  }
  expect((await app.fetch('/api/me', { headers: ada.bearer }, '192.0.2.1')).status).toBe(200)
})

test('made-up forwarded addresses do not refill the bucket of a stranger', async () => {
  const forged = (n: number, peer: string) =>
    app.fetch(
      '/api/auth/login',
      json('POST', { username: 'a', password: 'x' }, { 'x-forwarded-for': `10.0.0.${n}` }),
      peer,
    )
  for (let n = 0; n < 20; n += 1) await forged(n, '192.0.2.9')
  expect((await forged(99, '192.0.2.9')).status).toBe(429)
  expect((await forged(99, '127.0.0.1')).status).toBe(401)
})

test('the client is the nearest hop that no trusted proxy wrote', () => {
  const config = decideConfig({ TRUSTED_PROXIES: '127.0.0.1,::1,10.0.0.5' })
  const from = (peer: string, forwarded?: string) =>
    clientOf(
      config,
      new Request('http://x/', { headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } }),
      peer,
    ).address
  expect(from('127.0.0.1', '1.1.1.1')).toBe('1.1.1.1')
  expect(from('::ffff:127.0.0.1', '1.1.1.1')).toBe('1.1.1.1')
  expect(from('::1', '2001:db8::7')).toBe('2001:db8::7')
  expect(from('127.0.0.1', '9.9.9.9, 1.1.1.1, 10.0.0.5')).toBe('1.1.1.1')
  expect(from('192.0.2.1', '1.1.1.1')).toBe('192.0.2.1')
  expect(from('127.0.0.1')).toBe('127.0.0.1')
  // What stands left of a hop that is no address, the client may have made up.
  for (const forged of ['9.9.9.9, unknown', '9.9.9.9, ', '9.9.9.9, 1.1.1', '9.9.9.9, _hidden', '127.0.0.1', '']) {
    expect([forged, from('127.0.0.1', forged)]).toEqual([forged, '127.0.0.1'])
  }
})

test('a flood of addresses does not grow the memory without end', () => {
  const limit = createRateLimit(clock)
  for (let n = 0; n < 60_000; n += 1) limit.take(`address-${n}`)
  for (let n = 0; n < 19; n += 1) limit.take('address-59999')
  expect(() => limit.take('address-59999')).toThrow('Too many requests')
  expect(() => limit.take('address-0')).not.toThrow()
})

test('the addresses of one IPv6 /64 draw from one bucket, and those of another do not', async () => {
  expect(await statuses(20, '2001:db8:0:1::1')).toEqual({ 401: 20 })
  expect(await statuses(1, '2001:db8:0:1:ffff::2')).toEqual({ 429: 1 })
  expect(await statuses(1, '2001:db8:0:2::1')).toEqual({ 401: 1 })
})

test('what a limit counts is an IPv4 address or an IPv6 /64, however it is written', () => {
  const written: [address: string, network: string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0DB8:0000:0001:a:b:c:d', '2001:db8:0:1::/64'],
    ['2001:db8:0:1::', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.33', '1:2:3:4::/64'],
    ['no address', 'no address'],
  ]
  expect(written.map(([address]) => [address, networkOf(address)])).toEqual(written)
})
