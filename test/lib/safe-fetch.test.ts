import { afterAll, describe, expect, test } from 'bun:test'
import { AppError } from '#core/errors.ts'
import { type IpRange, parseIpRange } from '#lib/ip-address.ts'
import { createEgress, type EgressInit } from '#lib/safe-fetch.ts'
import { makeCertificate } from '#test/support/certificates.ts'
import { startListener } from '#test/support/listener.ts'
import { DEAD_PORT } from '#test/support/ports.ts'

const NAMES: Record<string, string[]> = {
  'open.test': ['127.0.0.1'],
  'closed.test': ['127.0.0.2'],
  'half.test': ['127.0.0.1', '127.0.0.2'],
  'other-half.test': ['127.0.0.2', '127.0.0.1'],
  'both.test': ['127.0.0.1', '::1'],
  'mapped.test': ['::ffff:127.0.0.2'],
  'zone.test': ['fe80::1%lo'],
  'nowhere.test': [],
  localhost: ['127.0.0.1', '::1'],
}
let asked: string[] = []

async function resolve(name: string): Promise<string[]> {
  asked.push(name)
  const answers = NAMES[name]
  if (!answers) throw Object.assign(new Error(`queryA ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
  return answers
}

const open = await startListener()
const { port } = open
const closed = [await startListener({ host: '127.0.0.2', port }), await startListener({ host: '::1', port })]
const egress = createEgress({ allow: rangesOf('127.0.0.1/32'), userAgent: 'Honeyframe/test', resolve })

afterAll(async () => {
  egress[Symbol.dispose]()
  for (const listener of [open, ...closed]) await listener[Symbol.asyncDispose]()
})

function rangesOf(...texts: string[]): IpRange[] {
  return texts.flatMap((text) => parseIpRange(text) ?? [])
}

async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => new Error('it went through'),
    (thrown) => thrown,
  )
  if (error instanceof AppError) return error
  throw error
}

const HONEST = [
  '127.0.0.1',
  'open.test',
  'OPEN.test',
  'open.test.',
  '0x7f.1',
  '2130706433',
  '0177.0.0.1',
  '127.1',
  '[::ffff:127.0.0.1]',
]
const REFUSED = [
  ...['127.0.0.2', '127.0.0.2.', '0x7f.0.0.2', '2130706434', '0177.0.0.2', '127.2', '0', '[::1]', '[::]', '[0:0::1]'],
  ...['[::ffff:127.0.0.2]', '[::ffff:7f00:2]', '[64:ff9b::127.0.0.1]', '[2002:7f00:1::]', 'closed.test', 'half.test'],
  ...['other-half.test', 'both.test', 'mapped.test', 'zone.test', 'localhost', 'LOCALHOST', 'localhost.', '①②⑦.0.0.2'],
  ...['127.0.0.1@127.0.0.2', 'open.test:80@closed.test', '169.254.169.254', '10.0.0.1'],
]

describe('a host that a tenant chose', () => {
  for (const host of HONEST) {
    test(`is called as ${host} at an address that is open`, async () => {
      const before = open.heard.length
      const { status, text } = await egress.fetch(`http://${host}:${port}/hook?a=1`)
      expect([status, text, open.heard.length]).toEqual([200, 'ok', before + 1])
      expect(open.heard.at(-1)).toMatchObject({ method: 'GET', url: '/hook?a=1' })
    })
  }

  for (const host of REFUSED) {
    test(`is refused as ${host}, and nothing arrives there`, async () => {
      const before = open.counts.connections
      const error = await refusal(egress.fetch(`http://${host}:${port}/`, { method: 'POST', body: 'x' }))
      expect([error.kind, error.code]).toEqual(['invalid', 'egress_refused'])
      expect(`${error.message}${JSON.stringify(error.facts)}`).not.toMatch(/127\.|::|169\.254|10\.0/)
      expect(closed.map(({ counts }) => counts.connections)).toEqual([0, 0])
      expect(open.counts.connections).toBe(before)
    })
  }

  test('is called by http and https only, at a port, and without a password in its address', async () => {
    const addresses = [
      ...['file:///etc/passwd', 'data:text/plain,x', 's3://bucket/key', `ftp://127.0.0.1:${port}/`, 'javascript:1', ''],
      ...[`//127.0.0.1:${port}/`, 'http://', `http://user:word@127.0.0.1:${port}/`, `http://user@127.0.0.1:${port}/`],
      ...['http://127.0.0.1:0/', 'http://127.0.0.1:65536/', 'http://127.0.0.1:x/', 'blob:http://127.0.0.1/x'],
    ]
    for (const address of addresses) {
      expect([address, (await refusal(egress.fetch(address))).code]).toEqual([address, 'egress_refused'])
    }
  })

  test('is looked up once for a call, whatever the second answer would be', async () => {
    asked = []
    await egress.fetch(`http://open.test:${port}/`)
    expect(asked).toEqual(['open.test'])
  })

  test('that moves to a closed address is refused although a connection to the old one is open', async () => {
    const moving: string[][] = [['127.0.0.1'], ['127.0.0.2'], ['127.0.0.1']]
    using restless = createEgress({
      ...{ allow: rangesOf('127.0.0.1/32'), userAgent: 'x' },
      resolve: async () => moving.shift() ?? [],
    })
    expect((await restless.fetch(`http://moving.test:${port}/`)).status).toBe(200)
    expect((await refusal(restless.fetch(`http://moving.test:${port}/`))).code).toBe('egress_refused')
    expect((await restless.fetch(`http://moving.test:${port}/`)).status).toBe(200)
    expect(closed.map(({ counts }) => counts.connections)).toEqual([0, 0])
  })

  test('that leads nowhere is an error of the transport, in its words', async () => {
    for (const name of ['nowhere.test', 'unknown.test']) {
      const error = await refusal(egress.fetch(`http://${name}/`))
      expect([error.kind, error.code]).toEqual(['upstream', 'transport_failed'])
      expect(error.facts.detail).toBe('The name of the host was not found. (ENOTFOUND)')
    }
  })

  test('is vetted for drivers: the address to connect to, and the name to ask of its certificate', async () => {
    expect(await egress.vetHost('OPEN.test.')).toEqual({
      ...{ name: 'open.test', serverName: 'open.test', address: '127.0.0.1', family: 4 },
      addresses: [{ address: '127.0.0.1', family: 4 }],
    })
    expect(await egress.vetHost('0x7f.1')).toMatchObject({ name: '127.0.0.1', serverName: undefined })
    expect(await egress.vetHost('::ffff:127.0.0.1')).toMatchObject({ family: 6, serverName: undefined })
    for (const host of [
      'closed.test',
      '::1',
      '[::1]',
      'localhost',
      'a b',
      'a/b',
      'a:25',
      'u@open.test',
      '',
      '%31',
      'open.test:',
    ]) {
      expect([host, (await refusal(egress.vetHost(host))).code]).toEqual([host, 'egress_refused'])
    }
  })
})

describe('a redirect', () => {
  test('is an answer and is not followed', async () => {
    await using redirecting = await startListener({
      answer: (_, response) => response.writeHead(302, { location: `http://127.0.0.2:${port}/` }).end('gone'),
    })
    const answer = await egress.fetch(`http://127.0.0.1:${redirecting.port}/`)
    expect([answer.status, answer.text, answer.headers.location]).toEqual([302, 'gone', `http://127.0.0.2:${port}/`])
    expect(closed.map(({ counts }) => counts.connections)).toEqual([0, 0])
  })
})

describe('a request', () => {
  test('carries method, headers and body as given, but its host and length are its own', async () => {
    const headers = {
      'x-one': '1',
      Host: 'evil.test',
      'Content-Length': '2',
      Connection: 'close',
      'transfer-encoding': 'chunked',
    }
    await egress.fetch(`http://open.test:${port}/a?b`, { method: 'PUT', headers, body: 'päckchen' })
    const { method, url, headers: got, body } = open.heard.at(-1) ?? {}
    expect([method, url, body?.toString()]).toEqual(['PUT', '/a?b', 'päckchen'])
    expect(got).toMatchObject({
      'x-one': '1',
      host: `open.test:${port}`,
      'content-length': '9',
      'user-agent': 'Honeyframe/test',
    })
    expect(got?.['transfer-encoding']).toBeUndefined()
  })

  test('streams a body of a known length, and fails when it is longer or shorter', async () => {
    async function* pieces() {
      for (let i = 0; i < 64; i++) yield new Uint8Array(16 * 1024).fill(i)
    }
    const bytes = 64 * 16 * 1024
    await egress.fetch(`http://open.test:${port}/`, { method: 'PUT', body: { bytes, stream: pieces() } })
    expect([open.heard.at(-1)?.body.length, open.heard.at(-1)?.headers['content-length']]).toEqual([
      bytes,
      String(bytes),
    ])
    for (const wrong of [bytes - 1, bytes + 1]) {
      const init = { method: 'PUT', body: { bytes: wrong, stream: pieces() } }
      expect((await refusal(egress.fetch(`http://open.test:${port}/`, init))).code).toBe('transport_failed')
    }
  })

  test('finds the connection of the one before, and opens another when the peer closed that', async () => {
    await using peer = await startListener()
    const send = () => egress.fetch(`http://open.test:${peer.port}/`, { method: 'POST', body: 'x' })
    for (let i = 0; i < 20; i++) await send()
    expect(peer.counts.connections).toBe(1)
    peer.hangUp()
    await send()
    expect([peer.heard.length, peer.counts.connections]).toEqual([21, 2])
  })

  test('does not share a connection with another name at the same address', async () => {
    await using peer = await startListener()
    await egress.fetch(`http://open.test:${peer.port}/`)
    await egress.fetch(`http://127.0.0.1:${peer.port}/`)
    expect(peer.counts.connections).toBe(2)
  })
})

describe('an answer', () => {
  const long = 'ä'.repeat(50_000)

  test('is read up to its limit as text', async () => {
    await using talker = await startListener({ answer: (_, response) => response.writeHead(500).end(long) })
    const { status, text, isCut } = await egress.fetch(`http://127.0.0.1:${talker.port}/`)
    expect([status, text.length, isCut]).toEqual([500, 32 * 1024, true])
    const short = await egress.fetch(`http://127.0.0.1:${talker.port}/`, { bytesMax: 200_000 })
    expect([short.text.length, short.isCut]).toEqual([50_000, false])
  })

  test('goes to a sink when it is a good one, and is refused beyond the limit', async () => {
    await using talker = await startListener({
      answer: ({ url }, response) => response.writeHead(url === '/good' ? 200 : 404).end(long),
    })
    const at = (path: string) => `http://127.0.0.1:${talker.port}${path}`
    let bytes = 0
    const sink = (chunk: Uint8Array) => {
      bytes += chunk.length
    }
    const init: EgressInit = { bytesMax: 1_000_000, sink }
    expect((await egress.fetch(at('/good'), init)).text).toBe('')
    expect(bytes).toBe(100_000)
    expect((await egress.fetch(at('/bad'), init)).text).toHaveLength(50_000)
    expect(bytes).toBe(100_000)
    expect((await refusal(egress.fetch(at('/good'), { ...init, bytesMax: 99_999 }))).code).toBe('response_too_large')
    const full = new Error('the disk is full')
    const broken = egress.fetch(at('/good'), { ...init, sink: () => Promise.reject(full) })
    expect(await broken.catch((error) => error)).toBe(full)
  })

  test('that ends in the middle is an error', async () => {
    await using torn = await startListener({
      answer: (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half')
        setImmediate(() => response.destroy())
      },
    })
    expect((await refusal(egress.fetch(`http://127.0.0.1:${torn.port}/`))).code).toBe('transport_failed')
  })

  test('that does not come, or does not end, is broken off', async () => {
    await using silent = await startListener({
      answer: ({ url }, response) => url === '/drip' && response.writeHead(200).write('drop'),
    })
    for (const path of ['/', '/drip']) {
      const error = await refusal(egress.fetch(`http://127.0.0.1:${silent.port}${path}`, { timeoutMs: 80 }))
      expect(error.facts.detail).toBe('The host did not answer in time. (ETIMEDOUT)')
    }
  })

  test('of a resolver that never comes is not waited for', async () => {
    using patient = createEgress({ allow: [], userAgent: 'x', resolve: () => new Promise(() => {}) })
    const error = await refusal(patient.fetch('http://slow.test/', { connectTimeoutMs: 50 }))
    expect(error.facts.detail).toBe('No connection in time. (ETIMEDOUT)')
  })

  test('is not waited for after a signal', async () => {
    await using silent = await startListener({ answer: () => undefined })
    const controller = new AbortController()
    const call = refusal(egress.fetch(`http://127.0.0.1:${silent.port}/`, { signal: controller.signal }))
    while (silent.heard.length === 0) await new Promise(setImmediate)
    controller.abort()
    expect((await call).facts.detail).toBe('The call was broken off. (ABORTED)')
  })

  test('that is a refused connection tells no address', async () => {
    const error = await refusal(egress.fetch(`http://open.test:${DEAD_PORT}/`))
    expect(error.facts.detail).toBe('The host refused the connection. (ECONNREFUSED)')
  })
})

describe('over TLS', () => {
  test('the certificate is checked against the name, not the address', async () => {
    const certificate = await makeCertificate(['open.test'])
    await using peer = await startListener({
      certificate,
      answer: ({ headers }, response) => response.end(headers.host),
    })
    const at = (host: string) => `https://${host}:${peer.port}/`
    const { status, text } = await egress.fetch(at('open.test'), { ca: certificate.cert })
    expect([status, text]).toEqual([200, `open.test:${peer.port}`])
    expect((await refusal(egress.fetch(at('open.test')))).facts.detail).toMatch(/self.signed certificate/)
    expect((await refusal(egress.fetch(at('127.0.0.1'), { ca: certificate.cert }))).facts.detail).toMatch(/ALTNAME/)
    expect(peer.heard).toHaveLength(1)
  })

  test('an address is checked as an address', async () => {
    const certificate = await makeCertificate(['127.0.0.1'])
    await using peer = await startListener({ certificate })
    expect((await egress.fetch(`https://127.0.0.1:${peer.port}/`, { ca: certificate.cert })).status).toBe(200)
  })

  test('a peer that speaks plain HTTP is an error, and a TLS hand-shake has the time of a connection', async () => {
    expect((await refusal(egress.fetch(`https://127.0.0.1:${port}/`))).code).toBe('transport_failed')
    const mute = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const error = await refusal(egress.fetch(`https://127.0.0.1:${mute.port}/`, { connectTimeoutMs: 80 }))
    expect(error.facts.detail).toBe('No connection in time. (ETIMEDOUT)')
    mute.stop(true)
  })
})
