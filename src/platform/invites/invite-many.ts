import { requireRole } from '#core/access/roles.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { type ListedAddress, readAddressList } from './address-list.ts'
import { BATCH_MAX } from './batch.ts'
import { createInvite } from './invite.ts'

/** What became of one entry; `link` is there only when no mail can be sent, and only this once. */
export type ManyResult = Readonly<{
  /** The address, or what stood in its place. */
  text: string
  outcome: 'invited' | 'already_member' | 'already_invited' | 'not_an_address' | 'no_seat'
  link?: string | undefined
}>

/**
 * Invites each address of a pasted list with one role, in its order, each as `createInvite` does; repeated ones count once.
 * For `invite.edit`. Errors: `no_addresses`, `too_many_addresses` (more than 200 entries), `invalid_role` (invalid).
 */
export async function inviteMany(
  ctx: Context,
  scope: Scope,
  input: Readonly<{ addresses: string; role: string }>,
): Promise<ManyResult[]> {
  const role = requireRole(input.role)
  const listed = readAddressList(input.addresses)
  if (listed.length === 0) throw refusal('no_addresses', 'Paste at least one address.')
  if (listed.length > BATCH_MAX) {
    const count = listed.length.toLocaleString('en')
    throw refusal('too_many_addresses', `At most ${BATCH_MAX} addresses go at once, and this list has ${count}.`)
  }
  const distinct = new Map(listed.map((one) => [one.email ?? one.text, one]))
  const results: ManyResult[] = []
  for (const one of distinct.values()) results.push(await inviteOne(ctx, scope, one, role))
  return results
}

async function inviteOne(
  ctx: Context,
  scope: Scope,
  { text, email }: ListedAddress,
  role: string,
): Promise<ManyResult> {
  if (email === undefined) return { text, outcome: 'not_an_address' }
  try {
    const { acceptUrl } = await createInvite(ctx, scope, { email, role })
    return { text: email, outcome: 'invited', link: acceptUrl }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'already_member' || error.code === 'already_invited') return { text: email, outcome: error.code }
    if (error.code === 'license_user_limit') return { text: email, outcome: 'no_seat' }
    throw error
  }
}

function refusal(code: string, words: string): AppError {
  return new AppError('invalid', code, words, { field: 'addresses' })
}
