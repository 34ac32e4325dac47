import { AppError } from '#core/errors.ts'
import type { Random } from '#lib/random.ts'
import { DATA_KEY_ID, type KeyOptions, openDataKey } from './data-key.ts'
import { openEnvelope, type Purpose, sealEnvelope } from './envelope.ts'

export type { Purpose } from './envelope.ts'
export { keepIfMasked, MASK } from './mask.ts'

export type Vault = Readonly<{
  /** The text under the data key, as an envelope that opens for the same purpose only. */
  seal: (text: string, purpose: Purpose) => string
  /** The text. Throws `internal secret_unreadable` when the envelope was altered or belongs elsewhere. */
  open: (envelope: string, purpose: Purpose) => string
}>

export type VaultOptions = KeyOptions

/**
 * Opens the vault of a database, making its random data key at first boot. When only a previous secret opens the key, it
 * is wrapped anew under the present one. When none does, throws `internal vault_locked` and writes nothing.
 */
export async function openVault(options: VaultOptions): Promise<Vault> {
  return vaultOf(await openDataKey(options), options.random)
}

/** Whether the vault opens this envelope for this purpose: not after the install got another key, or the row another owner. */
export function opens({ open }: Pick<Vault, 'open'>, envelope: string, purpose: Purpose): boolean {
  try {
    open(envelope, purpose)
    return true
  } catch {
    return false
  }
}

/** The vault of a data key that is open already. */
export function vaultOf(dataKey: Uint8Array, random: Random): Vault {
  function seal(text: string, purpose: Purpose): string {
    return sealEnvelope(dataKey, DATA_KEY_ID, random, Buffer.from(text, 'utf8'), purpose)
  }

  function open(envelope: string, purpose: Purpose): string {
    const bytes = openEnvelope(dataKey, DATA_KEY_ID, envelope, purpose)
    if (bytes) return Buffer.from(bytes).toString('utf8')
    throw new AppError(
      'internal',
      'secret_unreadable',
      `A secret in ${purpose.table}.${purpose.column} cannot be read.`,
    )
  }

  return { seal, open }
}
