import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { publicKeyOf, signedDocument } from '#scripts/license-signing.ts'

export const KEY_ID = '2026-a'
/** A vendor's key, new in each process. */
export const VENDOR = generateKeyPairSync('ed25519').privateKey
export const STRANGER = generateKeyPairSync('ed25519').privateKey
export const KEYS = { [KEY_ID]: publicKeyOf(VENDOR) }

/** The signed part of a good licence of the org `acme`. */
export const FIELDS = {
  version: 1,
  kid: KEY_ID,
  license_id: '01a20184-46cd-7607-9566-2d7e3c9f11e8',
  customer: 'Acme Ltd',
  org_slug: 'acme',
  tier: 'professional',
  products: ['hub_platform'],
  features: ['chat_connector'],
  users_limit: 25,
  issued_at: '2026-01-01T00:00:00Z',
  expires: '2027-01-01T00:00:00Z',
  grace_days: 10,
}

/** A document signed as the vendor signs; a field set to undefined is left out. */
export function licenseText(changes: Readonly<Record<string, unknown>> = {}, key: KeyObject = VENDOR): string {
  const fields = Object.entries({ ...FIELDS, ...changes }).filter(([, value]) => value !== undefined)
  return signedDocument(Object.fromEntries(fields), key)
}

/** A document with these members, signed or not. */
export function assembled(license: unknown, signature: unknown): string {
  return JSON.stringify({ license, signature })
}

/** The signature that stands in a document. */
export function signatureIn(text: string): string {
  return String(JSON.parse(text).signature)
}
