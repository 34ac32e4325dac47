import { stat, truncate } from 'node:fs/promises'
import { runToEnd } from '#scripts/bench/child.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Engine, JWT_SECRET, makeInstall, type Served } from '#scripts/bench/install.ts'
import { measureLoad, type Target } from '#scripts/bench/load.ts'
import { startFastApi, startPeer } from '#scripts/bench/peer.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'

const TARGETS = { sqlite: { bare: 0.25, fastapi: 8 }, postgres: { bare: 0.08, fastapi: 3 } } as const

/** `GET /api/me` with a JWT and with a personal access token, beside a bare route and beside FastAPI. */
export async function measureMe(stage: Stage): Promise<Finding[]> {
  const sqlite = await makeInstall(stage, 'sqlite')
  const postgres = await makeInstall(stage, 'postgres')
  await using onSqlite = await sqlite.serve()
  await using onPostgres = await postgres.serve()
  const targets = { ...(await targetsOf('sqlite', onSqlite)), ...(await targetsOf('postgres', onPostgres)) }
  const { expected = '' } = targets['sqlite JWT']
  await using bare = await startPeer(stage, 'bare.ts', '/api/me', expected)
  await using fastapi = await startFastApi(stage, { DATABASE_URL: postgres.databaseUrl, JWT_SECRET })
  const rates = await alternate(stage.rounds, {
    bare: () => rate(stage, { url: `${bare.origin}/api/me`, expected }),
    'sqlite JWT': () => loggedRate(stage, onSqlite, targets['sqlite JWT']),
    'sqlite PAT': () => loggedRate(stage, onSqlite, targets['sqlite PAT']),
    'postgres JWT': () => loggedRate(stage, onPostgres, targets['postgres JWT']),
    'postgres PAT': () => loggedRate(stage, onPostgres, targets['postgres PAT']),
    FastAPI: () => rate(stage, { ...targets['postgres JWT'], url: `${fastapi.origin}/api/me` }),
    'FastAPI without a model': () => rate(stage, { ...targets['postgres JWT'], url: `${fastapi.origin}/bare/me` }),
  })
  const told = Object.entries(rates).map(
    ([name, values]): Finding => ({ what: `/api/me ${name}`, value: spreadOf(values), unit: 'a second' }),
  )
  return [...ENGINES.flatMap((engine) => ['JWT', 'PAT'].flatMap((token) => compare(engine, token))), ...told]

  function compare(engine: Engine, token: string): Finding[] {
    const own = rates[`${engine} ${token}` as keyof typeof rates]
    const what = `/api/me ${engine} ${token}`
    const { bare: share, fastapi: times } = TARGETS[engine]
    return [
      { what: `${what} to bare`, value: ratioOf(own, rates.bare), unit: 'times', target: { atLeast: share } },
      { what: `${what} to FastAPI`, value: ratioOf(own, rates.FastAPI), unit: 'times', target: { atLeast: times } },
      { what: `${what} to it without a model`, value: ratioOf(own, rates['FastAPI without a model']), unit: 'times' },
    ]
  }
}

async function targetsOf<E extends Engine>(engine: E, served: Served) {
  const url = `${served.origin}/api/me`
  const [jwt, pat] = [await served.signIn(), await served.makeToken()]
  const expected = await bodyOf({ url, headers: { authorization: `Bearer ${jwt}` } })
  const target = (token: string): Target => ({ url, headers: { authorization: `Bearer ${token}` }, expected })
  const both = { [`${engine} JWT`]: target(jwt), [`${engine} PAT`]: target(pat) }
  return both as Record<`${E} ${'JWT' | 'PAT'}`, Target>
}

async function bodyOf({ url, headers = {} }: Target): Promise<string> {
  const answer = await fetch(url, { headers })
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  return await answer.text()
}

async function rate(stage: Stage, target: Target): Promise<number> {
  return (await measureLoad(target, stage.seconds)).perSecond
}

/** The same, after which the log must hold a line for every request. */
async function loggedRate(stage: Stage, served: Served, target: Target): Promise<number> {
  await truncate(served.log)
  const { perSecond, requests } = await measureLoad(target, stage.seconds)
  await settled(served.log)
  const lines = Number(await runToEnd(['grep', '-c', '"message":"request"', served.log]))
  if (lines < requests) throw new Error(`${requests} requests left ${lines} lines in the log`)
  return perSecond
}

async function settled(path: string): Promise<void> {
  for (let size = -1; size !== (await stat(path)).size; await Bun.sleep(100)) size = (await stat(path)).size
}
