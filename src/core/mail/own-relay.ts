import { AppError } from '#core/errors.ts'
import { startDeadline } from '#lib/deadline.ts'
import type { Egress } from '#lib/safe-fetch.ts'
import { connectVetted } from '#lib/vetted-connection.ts'
import { mailFailure } from './failure.ts'
import type { StoredRelay } from './org-mail.ts'
import { createRelayTransport, type RelayMessage } from './relay.ts'

/** How long an org's own relay may take to be reached, and for everything. */
export const OWN_CONNECT_TIMEOUT_MS = 5_000
export const OWN_SEND_TIMEOUT_MS = 15_000

type Delivery = Readonly<{
  message: RelayMessage
  ownHost: string
  vetHost: Egress['vetHost']
  timeoutMs?: number | undefined
  ca?: string | undefined
}>

/**
 * Hands a message to the relay of an org, whose host a tenant chose: it is resolved once, vetted, and only what was vetted is
 * connected to; its certificate is still checked against its name. Answers with the server's reply. Errors: `egress_refused`
 * (invalid), `secret_unreadable` (conflict), `mail_failed` (upstream).
 */
export async function deliverByOwnRelay(relay: StoredRelay, delivery: Delivery): Promise<string> {
  const { message, ownHost, vetHost, ca } = delivery
  const password = relay.openPassword()
  const timeoutMs = Math.min(delivery.timeoutMs ?? OWN_SEND_TIMEOUT_MS, OWN_SEND_TIMEOUT_MS)
  using deadline = startDeadline({ connectTimeoutMs: timeoutMs, timeoutMs })
  const { signal } = deadline
  try {
    const host = await deadline.within(vetHost(relay.host))
    const socket = await connectVetted(host, relay.port, { timeoutMs: OWN_CONNECT_TIMEOUT_MS, signal })
    const transport = createRelayTransport({ ...relay, host: host.name, password, ca }, ownHost, socket)
    try {
      const { response } = await transport.sendMail({ ...message, signal })
      return response
    } finally {
      transport.close()
      socket.destroySoon()
    }
  } catch (error) {
    throw failureOf(error, relay.username, password)
  }
}

function failureOf(error: unknown, username: string | undefined, password: string): AppError {
  if (error instanceof AppError && error.code !== 'transport_failed') return error
  if (!(error instanceof AppError)) return mailFailure(error, { username, password })
  return new AppError('upstream', 'mail_failed', error.message, { detail: error.message, permanent: false })
}
