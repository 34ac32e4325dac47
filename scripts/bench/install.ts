import { Database } from 'bun:sqlite'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { freePort } from '#test/support/ports.ts'
import { type Child, runToEnd, serve } from './child.ts'
import type { Stage } from './stage.ts'

export const ENGINES = ['sqlite', 'postgres'] as const
export type Engine = (typeof ENGINES)[number]

export const JWT_SECRET = 'a secret of the benchmarks, and of nothing else'
export const EMAIL = 'ada@example.com'
const PASSWORD = 'correct horse battery'

export type Served = Child &
  Readonly<{
    log: string
    /** A fresh JWT; it does as a session cookie, too. */
    signIn(email?: string): Promise<string>
    /** A fresh personal access token of Ada's, made by `honeyframe pat create`. */
    makeToken(): Promise<string>
  }>

/** A product of its own: its data folder and database, with Ada as the first admin, made by its own command. */
export type Install = Readonly<{
  engine: Engine
  databaseUrl: string
  env: Readonly<Record<string, string>>
  /** Statements straight to the database, for rows that no command makes in bulk; the rows of the last one. */
  sql(...statements: string[]): Promise<Record<string, unknown>[]>
  serve(more?: Record<string, string>): Promise<Served>
}>

let made = 0

export async function makeInstall(stage: Stage, engine: Engine): Promise<Install> {
  const name = `bench_${engine}_${++made}`
  const folder = join(stage.folder, name)
  await mkdir(folder)
  const databaseUrl = engine === 'sqlite' ? `sqlite:${folder}/honeyframe.db` : await createDatabase(stage, name)
  const env = { DATA_DIR: folder, DATABASE_URL: databaseUrl, JWT_SECRET, JWT_EXPIRE_MINUTES: '600' }
  const who = ['--email', EMAIL, '--name', 'Ada Byron', '--org', 'acme']
  await runToEnd([stage.executable, 'user', 'create', ...who], { ...env, HONEYFRAME_PASSWORD: PASSWORD })
  return {
    ...{ engine, databaseUrl, env },
    sql: (...statements) => (engine === 'sqlite' ? onSqlite(folder, statements) : onPostgres(databaseUrl, statements)),
    async serve(more = {}) {
      const port = String(freePort())
      const origin = `http://127.0.0.1:${port}`
      const log = join(folder, 'log')
      const own = { ...env, PORT: port, PUBLIC_URL: origin, ...more }
      const child = await serve({ argv: [stage.executable, 'serve'], env: own, log, origin, path: '/api/health' })
      return {
        ...child,
        log,
        signIn: (email = EMAIL) => signIn(origin, email),
        makeToken: () => makeToken(stage, origin),
      }
    },
  }
}

async function createDatabase(stage: Stage, name: string): Promise<string> {
  await onPostgres(stage.postgres.url, [`create database ${name}`])
  const url = new URL(stage.postgres.url)
  url.pathname = `/${name}`
  return url.href
}

async function onSqlite(folder: string, statements: string[]): Promise<Record<string, unknown>[]> {
  using db = new Database(join(folder, 'honeyframe.db'))
  db.run('pragma foreign_keys = on')
  db.run('pragma busy_timeout = 5000')
  return statements.map((text) => db.query<Record<string, unknown>, []>(text).all()).at(-1) ?? []
}

async function onPostgres(url: string, statements: string[]): Promise<Record<string, unknown>[]> {
  const client = postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    connection: { search_path: 'honeyframe' },
  })
  try {
    let rows: Record<string, unknown>[] = []
    for (const text of statements) rows = [...(await client.unsafe(text))]
    return rows
  } finally {
    await client.end()
  }
}

async function signIn(origin: string, username: string): Promise<string> {
  const body = JSON.stringify({ username, password: PASSWORD })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${origin}/api/auth/login`, { method: 'POST', headers, body })
  if (answer.status !== 200) throw new Error(`the sign-in of ${username} answered ${await answer.text()}`)
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return token
}

async function makeToken(stage: Stage, origin: string): Promise<string> {
  const argv = ['pat', 'create', '--name', 'bench', '--username', EMAIL, '--url', origin]
  return (await runToEnd([stage.executable, ...argv], { HONEYFRAME_PASSWORD: PASSWORD })).trim()
}
