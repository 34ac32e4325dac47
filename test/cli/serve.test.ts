import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { stat } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { orgs, users } from '#core/tenancy/tables.ts'
import { type Install, makeInstall, startVerb } from '#test/cli/operator.ts'

const PASSWORD = 'correct horse battery'
const ADMIN = { ADMIN_EMAIL: 'root@example.test', ADMIN_PASSWORD: PASSWORD }
const SLOW_MS = 60_000

type Served = Awaited<ReturnType<typeof serve>>

async function serve(env: Record<string, string>) {
  const program = startVerb(['serve'], { PORT: '0', ...env })
  try {
    const [, port = ''] = await program.says(/"message":"listening".*"port":(\d+)/)
    return {
      ...program,
      port: Number(port),
      url: `http://127.0.0.1:${port}`,
      [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
    }
  } catch (error) {
    await program[Symbol.asyncDispose]()
    throw error
  }
}

/** A connection of our own making, for what no client would send. `answer` is all that came until the server was silent or gone. */
async function dial(port: number) {
  const socket: Socket = connect(port, '127.0.0.1')
  let text = ''
  let isClosed = false
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isClosed = true
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  return {
    write: (bytes: string) => socket.write(Buffer.from(bytes, 'latin1')),
    async answer(pattern: RegExp, timeoutMs = 5000): Promise<string> {
      const end = performance.now() + timeoutMs
      while (!pattern.test(text) && !isClosed && performance.now() < end) await Bun.sleep(5)
      return text
    },
    isClosed: () => isClosed,
    close: () => socket.destroy(),
  }
}

async function exchange(port: number, bytes: string): Promise<string> {
  const line = await dial(port)
  line.write(bytes)
  const answer = await line.answer(/^HTTP\/1\.1 \d{3}[\s\S]*\r\n\r\n/)
  line.close()
  return answer
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
}

describe('a served install', () => {
  let install: Install
  let served: Served

  beforeAll(async () => {
    install = await makeInstall()
    served = await serve({ ...install.env, ...ADMIN })
  }, SLOW_MS)
  afterAll(async () => {
    await served[Symbol.asyncDispose]()
    await install[Symbol.asyncDispose]()
  })

  test('answers, and signs in the admin of its variables with the real cost of a hash', async () => {
    expect(await (await fetch(`${served.url}/api/health`)).json()).toEqual({ status: 'ok' })
    const body = JSON.stringify({ username: ADMIN.ADMIN_EMAIL, password: PASSWORD })
    const login = await fetch(`${served.url}/api/auth/login`, { method: 'POST', body })
    expect(login.status).toBe(200)
    const [row] = await install.db.select().from(users)
    expect(row?.passwordHash).toStartWith('$argon2id$v=19$m=19456,t=2,p=1$')
    expect((await stat(install.dataDir)).mode & 0o777).toBe(0o700)
    expect((await stat(join(install.dataDir, 'jwt-secret'))).mode & 0o777).toBe(0o600)
  })

  test('writes lines of JSON and never its secrets', async () => {
    await fetch(`${served.url}/api/me`, { headers: { authorization: 'Bearer canary-of-a-token' } })
    const lines = served.said().trim().split('\n')
    for (const line of lines) expect(Object.keys(JSON.parse(line)).slice(0, 3)).toEqual(['time', 'level', 'message'])
    const secret = (await Bun.file(join(install.dataDir, 'jwt-secret')).text()).trim()
    for (const planted of [PASSWORD, secret, 'canary-of']) expect(served.said()).not.toContain(planted)
  })

  test(
    'answers odd requests with a refusal, and goes on serving',
    async () => {
      const odd: Record<string, string> = {
        'a NUL in the query': 'GET /login?email=%00 HTTP/1.1\r\nHost: x.example\r\n\r\n',
        'a broken escape': 'GET /login?email=%zz%E0%A4%A HTTP/1.1\r\nHost: x.example\r\n\r\n',
        'a raw NUL in the path': 'GET /lo\0gin HTTP/1.1\r\nHost: x.example\r\n\r\n',
        'no Host': 'GET /api/health HTTP/1.1\r\n\r\n',
        'an empty Host': 'GET /api/health HTTP/1.1\r\nHost:\r\n\r\n',
        'a Host with a path': 'GET /api/health HTTP/1.1\r\nHost: x/../../api\r\n\r\n',
        'a Host with spaces': 'GET /api/health HTTP/1.1\r\nHost: a b\r\n\r\n',
        'two Hosts': 'GET /api/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
        'the absolute form': 'GET http://evil.example/api/health HTTP/1.1\r\nHost: x.example\r\n\r\n',
        'an asterisk': 'OPTIONS * HTTP/1.1\r\nHost: x.example\r\n\r\n',
        'a path without a slash': 'GET login HTTP/1.1\r\nHost: x.example\r\n\r\n',
        dots: 'GET /api/license/../me HTTP/1.1\r\nHost: x.example\r\n\r\n',
        'encoded dots': 'GET /assets/%2e%2e/%2e%2e/package.json HTTP/1.1\r\nHost: x.example\r\n\r\n',
        'two lengths': 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
        'a length and chunks':
          'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
        'a length that is none': 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
        'a header of 100 KB': `GET /api/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'a'.repeat(100_000)}\r\n\r\n`,
        'a folded header': 'GET /api/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer\r\n  hf_x\r\n\r\n',
      }
      for (const [name, bytes] of Object.entries(odd)) {
        const answer = await exchange(served.port, bytes)
        // Bun itself refuses what it cannot read: 400, 431, and 505 for the NUL.
        expect([name, [200, 303, 400, 401, 404, 413, 422, 431, 505].includes(statusOf(answer))]).toEqual([name, true])
        expect([name, /\bat \/|\.ts:\d|node_modules/.test(answer)]).toEqual([name, false])
      }
      expect((await fetch(`${served.url}/api/health`)).status).toBe(200)
      expect(served.said()).not.toContain('request failed')
    },
    SLOW_MS,
  )

  test('a request without a usable Host is 400, so that no second reading of its path finds a route', async () => {
    for (const host of ['', 'Host:\r\n', 'Host: a b\r\n', 'Host: x/../../api\r\n', 'Host: data.example?x=/\r\n']) {
      for (const path of [
        '/api/health',
        '/api/auth/login',
        '/aaaaaaaaaaaaaaaa/api/health',
        '/aaaaaaaaaaaaaaaa/login',
      ]) {
        const answer = await exchange(served.port, `GET ${path} HTTP/1.1\r\n${host}\r\n`)
        expect([host, path, statusOf(answer)]).toEqual([host, path, 400])
      }
    }
  })

  test('a host may have one letter', async () => {
    for (const host of ['x', 'x:80', 'hf', 'hub']) {
      const ask = (path: string) => exchange(served.port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      const answers = [await ask('/api/health'), await ask('/api/me'), await ask('/login'), await ask('/api/login')]
      expect([host, answers.map(statusOf)]).toEqual([host, [200, 401, 200, 404]])
    }
  })

  test('answers a body that is too large, announced or in chunks, without reading it to the end', async () => {
    const announced = await exchange(
      served.port,
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n',
    )
    expect(statusOf(announced)).toBe(413)
    expect(announced).toContain('"error":"too_large"')
    const line = await dial(served.port)
    line.write('POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`
    for (let n = 0; n < 6; n += 1) line.write(chunk)
    expect(statusOf(await line.answer(/\r\n\r\n/))).toBe(413)
    line.close()
    for (const bytes of [1_048_576, 10_485_760]) {
      const body = JSON.stringify({ username: ADMIN.ADMIN_EMAIL, password: 'x'.repeat(bytes) })
      const huge = await fetch(`${served.url}/api/auth/login`, { method: 'POST', body })
      expect([huge.status, (await huge.json()).error]).toEqual([413, 'too_large'])
    }
  })

  test('a hundred slow clients keep nobody waiting', async () => {
    const slow = await Promise.all(Array.from({ length: 100 }, () => dial(served.port)))
    for (const line of slow) line.write('POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"user')
    const startedAt = performance.now()
    expect((await fetch(`${served.url}/api/health`)).status).toBe(200)
    expect(performance.now() - startedAt).toBeLessThan(2000)
    for (const line of slow) line.close()
  })
})

test(
  'SIGTERM lets the request under way finish, takes no new one, and ends with 0 within 10 seconds',
  async () => {
    await using install = await makeInstall()
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await using served = await serve({ ...install.env, ...ADMIN })
      const idle = await dial(served.port)
      idle.write('GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n')
      expect(statusOf(await idle.answer(/"ok"/))).toBe(200)
      const busy = await dial(served.port)
      const body = JSON.stringify({ username: ADMIN.ADMIN_EMAIL, password: PASSWORD })
      busy.write(
        `POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
      )
      await Bun.sleep(100)
      const startedAt = performance.now()
      served.kill(signal)
      await served.says(/"message":"stopping"/)
      const late = await fetch(`${served.url}/api/health`).then(
        () => 'answered',
        () => 'refused',
      )
      busy.write(body.slice(10))
      expect(statusOf(await busy.answer(/access_token/))).toBe(200)
      expect(await served.ended()).toBe(0)
      expect(performance.now() - startedAt).toBeLessThan(5000)
      expect(late).toBe('refused')
      idle.close()
      busy.close()
    }
  },
  SLOW_MS,
)

test(
  'a client that never ends its request does not keep the program beyond 10 seconds',
  async () => {
    await using install = await makeInstall()
    await using served = await serve({ ...install.env, ...ADMIN })
    const stuck = await dial(served.port)
    stuck.write('POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"user')
    await Bun.sleep(100)
    const trickle = setInterval(() => stuck.write(' '), 300)
    const startedAt = performance.now()
    served.kill('SIGTERM')
    expect(await served.ended()).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    clearInterval(trickle)
    stuck.close()
  },
  SLOW_MS,
)

test(
  'what must not start says why in one line, names the variable and not the value, and ends with 1',
  async () => {
    await using install = await makeInstall()
    const wrong: [Record<string, string>, RegExp][] = [
      [{ JWT_SECRET: 'canary-short' }, /^honeyframe: JWT_SECRET must be at least 32 bytes long\.\n$/],
      [{ PORT: 'eighty' }, /^honeyframe: PORT must be a whole number from 0 to 65535\.\n$/],
      [{ PUBLIC_URL: 'canary.example' }, /^honeyframe: PUBLIC_URL must be [^\n]+\n$/],
      [{ TRUSTED_PROXIES: '10.0.0.0/8' }, /^honeyframe: TRUSTED_PROXIES must be [^\n]+\n$/],
      [
        { ...ADMIN, ADMIN_PASSWORD: 'canary-weak' },
        /honeyframe: ADMIN_EMAIL, ADMIN_PASSWORD or ORG_SLUG cannot be used: [^\n]+\n$/,
      ],
    ]
    for (const [variables, sentence] of wrong) {
      await using program = startVerb(['serve'], { ...install.env, PORT: '0', ...variables })
      expect(await program.ended()).toBe(1)
      expect(program.said()).toMatch(sentence)
      expect(program.said()).not.toContain('canary')
      expect(program.said()).not.toMatch(/\bat \/|\.ts:\d/)
    }
    expect(await install.db.$count(users)).toBe(0)
  },
  SLOW_MS,
)

test(
  'a database whose vault row does not open is refused in a sentence that names JWT_SECRET_PREVIOUS',
  async () => {
    await using install = await makeInstall()
    const secret = 'the first secret, long enough to be one'
    {
      await using served = await serve({ ...install.env, ...ADMIN, JWT_SECRET: secret })
      served.kill('SIGTERM')
      expect(await served.ended()).toBe(0)
    }
    const changed = { ...install.env, JWT_SECRET: 'the second secret, long enough to be one', PORT: '0' }
    await using refused = startVerb(['serve'], changed)
    expect(await refused.ended()).toBe(1)
    expect(refused.said()).toMatch(/^honeyframe: JWT_SECRET does not open [^\n]*JWT_SECRET_PREVIOUS[^\n]*\n$/)
    await using rewrapped = await serve({ ...changed, JWT_SECRET_PREVIOUS: secret })
    expect((await fetch(`${rewrapped.url}/api/health`)).status).toBe(200)
  },
  SLOW_MS,
)

test(
  'two nodes that first boot at once on one database and one folder make one admin, and both serve',
  async () => {
    await using install = await makeInstall()
    const nodes = await Promise.all([serve({ ...install.env, ...ADMIN }), serve({ ...install.env, ...ADMIN })])
    try {
      expect([await install.db.$count(users), await install.db.$count(orgs)]).toEqual([1, 1])
      const body = JSON.stringify({ username: ADMIN.ADMIN_EMAIL, password: PASSWORD })
      const login = await fetch(`${nodes[0].url}/api/auth/login`, { method: 'POST', body })
      const { access_token: jwt } = await login.json()
      const headers = { authorization: `Bearer ${jwt}` }
      expect((await fetch(`${nodes[1].url}/api/me`, { headers })).status).toBe(200)
      const out = await fetch(`${nodes[1].url}/api/auth/logout`, { method: 'POST', headers })
      expect([out.status, (await fetch(`${nodes[0].url}/api/me`, { headers })).status]).toEqual([200, 401])
    } finally {
      for (const node of nodes) await node[Symbol.asyncDispose]()
    }
  },
  SLOW_MS,
)

test(
  'a first boot without variables shows a setup link that works',
  async () => {
    await using install = await makeInstall()
    await using served = await serve(install.env)
    const [, token = ''] = await served.says(/\/setup\?token=([\w-]{43})/)
    expect((await fetch(`${served.url}/setup?token=${token}`)).status).toBe(200)
    const form = { token, org: 'Acme', name: 'Ada', email: 'ada@example.test', password: PASSWORD }
    const done = await fetch(`${served.url}/setup`, {
      ...{ method: 'POST', body: new URLSearchParams(form), redirect: 'manual' },
      headers: { origin: served.url },
    })
    expect([
      done.status,
      await install.db.$count(users),
      await Bun.file(join(install.dataDir, 'setup-link')).exists(),
    ]).toEqual([303, 1, false])
  },
  SLOW_MS,
)
