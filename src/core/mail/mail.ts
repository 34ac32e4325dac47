import { AppError } from '#core/errors.ts'
import type { Tx } from '#db/database.ts'
import type { Log } from '#lib/log.ts'
import type { Egress } from '#lib/safe-fetch.ts'
import { mailFailure, oneLine } from './failure.ts'
import { composeMessage } from './message.ts'
import type { OrgMail, StoredRelay } from './org-mail.ts'
import { deliverByOwnRelay } from './own-relay.ts'
import { createRelayTransport, type Relay, type RelayTransport, SEND_TIMEOUT_MS } from './relay.ts'
import { readSender, requirePlatformSender, type Sender } from './sender.ts'
import type { MailContent } from './templates.ts'

export type { Relay } from './relay.ts'

export type OutgoingMail = MailContent &
  Readonly<{
    /** One address. */
    to: string
    /** Unique for the message and the same at every try of it (a job's id): mail programs drop the doubles. */
    messageId: string
    /** The org that the mail is about: its relay carries it, and its name is shown. Absent for a mail of the whole install. */
    orgId?: number | undefined
    /** For the whole conversation with the server; `SEND_TIMEOUT_MS`, or `OWN_SEND_TIMEOUT_MS`, when absent. */
    timeoutMs?: number
  }>

export type Mail = Readonly<{
  /** Whether the platform has a relay. */
  hasPlatformRelay: boolean
  /** Whether a mail about this org finds a relay, its own or the platform's; without one `send` refuses. In a transaction give its `tx`. */
  isConfigured: (orgId: number | undefined, tx?: Tx) => Promise<boolean>
  /**
   * Hands one mail to the relay of its org, else to the platform's, and answers with the server's reply. A relay of an org that
   * does not take it is never passed over. Throws `upstream mail_failed` with the server's words and `{ detail, permanent }`;
   * `invalid mail_address_invalid` and `contradiction mail_not_configured` (both permanent); for an org's own relay also
   * `conflict secret_unreadable` and `invalid egress_refused`.
   */
  send: (mail: OutgoingMail) => Promise<{ response: string }>
}>

/** The orgs' side: their names, their relays, and the way out to hosts that they chose. */
export type OrgMails = Readonly<{
  find: (orgId: number) => Promise<OrgMail | undefined>
  hasRelay: (orgId: number, tx: Tx | undefined) => Promise<boolean>
  vetHost: Egress['vetHost']
  /** Certificates (PEM) to trust in place of the system's. */
  ca?: string | undefined
}>

type Options = Readonly<{ relay?: Relay | undefined; orgs: OrgMails; publicUrl: string; log: Log }>

/** The way out for mail. Links and the Message-ID's right side come from `publicUrl`. */
export function createMail({ relay, orgs, publicUrl, log }: Options): Mail {
  const ownHost = hostOf(publicUrl)
  const platform = relay && platformOf(relay, ownHost)

  async function send(mail: OutgoingMail): Promise<{ response: string }> {
    const org = mail.orgId === undefined ? undefined : await orgs.find(mail.orgId)
    if (mail.orgId !== undefined && !org) throw notConfigured('The organization of this mail is gone.')
    const response = org?.relay ? await sendByOwn(mail, org.name, org.relay) : await sendByPlatform(mail, org?.name)
    log.info('mail sent', { template: mail.template, messageId: mail.messageId, org: mail.orgId, response })
    return { response }
  }

  async function sendByOwn(mail: OutgoingMail, orgName: string, own: StoredRelay): Promise<string> {
    const sender = readSender(own.from)
    if (!sender) throw new AppError('invalid', 'mail_sender_invalid', 'The sender of the mail server is no address.')
    const message = composeMessage(mail, { sender, orgName, ownHost })
    const { vetHost, ca } = orgs
    return oneLine(await deliverByOwnRelay(own, { message, ownHost, vetHost, ca, timeoutMs: mail.timeoutMs }))
  }

  async function sendByPlatform(mail: OutgoingMail, orgName: string | undefined): Promise<string> {
    if (!platform) throw notConfigured('No mail server is configured.')
    const message = composeMessage(mail, { sender: platform.sender, orgName, ownHost })
    const signal = AbortSignal.timeout(mail.timeoutMs ?? SEND_TIMEOUT_MS)
    try {
      const { response } = await platform.transport.sendMail({ ...message, signal })
      return oneLine(response)
    } catch (error) {
      throw mailFailure(error, platform.relay)
    }
  }

  return {
    hasPlatformRelay: platform !== undefined,
    isConfigured: async (orgId, tx) => platform !== undefined || (orgId !== undefined && orgs.hasRelay(orgId, tx)),
    send,
  }
}

/**
 * Goes as far as a mail would, without sending one: connection, greeting, encryption and sign-in. Throws as `createMail`
 * for a sender that is none, and `upstream mail_failed` with the server's words.
 */
export async function verifyRelay(relay: Relay, publicUrl: string): Promise<void> {
  const { transport } = platformOf(relay, hostOf(publicUrl))
  try {
    await transport.verify()
  } catch (error) {
    throw mailFailure(error, relay)
  } finally {
    transport.close()
  }
}

type Platform = Readonly<{ relay: Relay; sender: Sender; transport: RelayTransport }>

function platformOf(relay: Relay, ownHost: string): Platform {
  const sender = requirePlatformSender(relay.from)
  return { relay, sender, transport: createRelayTransport(relay, ownHost) }
}

function hostOf(publicUrl: string): string {
  return new URL(publicUrl).hostname.replace(/^\[|\]$/g, '')
}

function notConfigured(words: string): AppError {
  return new AppError('contradiction', 'mail_not_configured', words, { permanent: true })
}
