import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { engine } from '#db/columns.ts'
import { startTestApp, type TestApp } from '#test/support/app.ts'
import { type Case, OWN, STANDING } from './contract-cases.ts'
import { createChecker, promisesOf } from './contract-checker.ts'
import { setStage } from './contract-stage.ts'
import { documentOf, jsonOf, type Operation, operationsOf } from './documented.ts'
import { routesOf } from './route-table.ts'

/** They describe the API and are no part of it. */
const OWN_ROUTES = ['GET /api/openapi.json', 'GET /api/docs']

/** What is promised and cannot be brought about by a request, and why. */
const UNREACHED: Readonly<Record<string, string>> = {
  'GET /api/health 500 internal': 'it does nothing that can fail',
  'GET /api/version 500 internal': 'it does nothing that can fail',
}

/** The document is the same on either. */
const onOneEngine = test.if(engine === 'sqlite')

async function documented(app: TestApp) {
  const document = await documentOf(app)
  return { document, operations: operationsOf(document) }
}

function caseOf(promise: string): Case | undefined {
  const end = promise.split(' ').slice(2).join(' ')
  return OWN[promise] ?? (Object.hasOwn(STANDING, end) ? STANDING[end] : undefined)
}

/** What the API and its document do not agree on. */
function documentFaults(routes: readonly string[], operations: readonly Operation[]): string[] {
  const names = operations.map(({ name }) => name)
  const ids = operations.map(({ id }) => id)
  return [
    ...routes.filter((name) => !names.includes(name)).map((name) => `${name} is not documented`),
    ...names.filter((name) => !routes.includes(name)).map((name) => `${name} does not exist`),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} names two operations`),
    ...operations
      .filter(
        ({ isOpen, responses }) =>
          !isOpen && ![401, 403].every((status) => responses.some((one) => one.status === status)),
      )
      .map(({ name }) => `${name} does not say how it refuses`),
  ]
}

describe('the API’s document', () => {
  test('has every route of the app and no other, each with its refusals and a name of its own', async () => {
    await using app = await startTestApp()
    const { operations } = await documented(app)
    const routes = routesOf(app.app).filter(({ isApi }) => isApi)
    const names = routes.map(({ name }) => name).filter((name) => !OWN_ROUTES.includes(name))
    expect(operations.length).toBeGreaterThan(20)
    expect(documentFaults(names, operations)).toEqual([])
    const open = operations.filter(({ isOpen }) => isOpen).map(({ name }) => name)
    expect(open).toEqual(
      routes
        .filter(({ need }) => need?.kind === 'anyone')
        .map(({ name }) => name)
        .filter((name) => !OWN_ROUTES.includes(name)),
    )
  })

  onOneEngine('shows examples that fit their own schemas, and the schema of every body', async () => {
    await using app = await startTestApp()
    const { document, operations } = await documented(app)
    const { exampleFaults } = createChecker(document)
    expect(operations.flatMap(exampleFaults)).toEqual([])
    const bodies = app.app.routes.filter(({ path, hooks }) => path.startsWith('/api/') && hooks.body !== undefined)
    expect(operations.filter(({ hasBody }) => hasBody).length).toBe(bodies.length)
  })

  onOneEngine(
    'passes the linter without a warning',
    async () => {
      await using app = await startTestApp()
      const { document } = await documented(app)
      expect(await lint(app.config.dataDir, document)).toEqual([0, ''])
      const planted = { ...document, info: {} }
      expect((await lint(app.config.dataDir, planted))[0]).toBe(1)
    },
    60_000,
  )

  test('keeps every promise: each success and each error can be had, and every answer fits', async () => {
    await using app = await startTestApp({ env: { EGRESS_ALLOW: '127.0.0.1/32' } })
    const { document, operations } = await documented(app)
    const { answerFaults, reached } = createChecker(document)
    const faults: string[] = []
    for (const operation of operations) {
      for (const promise of promisesOf([operation])) {
        const play = caseOf(promise)
        if (play) faults.push(...(await answerFaults(operation, await play(await setStage(app), operation))))
      }
    }
    await using broken = await startTestApp()
    const stage = await setStage(broken)
    await broken.ctx.db[Symbol.asyncDispose]()
    for (const operation of operations) faults.push(...(await answerFaults(operation, await failing(stage, operation))))
    expect(faults).toEqual([])
    const missed = promisesOf(operations).filter((promise) => !reached.has(promise))
    expect(missed).toEqual(Object.keys(UNREACHED))
  }, 120_000)
})

/** A request that goes as far as the database, which is gone. */
function failing(stage: Awaited<ReturnType<typeof setStage>>, operation: Operation): Promise<Response> {
  const asked = operation.parameters.find(({ name }) => name === 'token' || name === 'slug')
  return stage.call(operation, asked ? { query: `${asked.name}=x` } : {})
}

async function lint(folder: string, document: unknown): Promise<[code: number, words: string]> {
  const root = join(import.meta.dir, '../..')
  const file = join(folder, 'openapi.json')
  await Bun.write(file, JSON.stringify(document, null, 2))
  const argv = [join(root, 'node_modules/.bin/redocly'), 'lint', file, '--config', join(root, 'redocly.yaml')]
  // It would look for a newer version of itself, and tell how it is used.
  const env = { PATH: '/usr/bin:/bin', HOME: folder, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  const child = Bun.spawn([process.execPath, ...argv, '--format', 'json'], { env, stdout: 'pipe', stderr: 'pipe' })
  const found: unknown = JSON.parse(await new Response(child.stdout).text())
  const problems = Object.values(jsonOf(jsonOf(found).problems)).map((problem) => jsonOf(problem).message)
  return [await child.exited, problems.join('\n')]
}

describe('this sweep sees', () => {
  async function planted(change: (response: Record<string, unknown>) => Response) {
    await using app = await startTestApp()
    const { document, operations } = await documented(app)
    const operation = operations.find(({ name }) => name === 'GET /api/me')
    if (!operation) throw new Error('there is no GET /api/me')
    const { call } = await setStage(app)
    const body = jsonOf(await (await call(operation)).json())
    return await createChecker(document).answerFaults(operation, change({ ...body }))
  }

  test('an answer with a member that is missing, of another type, or not documented, and lets the right one pass', async () => {
    expect(await planted((body) => Response.json(body))).toEqual([])
    expect(await planted(({ email: _, ...body }) => Response.json(body))).toHaveLength(1)
    expect(await planted((body) => Response.json({ ...body, user_id: '1' }))).toHaveLength(1)
    expect(await planted((body) => Response.json({ ...body, password_hash: '$argon2id$' }))).toHaveLength(1)
  })

  test('a status, an error code or a content type that is not documented', async () => {
    const error = { message: 'No.', request_id: 'x' }
    expect(await planted((body) => Response.json(body, { status: 202 }))).toHaveLength(1)
    expect(await planted(() => Response.json({ ...error, error: 'surprise' }, { status: 403 }))).toHaveLength(1)
    expect(await planted(() => new Response('{}', { status: 200 }))).toHaveLength(1)
    expect(await planted(() => Response.json({ ...error, error: 'not_a_member' }, { status: 403 }))).toEqual([])
  })

  test('a route nobody documented, one that is gone, and a promise nobody tries', async () => {
    await using app = await startTestApp()
    const { operations } = await documented(app)
    const [first, second] = operations
    if (!first || !second) throw new Error('two operations')
    expect(documentFaults([first.name, 'GET /api/new'], [first, { ...second, id: first.id, isOpen: false }])).toEqual([
      'GET /api/new is not documented',
      `${second.name} does not exist`,
      `${first.id} names two operations`,
      `${second.name} does not say how it refuses`,
    ])
    expect(caseOf('POST /api/invites 402 payment_required')).toBeUndefined()
  })
})
