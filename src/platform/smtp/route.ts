import type { Context } from '#core/context.ts'
import { readSender, requirePlatformSender, senderLine } from '#core/mail/sender.ts'
import type { SmtpSettings } from './smtp.ts'

/** Which relay carries an org's mails now, and what their readers see as the sender; null where none can leave. */
export type MailRoute = Readonly<{ relay: 'own' | 'platform' | 'none'; sender: string | null }>

/** An org's own relay comes before the platform's. */
export function mailRouteOf(
  { config }: Pick<Context, 'config'>,
  orgName: string,
  own: Pick<SmtpSettings, 'from'> | undefined,
): MailRoute {
  const sender = own && readSender(own.from)
  if (own) return { relay: 'own', sender: sender ? senderLine(sender, orgName) : own.from }
  if (!config.smtp) return { relay: 'none', sender: null }
  return { relay: 'platform', sender: senderLine(requirePlatformSender(config.smtp.from), orgName) }
}
