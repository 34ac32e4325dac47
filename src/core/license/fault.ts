/** Why a document gives nobody a licence. Programs read it; people read the message. */
export type LicenseReason =
  | 'too_large'
  | 'not_json'
  | 'duplicate_key'
  | 'too_deep'
  | 'wrong_shape'
  | 'unknown_key'
  | 'bad_signature'
  | 'other_org'
  | 'not_yet_valid'
  | 'unreadable'

/** What is wrong with a document. `field` is its path in it, such as `license.expires`. */
export class LicenseFault extends Error {
  readonly reason: LicenseReason
  readonly field: string | undefined

  constructor(reason: LicenseReason, message: string, field?: string) {
    super(message)
    this.name = 'LicenseFault'
    this.reason = reason
    this.field = field
  }
}
