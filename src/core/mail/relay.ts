import { isIP, type Socket } from 'node:net'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { SECOND_MS } from '#lib/clock.ts'

/** The SMTP server that takes our mail. `from` is `Name <address>` or an address. */
export type Relay = Readonly<{
  host: string
  port: number
  /** `starttls` never falls back to plain text; `tls` is implicit TLS (RFC 8314); `none` is for a relay on loopback. */
  tls: 'starttls' | 'tls' | 'none'
  username?: string | undefined
  password?: string | undefined
  from: string
  /** Certificates (PEM) to trust in place of the system's. */
  ca?: string | undefined
}>

export const CONNECT_TIMEOUT_MS = 10 * SECOND_MS
export const GREETING_TIMEOUT_MS = 10 * SECOND_MS
export const SILENCE_TIMEOUT_MS = 20 * SECOND_MS
export const SEND_TIMEOUT_MS = 45 * SECOND_MS

/**
 * A transport to the relay. `ownHost` is our name in the greeting (EHLO). Each message has a connection of its own; with
 * `connection`, which is open already, there is one message only, and no name is looked up.
 */
export function createRelayTransport(relay: Relay, ownHost: string, connection?: Socket) {
  return createTransport({
    host: relay.host,
    port: relay.port,
    secure: relay.tls === 'tls',
    requireTLS: relay.tls === 'starttls',
    ignoreTLS: relay.tls === 'none',
    // RFC 5321 §4.1.3: an address stands in brackets where a name is expected.
    name: isIP(ownHost) ? `[${isIP(ownHost) === 6 ? 'IPv6:' : ''}${ownHost}]` : ownHost,
    ...(relay.username ? { auth: { user: relay.username, pass: relay.password ?? '' } } : {}),
    tls: { minVersion: 'TLSv1.2', ...(relay.ca ? { ca: relay.ca } : {}) },
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(connection && { connection }),
  })
}

export type RelayTransport = ReturnType<typeof createRelayTransport>
export type RelayMessage = SendMailOptions
