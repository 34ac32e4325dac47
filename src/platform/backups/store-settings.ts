import { AppError } from '#core/errors.ts'
import { MASK, type Purpose, type Vault } from '#core/vault/vault.ts'
import type { backupSettings } from './tables.ts'

export const TEXT_CHARS_MAX = 200
export const ENDPOINT_CHARS_MAX = 500

export type StoredStore = Readonly<{
  endpoint: string
  region: string
  bucket: string
  /** Before the name of each copy; empty for none. */
  prefix: string
  accessKeyId: string
}>

/** `secret` absent, empty or the mask keeps the one there is. */
export type StoreInput = StoredStore & Readonly<{ secret?: string | undefined }>

type Row = typeof backupSettings.$inferSelect
type Columns = Pick<Row, 's3Endpoint' | 's3Region' | 's3Bucket' | 's3Prefix' | 's3AccessKeyId' | 's3SecretSealed'>

const NONE: Columns = {
  ...{ s3Endpoint: null, s3Region: null, s3Bucket: null, s3Prefix: null, s3AccessKeyId: null, s3SecretSealed: null },
}
/** As Amazon S3 has it, and every other store keeps to. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const REGION = /^[A-Za-z0-9-]{1,64}$/
/** Nothing that has to be written otherwise in an address, so that what is signed is what is sent. */
const PREFIX = /^[A-Za-z0-9._/-]*$/
const VISIBLE = /^[\x21-\x7e]+$/

/** What the secret of an org's object store is sealed for. */
export function secretPurpose(orgId: number): Purpose {
  return { orgId, table: 'backup_settings', column: 's3_secret_sealed', row: orgId }
}

/** The object store of a row, without its secret; null for none. */
export function storeOf(row: Columns): StoredStore | null {
  const { s3Endpoint: endpoint, s3Region: region, s3Bucket: bucket, s3Prefix: prefix, s3AccessKeyId: key } = row
  if (endpoint === null || region === null || bucket === null || key === null) return null
  return { endpoint, region, bucket, prefix: prefix ?? '', accessKeyId: key }
}

/**
 * The columns of a wanted object store. A kept secret goes to nobody but whom it was given for: another endpoint or another key
 * asks for it again. Errors (invalid): `invalid_store`, `secret_required`.
 */
export function storeColumns(vault: Vault, orgId: number, input: StoreInput | null, row: Columns | undefined): Columns {
  if (input === null) return NONE
  const wanted = {
    s3Endpoint: requireEndpoint(input.endpoint),
    s3Region: requireText(
      'region',
      input.region,
      REGION,
      'A region is letters, digits and hyphens, such as eu-west-1.',
    ),
    s3Bucket: requireText(
      'bucket',
      input.bucket,
      BUCKET,
      'A bucket is 3 to 63 small letters, digits, dots and hyphens.',
    ),
    s3Prefix: requirePrefix(input.prefix),
    s3AccessKeyId: requireText('access_key_id', input.accessKeyId, VISIBLE, 'This is no access key id.'),
  }
  const given = input.secret === MASK ? '' : (input.secret ?? '')
  if (given !== '') {
    requireText('secret', given, VISIBLE, 'This is no secret access key.')
    return { ...wanted, s3SecretSealed: vault.seal(given, secretPurpose(orgId)) }
  }
  const isSame = row?.s3Endpoint === wanted.s3Endpoint && row.s3AccessKeyId === wanted.s3AccessKeyId
  if (isSame && row.s3SecretSealed !== null) return { ...wanted, s3SecretSealed: row.s3SecretSealed }
  const words = 'Type the secret access key: it is kept for one endpoint and one access key id only.'
  throw new AppError('invalid', 'secret_required', words, { field: 'secret' })
}

/** An origin and nothing else, as a browser writes it: `https://s3.eu-west-1.amazonaws.com`. Error: `invalid_store` (invalid). */
export function requireEndpoint(text: string): string {
  const url = text.length <= ENDPOINT_CHARS_MAX ? URL.parse(text.trim()) : null
  const isPlain = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  if (isPlain && url.pathname === '/' && url.search === '' && url.hash === '') return url.origin
  throw refusal('endpoint', 'The endpoint is an address such as https://s3.eu-west-1.amazonaws.com, without a path.')
}

function requirePrefix(text: string): string {
  const prefix = text.trim().replace(/^\/+/, '')
  const isPlain = PREFIX.test(prefix) && !prefix.split('/').some((part) => part === '.' || part === '..')
  if (isPlain && !prefix.includes('//') && prefix.length <= TEXT_CHARS_MAX) return prefix
  throw refusal('prefix', 'A prefix is letters, digits, dots, hyphens, underscores and single slashes.')
}

function requireText(field: string, text: string, form: RegExp, words: string): string {
  const trimmed = text.trim()
  if (trimmed.length <= TEXT_CHARS_MAX && form.test(trimmed)) return trimmed
  throw refusal(field, words)
}

function refusal(field: string, words: string): AppError {
  return new AppError('invalid', 'invalid_store', words, { field })
}
