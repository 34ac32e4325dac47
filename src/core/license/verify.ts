import { canonicalBytes } from '#core/license/canonical.ts'
import { readDocument } from '#core/license/document.ts'
import { LicenseFault } from '#core/license/fault.ts'
import { type License, licenseOf } from '#core/license/license.ts'
import { isEd25519Signature } from '#lib/crypto.ts'

/** Vendor keys: key id to the base64 of a 32-byte Ed25519 public key (RFC 8032). */
export type VendorKeys = Readonly<Record<string, string>>

/** What a document says of itself, whoever asks and whenever. The same text and keys give the same verdict. */
export type Verdict =
  | Readonly<{ outcome: 'genuine'; license: License }>
  | Readonly<{ outcome: 'invalid'; fault: LicenseFault }>

/**
 * Whether a vendor's key signed this text: Ed25519 (RFC 8032) over the canonical form (RFC 8785) of `license`. Its fields
 * are read only then. It throws nothing for any text.
 */
export function verifyLicense(text: string, keys: VendorKeys): Verdict {
  try {
    return { outcome: 'genuine', license: openLicense(text, keys) }
  } catch (error) {
    if (error instanceof LicenseFault) return { outcome: 'invalid', fault: error }
    throw error
  }
}

function openLicense(text: string, keys: VendorKeys): License {
  const { signed, keyId, signature } = readDocument(text)
  const key = Object.hasOwn(keys, keyId) ? keys[keyId] : undefined
  if (key === undefined) {
    const words = `No key "${keyId.slice(0, 80)}" is built into this program.`
    throw new LicenseFault('unknown_key', words, 'license.kid')
  }
  if (!isEd25519Signature(Buffer.from(key, 'base64'), canonicalBytes(signed), signature)) {
    throw new LicenseFault(
      'bad_signature',
      'The signature does not fit: the document was changed or is another’s.',
      'signature',
    )
  }
  return licenseOf(signed)
}
