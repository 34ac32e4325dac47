import { domainToASCII } from 'node:url'

// RFC 5321 §4.5.3.1 and the errata on RFC 3696: the path holds two more characters, its angle brackets.
const ADDRESS_CHARS_MAX = 254
const LOCAL_PART_CHARS_MAX = 64
const DOMAIN_CHARS_MAX = 253

const DOT_ATOM = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const HOST_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const ALL_DIGITS = /^\d+$/

/**
 * The one form in which an address is kept and compared: trimmed, lower-cased, its domain in ASCII (IDNA); undefined
 * when the text is no single address. Only dot-atoms pass (RFC 5321 §4.1.2), so what comes back holds no quote, space,
 * comma, bracket or line break, and cannot name a second recipient.
 */
export function normalizeEmail(text: string): string | undefined {
  const [localPart, domain, ...rest] = text.trim().toLowerCase().split('@')
  if (!localPart || !domain || rest.length > 0) return undefined
  const host = isAscii(domain) ? domain : domainToASCII(domain)
  if (localPart.length > LOCAL_PART_CHARS_MAX || host.length > DOMAIN_CHARS_MAX) return undefined
  if (!DOT_ATOM.test(localPart) || !HOST_NAME.test(host)) return undefined
  if (ALL_DIGITS.test(host.slice(host.lastIndexOf('.') + 1))) return undefined
  const address = `${localPart}@${host}`
  return address.length > ADDRESS_CHARS_MAX ? undefined : address
}

function isAscii(text: string): boolean {
  return [...text].every((char) => char.charCodeAt(0) < 128)
}
