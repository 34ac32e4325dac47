/** What one hash costs: `memoryCost` in KiB, `timeCost` in passes. */
export type PasswordCost = Readonly<{ memoryCost: number; timeCost: number }>

/** OWASP's floor for argon2id (RFC 9106): 19 MiB, two passes, one lane. */
export const PASSWORD_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2 }

/** The argon2id hash of a password in PHC form, with a salt of its own. Throws on an empty password. */
export function hashPassword(password: string, cost: PasswordCost): Promise<string> {
  return Bun.password.hash(normalize(password), { algorithm: 'argon2id', ...cost })
}

/**
 * Whether a password is the one that was hashed. Without a hash (unknown person, or one who never set a password) it
 * takes the time of a real comparison and is false, so the answer's delay tells nobody who has an account. Never throws.
 */
export async function verifyPassword(password: string, hash: string | undefined, cost: PasswordCost): Promise<boolean> {
  if (hash === undefined || password === '') {
    await hashPassword(password || 'nobody', cost)
    return false
  }
  try {
    return await Bun.password.verify(normalize(password), hash)
  } catch {
    return false
  }
}

// One keyboard sends é as one code point and another as two: both must open the same account (NIST SP 800-63B §3.1.1.2).
function normalize(password: string): string {
  return password.normalize('NFKC')
}
