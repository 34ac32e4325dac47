import type { BulkResend } from './bulk-resend.ts'
import type { BulkRevocation } from './bulk-revoke.ts'

const SKIPPED_WORDS = {
  accepted: 'already accepted',
  revoked: 'already revoked',
  expired: 'expired',
  send_failed: 'not delivered',
} as const

type Reason = keyof typeof SKIPPED_WORDS

/** What became of a batch: `Revoked 3 of 5 (2 already accepted)`. */
export function revocationWords({ revoked, requested, skipped }: BulkRevocation): string {
  return `Revoked ${revoked} of ${requested}${because(skipped)}`
}

/** `Sent 3 of 5 (1 already accepted, 1 not delivered)`. */
export function resendWords({ sent, requested, skipped }: BulkResend): string {
  const counts: Partial<Record<Reason, number>> = {}
  for (const { reason } of skipped) counts[reason] = (counts[reason] ?? 0) + 1
  return `Sent ${sent.length} of ${requested}${because(counts)}`
}

function because(counts: Readonly<Partial<Record<Reason, number>>>): string {
  const reasons = (['accepted', 'revoked', 'expired', 'send_failed'] as const).flatMap((reason) => {
    const count = counts[reason] ?? 0
    return count === 0 ? [] : [`${count} ${SKIPPED_WORDS[reason]}`]
  })
  return reasons.length === 0 ? '' : ` (${reasons.join(', ')})`
}
