import { AppError } from '#core/errors.ts'
import { normalizeEmail } from '#lib/email.ts'
import { oneLine } from './failure.ts'
import type { OutgoingMail } from './mail.ts'
import type { RelayMessage } from './relay.ts'
import { type Sender, shownName } from './sender.ts'
import { type RenderedMail, renderMail } from './templates.ts'

const SUBJECT_CHARS_MAX = 200
// RFC 5322 §2.1.1 allows 998; some leave room for a relay's own marks.
const PLAIN_LINE_CHARS_MAX = 900

export type Envelope = Readonly<{ sender: Sender; orgName: string | undefined; ownHost: string }>

/**
 * A mail as the transport takes it. Its sender's name and its subject carry the org's name. Error: `mail_address_invalid`
 * (invalid, permanent). Addresses are given as objects and the envelope apart from the headers, so no parser ever reads a
 * person's words.
 */
export function composeMessage(mail: OutgoingMail, { sender, orgName, ownHost }: Envelope): RelayMessage {
  const to = normalizeEmail(mail.to)
  if (to === undefined) {
    throw new AppError('invalid', 'mail_address_invalid', 'This is no e-mail address.', { permanent: true })
  }
  const { subject, html, text } = renderMail(mail)
  return {
    from: { name: shownName(sender, orgName), address: sender.address },
    to: { name: '', address: to },
    envelope: { from: sender.address, to: [to] },
    messageId: `<${mail.messageId.replace(/[^\w.-]/g, '')}@${ownHost.replace(/[^\w.-]/g, '-')}>`,
    subject: [...subjectOf(subject, orgName)].slice(0, SUBJECT_CHARS_MAX).join(''),
    text: textPart({ subject, html, text }),
    html,
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

function subjectOf(subject: string, orgName: string | undefined): string {
  const [line, org] = [oneLine(subject), oneLine(orgName ?? '')]
  return line.includes(org) ? line : `${org}: ${line}`
}

// Left alone, a line over 76 characters is wrapped as quoted-printable, which breaks links for whoever reads the source.
function textPart({ text }: RenderedMail): NonNullable<RelayMessage['text']> {
  const lines = text.split(/\r\n|\r|\n/)
  const isPlain = lines.every((line) => line.length <= PLAIN_LINE_CHARS_MAX && /^[\t\x20-\x7e]*$/.test(line))
  if (!isPlain) return text
  const head = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 7bit', '']
  return { raw: [...head, ...lines].join('\r\n') }
}
