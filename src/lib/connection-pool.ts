import { Agent as PlainAgent } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import type { LookupFunction } from 'node:net'
import { SECOND_MS } from './clock.ts'
import type { VettedAddress, VettedHost } from './vetted-host.ts'

export type Peer = Readonly<{ isTls: boolean; host: VettedHost; port: number; ca: string | undefined }>

type Entry = { agent: PlainAgent; timer: ReturnType<typeof setTimeout> | undefined }

const AGENTS_MAX = 512
const FREE_SOCKETS_MAX = 128
export const IDLE_MS = 8 * SECOND_MS

/**
 * Connections that are kept for a while, for whoever calls the same peer again. A peer is its scheme, name, port, trusted
 * certificates and all its vetted addresses: a name that leads elsewhere today finds no connection of yesterday.
 */
export function createConnectionPool() {
  const entries = new Map<string, Entry>()

  function agentFor(peer: Peer): PlainAgent {
    const key = keyOf(peer)
    const entry = entries.get(key) ?? { agent: createAgent(peer), timer: undefined }
    clearTimeout(entry.timer)
    entry.timer = setTimeout(() => drop(key), IDLE_MS)
    entry.timer.unref()
    // Set anew, so that the first of the map is the one that was not used for longest.
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > AGENTS_MAX) drop(entries.keys().next().value ?? '')
    return entry.agent
  }

  /** Forgets an agent; what is under way on it comes to its end. */
  function drop(key: string) {
    const entry = entries.get(key)
    if (!entry) return
    entries.delete(key)
    clearTimeout(entry.timer)
    retire(entry.agent)
  }

  function dispose() {
    for (const key of [...entries.keys()]) drop(key)
  }

  return { agentFor, [Symbol.dispose]: dispose }
}

/** An agent that keeps nothing, for a request that could not be sent twice. It reaches the vetted addresses only, too. */
export function singleUseAgent(peer: Peer): PlainAgent {
  return createAgent(peer, { keepAlive: false })
}

function createAgent({ isTls, host }: Peer, { keepAlive } = { keepAlive: true }): PlainAgent {
  const options = { keepAlive, maxFreeSockets: FREE_SOCKETS_MAX, lookup: pinned(host.addresses) }
  return isTls ? new TlsAgent(options) : new PlainAgent(options)
}

function retire(agent: PlainAgent): void {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}

/** Whatever is asked for, the answer is what was vetted. */
function pinned(addresses: readonly VettedAddress[]): LookupFunction {
  return (_name, { all }, callback) => {
    const [first] = addresses
    if (all) callback(null, [...addresses])
    else if (first) callback(null, first.address, first.family)
  }
}

function keyOf({ isTls, host, port, ca }: Peer): string {
  return JSON.stringify([isTls, host.name, port, ca ?? '', ...host.addresses.map(({ address }) => address).sort()])
}
