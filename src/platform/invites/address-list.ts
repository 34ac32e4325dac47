import { normalizeEmail } from '#lib/email.ts'

/** One entry of a pasted list: `text` as it stood there, `email` undefined when it is no address. */
export type ListedAddress = Readonly<{ text: string; email: string | undefined }>

/** A comma inside a quoted name (RFC 5322 §3.2.4) or between angle brackets parts nothing; the end of a line always does. */
const ENTRY = /(?:"[^"\r\n]*"|<[^<>\r\n]*>|[^"<,;\r\n]|["<])+/g
const NAMED = /<([^<>]*)>$/
const TEXT_CHARS_MAX = 120

/** The entries of a pasted list: one a line, or parted by commas or semicolons; `Name <address>` and `address` alike. */
export function readAddressList(text: string): ListedAddress[] {
  const entries = (text.match(ENTRY) ?? []).map((entry) => entry.trim()).filter((entry) => entry !== '')
  return entries.map((entry) => ({
    text: entry.slice(0, TEXT_CHARS_MAX),
    email: normalizeEmail(NAMED.exec(entry)?.[1] ?? entry),
  }))
}
