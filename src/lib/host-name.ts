import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'

const HOST_CHARS_MAX = 253
// LDH labels (RFC 1123 §2.1).
const HOST_NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const ALL_DIGITS = /^\d+$/

/**
 * The one form in which a host is kept and compared: trimmed, lower-cased, in ASCII (IDNA), without a last dot; an IP address
 * without brackets. Undefined for anything else, such as a URL, a host with a port, or digits that a resolver would read as an
 * address.
 */
export function normalizeHost(text: string): string | undefined {
  const typed = text.trim().toLowerCase()
  const address = typed.replace(/^\[(.*)\]$/, '$1')
  if (isIP(address) !== 0) return address
  if (/\p{Cc}/u.test(typed)) return undefined
  // What is ASCII is taken as it is: the conversion would read numbers as addresses.
  const isAscii = [...typed].every((char) => char.charCodeAt(0) < 128)
  const host = (isAscii ? typed : domainToASCII(typed)).replace(/\.$/, '')
  if (host.length > HOST_CHARS_MAX || !HOST_NAME.test(host)) return undefined
  return ALL_DIGITS.test(host.slice(host.lastIndexOf('.') + 1)) ? undefined : host
}
