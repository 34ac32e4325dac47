import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { relayPurpose } from '#core/mail/org-mail.ts'
import type { smtpSettings } from '#core/mail/tables.ts'
import { keepIfMasked } from '#core/vault/vault.ts'
import type { SmtpFields, SmtpTls } from './smtp-input.ts'

type Row = typeof smtpSettings.$inferSelect

/** How well a way keeps the password from others. */
const STRENGTH: Readonly<Record<SmtpTls, number>> = { none: 0, starttls: 1, tls: 2 }

/**
 * The sealed password after an edit: a new one, or the stored one when none was typed or the mask came back. The stored one goes
 * on to nobody else: another host or port, or less encryption, asks for it again, else an editor would send it to himself.
 * Error: `password_required` (invalid, field `password`).
 */
export function sealedAfter(
  ctx: Pick<Context, 'vault'>,
  orgId: number,
  edit: Readonly<{ kept: Row | undefined; wanted: SmtpFields; password: string | undefined }>,
): Readonly<{ sealed: string; isChanged: boolean }> {
  const { kept, wanted, password } = edit
  const given = keepIfMasked(undefined, password ?? '')
  if (given) return { sealed: ctx.vault.seal(given, relayPurpose(orgId)), isChanged: true }
  if (!kept) throw required('The first time the password is needed.')
  const isElsewhere = wanted.host !== kept.host || wanted.port !== kept.port
  if (isElsewhere) throw required('Enter the password again: it would go to another server.')
  if (STRENGTH[wanted.tls] < STRENGTH[kept.tls]) {
    throw required('Enter the password again: it would go out with less encryption.')
  }
  return { sealed: kept.passwordSealed, isChanged: false }
}

function required(words: string): AppError {
  return new AppError('invalid', 'password_required', words, { field: 'password' })
}
