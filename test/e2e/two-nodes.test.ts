import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { platformSchedules } from '#platform/platform.ts'
import { runVerb } from '#test/cli/operator.ts'
import { call, signIn, until, untilAskedThroughNginx } from './node-requests.ts'
import { ADMIN, type Installation, type Node, startTwoNodes } from './nodes.ts'

setDefaultTimeout(120_000)

const BOTH = [0, 1] as const
const INVITES = 200
const AT_ONCE = 8
/** What the two workers take between them. */
const RUNNING_MAX = 16

/** While it is set, the mail server keeps every recipient waiting. */
let gate: { opened: Promise<void>; open: () => void } | undefined
let held = 0
let made: Installation

beforeAll(async () => {
  made = await startTwoNodes({
    smtp: { pause },
    async prepare(sql) {
      for (const { name, cron } of platformSchedules) {
        await sql`insert into schedules ${sql({ name, cron, next_run_at: new Date(0) })}`
      }
    },
  })
})
afterAll(() => made?.[Symbol.asyncDispose]())

async function pause(): Promise<void> {
  held++
  await gate?.opened
  held--
}

function closeGate(): void {
  const { promise, resolve } = Promise.withResolvers<void>()
  gate = { opened: promise, open: resolve }
}

function node(place: 0 | 1): Node {
  const found = made.nodes[place]
  if (!found) throw new Error('there are two nodes')
  return found
}

/** Invites through nginx, as a client that repeats what it got no answer to. */
async function invite(jwt: string, emails: readonly string[]): Promise<void> {
  const left = [...emails]
  const work = async () => {
    for (let email = left.shift(); email !== undefined; email = left.shift()) {
      const { status } = await call(made, 'POST', '/api/invites', jwt, { email, role: 'viewer' }).catch(() => ({
        status: 0,
      }))
      if (status === 0 || status === 502) left.push(email)
      else expect([201, 409]).toContain(status)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
}

function mailsTo(emails: readonly string[]): number[] {
  return emails.map((email) => made.smtp.mails.filter(({ recipients }) => recipients.includes(email)).length)
}

async function jobsBy(state: string): Promise<number> {
  const [row] = await made.sql`select count(*)::int as jobs from jobs where kind = 'invite.mail' and state = ${state}`
  return row?.jobs
}

async function makePerson(email: string, role: string): Promise<{ username: string; password: string }> {
  const password = 'staple of another kind'
  const env = { ...made.env, HONEYFRAME_PASSWORD: password }
  expect((await runVerb(['user', 'create', '--email', email, '--role', role], env)).code).toBe(0)
  return { username: email, password }
}

describe('two nodes that started at once on an empty database', () => {
  test('made one admin and ran every scheduled tick once', async () => {
    const [row] = await made.sql`select count(*)::int as people from users`
    expect(row?.people).toBe(1)
    await until(async () => {
      const [jobs] =
        await made.sql`select count(*)::int as all, count(*) filter (where state = 'done')::int as done from jobs`
      return jobs?.all >= platformSchedules.length && jobs?.done === jobs?.all
    }, 'an end of all jobs')
    const ran =
      await made.sql`select kind, count(*)::int as jobs, sum(attempts)::int as attempts from jobs group by kind`
    const expected = platformSchedules.map(({ kind }) => ({ kind, jobs: 1, attempts: 1 }))
    expect([...ran].toSorted((a, b) => a.kind.localeCompare(b.kind))).toEqual(
      expected.toSorted((a, b) => a.kind.localeCompare(b.kind)),
    )
  })

  for (const [here, there] of [BOTH, [1, 0] as const]) {
    test(`honour on ${there + 1} a session of ${here + 1}, and no longer once it ended there`, async () => {
      const jwt = await signIn(node(here))
      expect((await call(node(there), 'GET', '/api/me', jwt)).status).toBe(200)
      expect((await call(node(there), 'POST', '/api/auth/logout', jwt)).status).toBe(200)
      expect((await call(node(here), 'GET', '/api/me', jwt)).status).toBe(401)
    })

    test(`refuse on ${here + 1} a token that was revoked on ${there + 1}`, async () => {
      const jwt = await signIn(node(here))
      const { body: token } = await call(node(here), 'POST', '/api/auth/tokens', jwt, { name: 'script' })
      expect((await call(node(here), 'GET', '/api/me', token.token)).status).toBe(200)
      expect((await call(node(there), 'DELETE', `/api/auth/tokens/${token.id}`, jwt)).status).toBe(204)
      expect((await call(node(here), 'GET', '/api/me', token.token)).status).toBe(401)
    })

    test(`take on ${here + 1} a role that was changed on ${there + 1}`, async () => {
      const who = await makePerson(`bob-${here}@example.test`, 'admin')
      const [jwt, admin] = [await signIn(node(here), who), await signIn(node(there))]
      const { body: me } = await call(node(here), 'GET', '/api/me', jwt)
      expect((await call(node(here), 'GET', '/api/invites', jwt)).status).toBe(200)
      expect((await call(node(there), 'PATCH', `/api/members/${me.user_id}`, admin, { role: 'viewer' })).status).toBe(
        200,
      )
      expect((await call(node(here), 'GET', '/api/me', jwt)).body.role).toBe('viewer')
      expect((await call(node(here), 'GET', '/api/invites', jwt)).status).toBe(403)
    })
  }

  test('deliver each of 200 mails once, and both have a share in them', async () => {
    const emails = Array.from({ length: INVITES }, (_, n) => `guest-${n}@example.test`)
    const before = made.nodes.map((each) => sentBy(each))
    await invite(await signIn(made), emails)
    await until(() => mailsTo(emails).every((count) => count > 0), 'every mail')
    await until(async () => (await jobsBy('done')) >= INVITES, 'an end of every job')
    expect(mailsTo(emails)).toEqual(emails.map(() => 1))
    for (const place of BOTH) expect(sentBy(node(place))).toBeGreaterThan(before[place] ?? 0)
  })
})

function sentBy(each: Node): number {
  return each.said().split('"message":"mail sent"').length - 1
}

describe('nginx, as the document sets it up', () => {
  test('hands a sign-in by form through, over TLS: the cookie is for https and the host only', async () => {
    const form = new URLSearchParams({ username: ADMIN.username, password: ADMIN.password })
    const send = (headers: Record<string, string>) => made.fetch('/login', { method: 'POST', body: form, headers })
    const response = await send({ origin: made.origin })
    expect(response.status).toBe(303)
    expect(response.headers.getSetCookie().join('\n')).toMatch(/^__Host-hf_session=[^\n]*; Secure/m)
    expect((await send({ origin: 'https://evil.example' })).status).toBe(403)
  })

  test('leads plain http to https', async () => {
    const response = await fetch(`${made.plainOrigin}/login`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([308, 'https://localhost/login'])
  })

  test('lets nobody claim another address, nor read the metrics of a node', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.66', forwarded: 'for=192.0.2.66' }
    expect((await made.fetch('/api/health', { headers })).status).toBe(200)
    expect((await made.fetch('/metrics', { headers })).status).toBe(404)
    expect((await made.fetch('//metrics')).status).toBe(404)
    expect((await node(0).fetch('/metrics')).status).toBe(200)
    expect(made.nodes.map((each) => each.said()).join('')).not.toContain('192.0.2.66')
  })

  test('answers a flood of guesses with 429 before either node does, and others go on', async () => {
    const jwt = await signIn(node(0))
    const guess = () =>
      made.fetch('/api/auth/login', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })
    const answers = await Promise.all(Array.from({ length: 80 }, guess))
    const limited = answers.filter(({ status }) => status === 429)
    expect(limited.length).toBeGreaterThan(20)
    for (const answer of limited) {
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
      expect(await answer.json()).toMatchObject({ error: 'rate_limited' })
    }
    const passed = answers.filter(({ status }) => status === 400)
    expect(passed.length).toBeGreaterThan(10)
    expect((await call(made, 'GET', '/api/me', jwt)).status).toBe(200)
  })
})

describe('a node that is killed with -9 in the middle of its work', () => {
  for (const victim of BOTH) {
    test(`(node ${victim + 1}) loses nothing: requests go on, and its jobs are done by the other, once`, async () => {
      const survivor = node(victim === 0 ? 1 : 0)
      const jwt = await signIn(survivor)
      const [early, late] = [emailsOf(`early-${victim}`, 3 * AT_ONCE), emailsOf(`late-${victim}`, AT_ONCE)]
      closeGate()
      await invite(jwt, early)
      await until(() => held === RUNNING_MAX, 'work for both nodes')
      const reading = readOn(jwt)
      await node(victim).kill()
      await invite(jwt, late)
      gate?.open()
      // The lost node's jobs stay with it until their lease ends; everything else is done.
      await until(
        async () => (await jobsBy('waiting')) === 0 && (await jobsBy('running')) === RUNNING_MAX / 2,
        'the rest',
      )
      expect(await reading.stop()).toEqual({ answers: expect.any(Number), failures: [] })
      expect(mailsTo([...early, ...late]).filter((count) => count === 0)).toHaveLength(RUNNING_MAX / 2)
      // A minute passes.
      await made.sql`update jobs set locked_until = now() where state = 'running'`
      await until(() => mailsTo(early).every((count) => count > 0), 'the mails of the lost node', 10_000)
      await until(async () => (await jobsBy('running')) === 0, 'an end of every job')
      expect(mailsTo([...early, ...late])).toEqual([...early, ...late].map(() => 1))
      expect(await jobsBy('failed')).toBe(0)
      await node(victim).start()
      expect((await call(node(victim), 'GET', '/api/me', jwt)).status).toBe(200)
      await untilAskedThroughNginx(made, node(victim))
    })
  }
})

function emailsOf(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${name}-${n}@example.test`)
}

/** Reads through nginx until stopped; what was not answered with 200 is a failure. */
function readOn(jwt: string) {
  const failures: unknown[] = []
  let answers = 0
  let isOver = false
  const loop = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const { status, body } = await call(made, 'GET', '/api/me', jwt).catch((error) => ({
          status: 0,
          body: String(error),
        }))
        answers++
        if (status !== 200) failures.push([status, body])
      }
    }),
  )
  return {
    async stop() {
      isOver = true
      await loop
      return { answers, failures }
    },
  }
}
