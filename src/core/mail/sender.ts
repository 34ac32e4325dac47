import { AppError } from '#core/errors.ts'
import { normalizeEmail } from '#lib/email.ts'
import { oneLine } from './failure.ts'

/** Who a mail is from. `name` is empty where the setting is an address alone. */
export type Sender = Readonly<{ name: string; address: string }>

const PROGRAM_NAME = 'Honeyframe'
const NAME_CHARS_MAX = 100

/** Reads `Name <address>`, `"Name" <address>` or an address; undefined for anything else. */
export function readSender(from: string): Sender | undefined {
  const line = oneLine(from)
  const [, quoted = '', bracketed] = /^([^<>]*)<([^<>]*)>$/.exec(line) ?? []
  const address = (bracketed ?? line).trim()
  if (!/^[^\s@<>,;:"]+@[^\s@<>,;"]+$/.test(address)) return undefined
  return { name: quoted.replaceAll('"', '').trim(), address }
}

/** The platform's sender. Error: `mail_sender_invalid` (invalid), naming the variable. */
export function requirePlatformSender(from: string): Sender {
  const sender = readSender(from)
  if (!sender) {
    throw new AppError('invalid', 'mail_sender_invalid', 'SMTP_FROM must be an address, or a name and <an address>.')
  }
  return { ...sender, name: sender.name || PROGRAM_NAME }
}

/** An org's sender in the form it is kept in, its address as `normalizeEmail` writes it; undefined for what is none. */
export function canonicalSender(from: string): string | undefined {
  const sender = readSender(from)
  const address = sender && normalizeEmail(sender.address)
  if (!sender || address === undefined || sender.name.length > NAME_CHARS_MAX) return undefined
  return sender.name === '' ? address : `${sender.name} <${address}>`
}

/** What readers see as the sender of an org's mails: a name and an address in brackets. */
export function senderLine(sender: Sender, orgName: string): string {
  return `${shownName(sender, orgName)} <${sender.address}>`
}

/** The name that readers see: the org's, and beside it that of the sender where it is another. */
export function shownName(sender: Sender, orgName: string | undefined): string {
  if (orgName === undefined) return sender.name
  const org = [...oneLine(orgName)].slice(0, NAME_CHARS_MAX).join('')
  if (sender.name === '' || sender.name === org) return org
  return sender.name.includes(org) ? sender.name : `${org} via ${sender.name}`
}
