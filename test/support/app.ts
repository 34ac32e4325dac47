import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decideConfig } from '#config/config.ts'
import type { Environment } from '#config/environment.ts'
import { loadSecrets } from '#config/secrets.ts'
import type { Role } from '#core/access/roles.ts'
import { type Context, createContext, type Overrides } from '#core/context.ts'
import { addMember, createOrg } from '#core/tenancy/org.ts'
import { createUser } from '#core/tenancy/user.ts'
import { createBearer } from '#http/bearer.ts'
import { startScheduler } from '#jobs/schedule.ts'
import { startWorkers } from '#jobs/workers.ts'
import { hashPassword } from '#lib/password.ts'
import { createPlatform, platformJobs, platformSchedules } from '#platform/platform.ts'
import { openTestDatabase } from '#test/support/database.ts'

export const PASSWORD = 'correct horse battery'
/** Argon2id as cheap as it gets: only tests lower it. */
const CHEAP = { memoryCost: 8, timeCost: 1 }

type Options = Readonly<{
  env?: Environment
  overrides?: Overrides
  /** Runs jobs and schedules, as `honeyframe serve` does. */
  worker?: boolean
  peer?: string
}>

export type TestApp = Awaited<ReturnType<typeof startTestApp>>

/**
 * The platform as `honeyframe serve` composes it, on a fresh database of the lane's engine, without a socket.
 * `fetch` takes a path or an address. Gone when disposed.
 */
export async function startTestApp(options: Options = {}) {
  const database = await openTestDatabase()
  const dataDir = await mkdtemp(join(tmpdir(), 'honeyframe-app-'))
  const env = { DATA_DIR: dataDir, DATABASE_URL: database.url, PUBLIC_URL: 'http://localhost:8000', ...options.env }
  const config = decideConfig(env)
  const secrets = await loadSecrets(env, config)
  const lines: string[] = []
  const statements: string[] = []
  const ctx = await createContext(config, secrets, {
    passwordCost: CHEAP,
    writeLog: (line) => lines.push(line),
    onStatement: (sql) => statements.push(sql),
    resolve: resolveHere,
    ...options.overrides,
  })
  const bearer = createBearer(config, secrets, ctx.clock, ctx.random)
  const { app, answer } = createPlatform(ctx, bearer, secrets)
  const work = options.worker ? [startWorkers(ctx, platformJobs), startScheduler(ctx, platformSchedules)] : []

  return {
    ...{ ctx, app, answer, bearer, config, secrets, lines, statements, database },
    /** One request, through the front door. */
    fetch(path: string, init: RequestInit = {}, peer = options.peer ?? '127.0.0.1'): Promise<Response> {
      const url = new URL(path, 'http://localhost:8000')
      const headers = new Headers(init.headers)
      if (!headers.has('host')) headers.set('host', url.host)
      return answer(new Request(url, { ...init, headers }), peer)
    },
    async [Symbol.asyncDispose]() {
      for (const part of work) await part[Symbol.asyncDispose]()
      await ctx[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** No name leads off this machine. */
async function resolveHere(name: string): Promise<readonly string[]> {
  if (name === 'localhost') return ['127.0.0.1']
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
}

export type TestPerson = Readonly<{
  userId: number
  email: string
  orgId: number
  jwt: string
  bearer: { authorization: string }
}>

let made = 0

/** A new org with its slug and id. */
export async function makeOrg(ctx: Context, slug = `org-${++made}`): Promise<{ orgId: number; slug: string }> {
  const orgId = await ctx.db.transaction((tx) => createOrg(ctx, tx, { slug, name: slug.toUpperCase() }))
  return { orgId, slug }
}

/** A new member of an org, signed in: every test sentence begins with people. His password is `PASSWORD`. */
export async function makePerson(
  app: Pick<TestApp, 'ctx' | 'bearer'>,
  orgId: number,
  role: Role = 'admin',
  email = `person-${++made}@example.test`,
): Promise<TestPerson> {
  const { ctx, bearer } = app
  const passwordHash = await hashPassword(PASSWORD, ctx.passwordCost)
  const userId = await ctx.db.transaction(async (tx) => {
    const user = {
      email,
      name: email.split('@')[0] ?? email,
      passwordHash,
      mustResetPassword: false,
      isSuperadmin: false,
    }
    const id = await createUser(ctx, tx, user)
    await addMember(ctx, tx, orgId, id, role)
    return id
  })
  const { token } = await bearer.sign({ userId, version: 0, orgId, role })
  return { userId, email, orgId, jwt: token, bearer: { authorization: `Bearer ${token}` } }
}

/** A JSON request's init. */
export function json(method: string, body: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
}
