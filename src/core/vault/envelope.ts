import { IV_BYTES, openBytes, sealBytes } from '#lib/crypto.ts'
import type { Random } from '#lib/random.ts'

/** Where a secret belongs. It is bound to the envelope, so one copied to another row, column, table or org does not open. */
export type Purpose = Readonly<{
  /** 0 for what belongs to the whole install. */
  orgId: number
  table: string
  column: string
  row: string | number
}>

const VERSION = 'v1'
const FORM = /^v1\.([0-9A-Za-z]+)\.([\w-]+)\.([\w-]+)\.([\w-]*)$/

/** `v1.<key id>.<iv>.<tag>.<data>`, the last three in base64url. */
export function sealEnvelope(
  key: Uint8Array,
  keyId: string,
  random: Random,
  plain: Uint8Array,
  purpose: Purpose,
): string {
  const { iv, tag, data } = sealBytes(key, random.bytes(IV_BYTES), plain, associatedData(keyId, purpose))
  return [VERSION, keyId, encode(iv), encode(tag), encode(data)].join('.')
}

/** The sealed bytes; undefined when the envelope, its key or its purpose is not the one it was sealed with. */
export function openEnvelope(
  key: Uint8Array,
  keyId: string,
  envelope: string,
  purpose: Purpose,
): Uint8Array | undefined {
  const [, named, ...parts] = FORM.exec(envelope) ?? []
  const [iv, tag, data] = parts.map(decode)
  if (named !== keyId || !iv || !tag || !data) return undefined
  return openBytes(key, { iv, tag, data }, associatedData(keyId, purpose))
}

// JSON of a list: no choice of names can make two purposes read the same.
function associatedData(keyId: string, { orgId, table, column, row }: Purpose): Uint8Array {
  return Buffer.from(JSON.stringify([VERSION, keyId, orgId, table, column, String(row)]))
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}

// The last character of base64url can carry bits that decoding drops: only the one canonical text counts as untouched.
function decode(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? new Uint8Array(bytes) : undefined
}
