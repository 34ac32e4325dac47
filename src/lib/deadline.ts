import { SECOND_MS } from './clock.ts'
import { failedTransport } from './transport-failure.ts'

export const EGRESS_CONNECT_TIMEOUT_MS = 5 * SECOND_MS
export const EGRESS_TIMEOUT_MS = 15 * SECOND_MS

export type Deadline = ReturnType<typeof startDeadline>

type Limits = Readonly<{
  connectTimeoutMs?: number | undefined
  timeoutMs?: number | undefined
  signal?: AbortSignal | undefined
}>

/** Two clocks over one exchange: until it is connected, and until its end. `signal` aborts with the failure to throw. */
export function startDeadline({ connectTimeoutMs, timeoutMs, signal }: Limits) {
  const controller = new AbortController()
  const late = (words: string) => () => controller.abort(failedTransport(words, 'ETIMEDOUT'))
  const connect = setTimeout(late('No connection in time.'), connectTimeoutMs ?? EGRESS_CONNECT_TIMEOUT_MS)
  const total = setTimeout(late('The host did not answer in time.'), timeoutMs ?? EGRESS_TIMEOUT_MS)
  const stop = () => controller.abort(failedTransport('The call was broken off.', 'ABORTED'))
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })
  return {
    signal: controller.signal,
    connected: () => clearTimeout(connect),
    /** What cannot be broken off by itself: the look-up of a name. */
    within: <T>(work: Promise<T>) => Promise.race([work, aborted(controller.signal)]),
    [Symbol.dispose]() {
      clearTimeout(connect)
      clearTimeout(total)
      signal?.removeEventListener('abort', stop)
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
