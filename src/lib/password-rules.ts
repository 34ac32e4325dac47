import list from './common-passwords.txt' with { type: 'text' }

export const PASSWORD_CHARS_MIN = 12
export const PASSWORD_CHARS_MAX = 1_024

const COMMON: ReadonlySet<string> = new Set(list.split(/\s+/))

/**
 * Why a password may not be chosen, as one sentence for its owner; undefined when it may. The rules are those of NIST
 * SP 800-63B: length and what attackers try first, no composition rules. `email` is the account's.
 */
export function passwordFault(password: string, email: string): string | undefined {
  const chars = [...password].length
  if (password.includes('\0')) return 'A password cannot contain a NUL character.'
  if (chars < PASSWORD_CHARS_MIN) return `A password has at least ${PASSWORD_CHARS_MIN} characters.`
  if (chars > PASSWORD_CHARS_MAX) return `A password has at most ${PASSWORD_CHARS_MAX} characters.`
  const plain = password.normalize('NFKC').trim().toLowerCase()
  const address = email.trim().toLowerCase()
  const [localPart] = address.split('@')
  if (plain === address || plain === localPart) return 'A password cannot be your e-mail address.'
  if (COMMON.has(plain)) return 'This password is on the list that attackers try first.'
  return undefined
}
