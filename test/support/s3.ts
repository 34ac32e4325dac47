import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'

export const ACCESS_KEY_ID = 'AKIATESTKEY'
export const SECRET = 'a-secret/of+forty=characters-or-so-1234'
export const REGION = 'eu-test-1'
export const BUCKET = 'acme-backups'

type Refusal = Readonly<{ status: number; code: string; message: string }>

/**
 * An object store on loopback that speaks as Amazon S3 does and checks as it does: the signature by the vendor's own signer, which
 * the program does not use, and the bytes against their signed hash. `refuse` says no in its place.
 */
export function startS3() {
  const objects = new Map<string, Uint8Array>()
  const seen: { method: string; path: string; status: number }[] = []
  const peer: { refuse: Refusal | undefined } = { refuse: undefined }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      const body = await request.bytes()
      const refusal = peer.refuse ?? (await refusalOf(request, body))
      const status = refusal?.status ?? (request.method === 'DELETE' ? 204 : 200)
      seen.push({ method: request.method, path: pathname, status })
      if (refusal) return new Response(xmlOf(refusal), { status })
      if (request.method === 'PUT') objects.set(pathname, body)
      if (request.method === 'DELETE') objects.delete(pathname)
      return new Response(null, { status })
    },
  })
  return {
    ...{ objects, seen, peer, endpoint: `http://127.0.0.1:${server.port}` },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

async function refusalOf(request: Request, body: Uint8Array): Promise<Refusal | undefined> {
  const refuse = (status: number, code: string, message: string) => ({ status, code, message })
  const given = request.headers.get('authorization') ?? ''
  const hash = request.headers.get('x-amz-content-sha256')
  if (hash !== createHash('sha256').update(body).digest('hex')) {
    return refuse(400, 'XAmzContentSHA256Mismatch', 'The provided x-amz-content-sha256 does not match the body.')
  }
  if (!given.includes(`Credential=${ACCESS_KEY_ID}/`)) {
    return refuse(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.')
  }
  if (given !== (await signatureOf(request, given))) {
    return refuse(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match.')
  }
  const [, bucket] = new URL(request.url).pathname.split('/')
  return bucket === BUCKET ? undefined : refuse(404, 'NoSuchBucket', 'The specified bucket does not exist.')
}

/** What the Authorization header should be: the vendor's signer over the headers that the client says it signed. */
async function signatureOf(request: Request, given: string): Promise<string> {
  const url = new URL(request.url)
  const names = /SignedHeaders=([^,]+)/.exec(given)?.[1]?.split(';') ?? []
  const signer = new SignatureV4({
    ...{ service: 's3', region: REGION, uriEscapePath: false, applyChecksum: false, sha256: Sha256 },
    credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET },
  })
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(request.headers.get('x-amz-date') ?? '')
  const [year, month, day, hour, minute, second] = date?.slice(1) ?? []
  const signed = await signer.sign(
    {
      ...{ method: request.method, protocol: url.protocol, hostname: url.hostname, port: Number(url.port) },
      ...{ path: url.pathname, query: Object.fromEntries(url.searchParams) },
      headers: Object.fromEntries(names.map((name) => [name, request.headers.get(name) ?? ''])),
    },
    { signingDate: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) },
  )
  return signed.headers.authorization ?? signed.headers.Authorization ?? ''
}

/** What the vendor's signer wants of a hash: plain, or keyed (HMAC). */
class Sha256 {
  #hash

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret))
  }

  update(data: string | ArrayBuffer | ArrayBufferView) {
    this.#hash.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return await Promise.resolve(new Uint8Array(this.#hash.digest()))
  }

  reset() {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}

function xmlOf({ code, message }: Refusal): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`
}
