import { AwsV4Signer } from 'aws4fetch'
import type { StoredStore } from './store-settings.ts'

export type StoreAccess = StoredStore & Readonly<{ secret: string }>

type Wanted = Readonly<{
  method: 'PUT' | 'DELETE'
  /** Without the store's prefix. */
  key: string
  /** SHA-256 (hex) of the body: it is signed, so that the store takes these bytes and no others. */
  sha256: string
  at: Date
}>

/**
 * A request for one object, signed (AWS Signature Version 4, header form). The bucket is part of the path and not of the host's name,
 * which every store understands.
 */
export async function signRequest(store: StoreAccess, { method, key, sha256, at }: Wanted) {
  const url = `${store.endpoint}/${store.bucket}/${objectName(store, key)}`
  const signed = await new AwsV4Signer({
    ...{ method, url, service: 's3', region: store.region },
    ...{ accessKeyId: store.accessKeyId, secretAccessKey: store.secret },
    headers: { 'x-amz-content-sha256': sha256 },
    datetime: at.toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
  }).sign()
  return { method, url: signed.url.href, headers: Object.fromEntries(signed.headers) }
}

/** What a copy is called in its bucket. */
export function objectName({ prefix }: Pick<StoredStore, 'prefix'>, key: string): string {
  return prefix === '' || prefix.endsWith('/') ? prefix + key : `${prefix}/${key}`
}
