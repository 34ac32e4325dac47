import { connect, type Socket } from 'node:net'
import { failedTransport, transportFailure } from './transport-failure.ts'
import type { VettedAddress, VettedHost } from './vetted-host.ts'

/** Addresses that are tried, each for its share of the time: one that swallows everything leaves some for the next. */
const TRIED_MAX = 3

/**
 * A TCP connection to a vetted host, at the first of its addresses that takes it. Its errors go nowhere until somebody listens.
 * Errors: `transport_failed` (upstream), or what `signal` was aborted with.
 */
export async function connectVetted(
  host: VettedHost,
  port: number,
  { timeoutMs, signal }: Readonly<{ timeoutMs: number; signal: AbortSignal }>,
): Promise<Socket> {
  const tried = host.addresses.slice(0, TRIED_MAX)
  let failure: unknown
  for (const address of tried) {
    signal.throwIfAborted()
    try {
      return await open(address, port, { timeoutMs: timeoutMs / tried.length, signal })
    } catch (error) {
      failure = error
    }
  }
  signal.throwIfAborted()
  throw transportFailure(failure, host.name)
}

function open(
  { address, family }: VettedAddress,
  port: number,
  { timeoutMs, signal }: Readonly<{ timeoutMs: number; signal: AbortSignal }>,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, family })
    const late = setTimeout(() => fail(failedTransport('No connection in time.', 'ETIMEDOUT')), timeoutMs)
    const stop = () => fail(signal.reason)
    const settle = () => {
      clearTimeout(late)
      signal.removeEventListener('abort', stop)
    }
    function fail(error: unknown) {
      settle()
      socket.destroy()
      reject(error)
    }
    signal.addEventListener('abort', stop, { once: true })
    socket.on('error', fail)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
  })
}
