import { SEALED_RELAY_PASSWORDS } from '#core/mail/sealed-passwords.ts'
import type { SealedColumn } from '#core/vault/sealed-values.ts'
import { SEALED_PAYLOADS } from '#jobs/sealed-payloads.ts'
import { SEALED_STORE_SECRETS } from '#platform/backups/sealed-secrets.ts'
import { FORMER_WEBHOOK_SECRETS, WEBHOOK_SECRETS } from '#platform/webhooks/sealed-secrets.ts'

/** Every column that holds sealed values. A sweep compares the list with the purposes in the source. */
export const SEALED_VALUES: readonly SealedColumn[] = [
  SEALED_PAYLOADS,
  SEALED_RELAY_PASSWORDS,
  SEALED_STORE_SECRETS,
  WEBHOOK_SECRETS,
  FORMER_WEBHOOK_SECRETS,
]
