import { join } from 'node:path'
import { runToEnd } from './child.ts'
import { answerBytes, watchAnswers } from './witness.ts'

export const CONNECTIONS = 32
const WARM_UP_REQUESTS = 200
const SCRIPT = join(import.meta.dir, 'load.lua')
/** Pages name ages in words, and ids grow a digit; on top of that each connection may be in the middle of an answer. */
const BYTES_TOLERANCE = 0.02

export type Target = Readonly<{ url: string; headers?: Readonly<Record<string, string>>; expected?: string }>

/** `p99Ms`: 99 of 100 answers came sooner. */
export type Load = Readonly<{ perSecond: number; requests: number; p99Ms: number }>

/**
 * Requests a second that a server answers to 32 connections of `wrk`. Throws when one answer failed, when the answers are
 * not as long as a good one, or when one of those that are looked at meanwhile is not `expected`.
 */
export async function measureLoad(target: Target, seconds: number): Promise<Load> {
  const wanted = await answerBytes(target)
  await using watch = watchAnswers(target)
  const result = await runWrk(target, seconds)
  const [least, most] = [result.requests * wanted, (result.requests + CONNECTIONS) * wanted]
  if (result.bytes < least * (1 - BYTES_TOLERANCE) || result.bytes > most * (1 + BYTES_TOLERANCE)) {
    throw new Error(`${target.url} sent ${result.bytes} bytes in ${result.requests} answers of ${wanted}`)
  }
  if (watch.seen() === 0) throw new Error(`nobody looked at an answer of ${target.url}`)
  return result
}

/** The same for `POST /api/invites`, each of another address. What was written is for the caller to count. */
export function measureInvites(target: Target, seconds: number, batch: string) {
  return runWrk(target, seconds, batch)
}

/** Asks one at a time until the engine has compiled what it runs: 32 cold pages at once may outlast a round. */
export async function warmUp({ url, headers = {} }: Target): Promise<void> {
  for (let left = WARM_UP_REQUESTS; left > 0; left--) await (await fetch(url, { headers })).text()
}

async function runWrk(target: Target, seconds: number, batch?: string) {
  const headers = Object.entries(target.headers ?? {}).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
  const size = ['-t', '1', '-c', String(CONNECTIONS), '-d', `${seconds}s`, '-s', SCRIPT]
  const said = await runToEnd(['wrk', ...size, ...headers, target.url, ...(batch === undefined ? [] : ['--', batch])])
  const { requests, bytes, microseconds, p99, failed } = JSON.parse(said.trim().split('\n').at(-1) ?? '')
  if (failed !== 0 || requests === 0) throw new Error(`${target.url}: ${failed} of ${requests} requests failed`)
  const perSecond = (requests / microseconds) * 1_000_000
  return { requests: Number(requests), bytes: Number(bytes), perSecond, p99Ms: p99 / 1_000 }
}
