import { AppError } from '#core/errors.ts'
import { normalizeEmail } from '#lib/email.ts'
import type { Log } from '#lib/log.ts'
import { mailFailure, oneLine } from './failure.ts'
import { createRelayTransport, type Relay, type RelayMessage, type RelayTransport, SEND_TIMEOUT_MS } from './relay.ts'
import { type MailContent, type RenderedMail, renderMail } from './templates.ts'

export type { Relay } from './relay.ts'

export type OutgoingMail = MailContent &
  Readonly<{
    /** One address. */
    to: string
    /** Unique for the message and the same at every try of it (a job's id): mail programs drop the doubles. */
    messageId: string
    /** Shown as the sender's name, with ours. */
    orgName?: string
    /** For the whole conversation with the server; `SEND_TIMEOUT_MS` when absent. */
    timeoutMs?: number
  }>

export type Mail = Readonly<{
  /** Whether there is a relay; without one `send` refuses. */
  isConfigured: boolean
  /**
   * Hands one mail to the relay, and answers with the server's reply. Throws `upstream mail_failed` with the server's words
   * and `{ detail, permanent }`, `invalid mail_address_invalid` and `contradiction mail_not_configured` (both permanent).
   */
  send: (mail: OutgoingMail) => Promise<{ response: string }>
}>

const PROGRAM_NAME = 'Honeyframe'
const NAME_CHARS_MAX = 100
const SUBJECT_CHARS_MAX = 200
// RFC 5322 §2.1.1 allows 998; some leave room for a relay's own marks.
const PLAIN_LINE_CHARS_MAX = 900

/** The way out for mail. Links and the Message-ID's right side come from `publicUrl`. */
export function createMail(options: Readonly<{ relay?: Relay | undefined; publicUrl: string; log: Log }>): Mail {
  const { relay, log } = options
  if (!relay) return { isConfigured: false, send: refuse }
  const ownHost = hostOf(options.publicUrl)
  const sender = parseSender(relay.from)
  const transport = createRelayTransport(relay, ownHost)

  async function send(mail: OutgoingMail): Promise<{ response: string }> {
    const message = composeMessage(mail, { sender, ownHost })
    const response = await deliver(transport, message, mail.timeoutMs ?? SEND_TIMEOUT_MS, relay?.password)
    log.info('mail sent', { template: mail.template, messageId: mail.messageId, response })
    return { response }
  }

  return { isConfigured: true, send }
}

/**
 * Goes as far as a mail would, without sending one: connection, greeting, encryption and sign-in. Throws as `createMail`
 * for a sender that is none, and `upstream mail_failed` with the server's words.
 */
export async function verifyRelay(relay: Relay, publicUrl: string): Promise<void> {
  parseSender(relay.from)
  const transport = createRelayTransport(relay, hostOf(publicUrl))
  try {
    await transport.verify()
  } catch (error) {
    throw mailFailure(error, relay.password)
  } finally {
    transport.close()
  }
}

function hostOf(publicUrl: string): string {
  return new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
}

type Sender = Readonly<{ name: string; address: string }>

async function refuse(): Promise<never> {
  const facts = { permanent: true }
  throw new AppError('contradiction', 'mail_not_configured', 'No mail server is configured.', facts)
}

async function deliver(transport: RelayTransport, message: RelayMessage, timeoutMs: number, password?: string) {
  try {
    const info = await transport.sendMail({ ...message, signal: AbortSignal.timeout(timeoutMs) })
    return oneLine(info.response)
  } catch (error) {
    throw mailFailure(error, password)
  }
}

// Addresses are given as objects and the envelope apart from the headers, so no parser ever reads a person's words.
function composeMessage(mail: OutgoingMail, { sender, ownHost }: { sender: Sender; ownHost: string }): RelayMessage {
  const to = normalizeEmail(mail.to)
  if (to === undefined) {
    throw new AppError('invalid', 'mail_address_invalid', 'This is no e-mail address.', { permanent: true })
  }
  const { subject, html, text } = renderMail(mail)
  const name = mail.orgName ? `${shortLine(mail.orgName, NAME_CHARS_MAX)} via ${sender.name}` : sender.name
  return {
    from: { name, address: sender.address },
    to: { name: '', address: to },
    envelope: { from: sender.address, to: [to] },
    messageId: `<${mail.messageId.replace(/[^\w.-]/g, '')}@${ownHost.replace(/[^\w.-]/g, '-')}>`,
    subject: shortLine(subject, SUBJECT_CHARS_MAX),
    text: textPart({ subject, html, text }),
    html,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

// Left alone, a line over 76 characters is wrapped as quoted-printable, which breaks links for whoever reads the source.
function textPart({ text }: RenderedMail): NonNullable<RelayMessage['text']> {
  const lines = text.split(/\r\n|\r|\n/)
  const isPlain = lines.every((line) => line.length <= PLAIN_LINE_CHARS_MAX && /^[\t\x20-\x7e]*$/.test(line))
  if (!isPlain) return text
  const head = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 7bit', '']
  return { raw: [...head, ...lines].join('\r\n') }
}

function parseSender(from: string): Sender {
  const line = oneLine(from)
  const [, quoted = '', bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(line) ?? []
  const address = (bracketed ?? line).trim()
  if (!/^[^\s@<>,;:"]+@[^\s@<>,;"]+$/.test(address)) {
    throw new AppError('invalid', 'mail_sender_invalid', 'SMTP_FROM must be an address, or a name and <an address>.')
  }
  return { name: quoted.replaceAll('"', '').trim() || PROGRAM_NAME, address }
}

function shortLine(text: string, charsMax: number): string {
  return [...oneLine(text)].slice(0, charsMax).join('')
}
