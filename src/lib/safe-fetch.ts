import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { egressRefused } from './canonical-host.ts'
import { createConnectionPool, type Peer, singleUseAgent } from './connection-pool.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import type { IpRange } from './ip-address.ts'
import { isWhole, lengthOf, type StreamBody, sendBody } from './request-body.ts'
import { readResponse, type Sink, SinkFailure } from './response-reader.ts'
import { transportFailure } from './transport-failure.ts'
import { type Resolve, systemResolve, type VettedHost, vetHost } from './vetted-host.ts'

export type EgressInit = Readonly<{
  method?: string
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array | StreamBody
  connectTimeoutMs?: number
  /** From the look-up of the name to the last byte of the answer. */
  timeoutMs?: number
  /** How much of the answer is read. */
  bytesMax?: number
  /** Gets the body of a 2xx answer piece by piece; more than `bytesMax` is then an error. */
  sink?: Sink
  /** Certificates (PEM) to trust in place of the system's. */
  ca?: string
  signal?: AbortSignal
}>

export type EgressResponse = Readonly<{
  status: number
  /** Lower-case names; values that came more than once are joined. */
  headers: Readonly<Record<string, string>>
  /** At most `bytesMax` bytes of the body, as UTF-8; empty when they went to a sink. */
  text: string
  isCut: boolean
}>

/** The one way out to hosts that tenants chose. */
export type Egress = Readonly<{
  /**
   * One HTTP exchange with a vetted host; a redirect is an answer and is not followed. Errors: `egress_refused` (invalid),
   * `transport_failed` (upstream, with the transport's words in `detail`), `response_too_large` (upstream, with a sink only).
   */
  fetch: (url: string, init?: EgressInit) => Promise<EgressResponse>
  /** For a driver that connects by itself: the address to connect to, and the name to ask of its certificate. */
  vetHost: (host: string) => Promise<VettedHost>
  [Symbol.dispose]: () => void
}>

export const EGRESS_BYTES_MAX = 64 * 1024
const OWN_HEADERS = /^(host|connection|content-length|transfer-encoding|expect|upgrade)$/i
/** What a kept connection says when the peer had closed it meanwhile: the request never reached anybody. */
const STALE = new Set(['ECONNRESET', 'EPIPE'])

type Target = Readonly<{ url: URL; port: number; isTls: boolean }>

export function createEgress(
  options: Readonly<{ allow: readonly IpRange[]; userAgent: string; resolve?: Resolve | undefined }>,
): Egress {
  const { allow, resolve = systemResolve } = options
  const pool = createConnectionPool()
  const vet = (host: string) => vetHost(host, { allow, resolve })

  async function fetch(address: string, init: EgressInit = {}): Promise<EgressResponse> {
    const { url, port, isTls } = targetOf(address)
    const headers = { 'user-agent': options.userAgent, ...init.headers }
    using deadline = startDeadline(init)
    try {
      const host = await deadline.within(vet(url.hostname))
      const peer = { isTls, port, host, ca: init.ca }
      const canRepeat = isWhole(init.body)
      const agent = canRepeat ? pool.agentFor(peer) : singleUseAgent(peer)
      const send = (by: typeof agent) => exchange({ url, peer, agent: by, init: { ...init, headers } }, deadline)
      return await send(agent).catch((error) => {
        if (!(canRepeat && error instanceof StaleConnection)) throw error
        return send(singleUseAgent(peer))
      })
    } catch (error) {
      if (error instanceof SinkFailure) throw error.cause
      if (deadline.signal.aborted) throw deadline.signal.reason
      throw transportFailure(error instanceof StaleConnection ? error.cause : error, url.hostname)
    }
  }

  return { fetch, vetHost: vet, [Symbol.dispose]: () => pool[Symbol.dispose]() }
}

/** Refuses what is no plain address of a web server before anything is looked up. */
export function targetOf(address: string): Target {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw egressRefused('Only addresses that begin with http:// or https:// can be called.')
  }
  if (url.username !== '' || url.password !== '') {
    throw egressRefused('An address with a user name or a password in it cannot be called.')
  }
  const isTls = url.protocol === 'https:'
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port)
  if (port === 0) throw egressRefused('Port 0 cannot be called.')
  return { url, port, isTls }
}

class StaleConnection extends Error {}

type Exchange = Readonly<{ url: URL; peer: Peer; agent: ReturnType<typeof singleUseAgent>; init: EgressInit }>

async function exchange({ url, peer, agent, init }: Exchange, deadline: Deadline): Promise<EgressResponse> {
  deadline.signal.throwIfAborted()
  const { ca, host, isTls, port } = peer
  const request = (isTls ? tlsRequest : plainRequest)({
    ...{ agent, port, host: host.name, path: url.pathname + url.search, method: init.method ?? 'GET' },
    headers: headersOf(url, init),
    ...(isTls && { servername: host.serverName ?? '', ...(ca !== undefined && { ca }) }),
  })
  deadline.signal.addEventListener('abort', () => request.destroy(), { once: true })
  request.on('socket', (socket) => {
    if (!socket.connecting) deadline.connected()
    else socket.once(isTls ? 'secureConnect' : 'connect', deadline.connected)
  })
  const response = await answerOf(request, init)
  const bytesMax = init.bytesMax ?? EGRESS_BYTES_MAX
  return await readResponse(response, { bytesMax, sink: init.sink, signal: deadline.signal })
}

function answerOf(request: ClientRequest, { body }: EgressInit): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve)
    request.on('error', (error) => {
      const isStale = request.reusedSocket && 'code' in error && STALE.has(String(error.code))
      reject(isStale ? new StaleConnection('stale', { cause: error }) : error)
    })
    sendBody(request, body)
  })
}

function headersOf(url: URL, { headers = {}, body }: EgressInit): Record<string, string | number> {
  const given = Object.entries(headers).filter(([name]) => !OWN_HEADERS.test(name))
  return { ...Object.fromEntries(given), host: url.host, 'content-length': lengthOf(body) }
}
