import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { ASSET_FILES } from '#http/asset-files.ts'
import { gate } from '#http/gate.ts'
import { registerAssets } from '#views/assets.ts'

type Asset = Readonly<{
  name: string
  type: string
  fingerprint: string
  bytes: Uint8Array<ArrayBuffer>
  zipped: () => Promise<Uint8Array<ArrayBuffer>>
}>

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}
/** Off this thread: the largest file takes longer than other requests should wait. */
const zip = promisify(gzip)
const FOR_GOOD = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

let loaded: ReadonlyMap<string, Asset> | undefined

/** `/assets/*`: the files of the pages, from the executable. A fingerprinted address is cached for good, a plain one is asked again. */
export function assets(door: Door) {
  const byName = assetsByName()
  registerAssets(Object.fromEntries([...byName.values()].map((asset) => [asset.name, addressOf(asset)])))
  return new Elysia({ prefix: '/assets' })
    .use(gate(door))
    .get('/:name', ({ params, request }) => serve(request, byName.get(params.name), ASK_AGAIN), { open: true })
    .get(
      '/:name/:fingerprint',
      ({ params, request }) => {
        const asset = byName.get(params.name)
        return serve(request, asset?.fingerprint === params.fingerprint ? asset : undefined, FOR_GOOD)
      },
      { open: true },
    )
}

/** Read once, since an executable does not change. */
function assetsByName(): ReadonlyMap<string, Asset> {
  loaded ??= new Map(Object.entries(ASSET_FILES).map(([name, path]) => [name, load(name, path)]))
  return loaded
}

function load(name: string, paths: string | readonly string[]): Asset {
  const bytes = new Uint8Array(Buffer.concat([paths].flat().map((path) => readFileSync(path))))
  const fingerprint = Bun.hash(bytes).toString(36)
  let zipping: Promise<Uint8Array<ArrayBuffer>> | undefined
  const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream'

  function zipped() {
    zipping ??= zip(bytes, { level: 9 }).then((small) => new Uint8Array(small))
    return zipping
  }

  return { name, type, fingerprint, bytes, zipped }
}

function addressOf(asset: Asset): string {
  return `/assets/${asset.name}/${asset.fingerprint}`
}

async function serve(request: Request, asset: Asset | undefined, caching: string): Promise<Response> {
  if (!asset) throw new AppError('not_found', 'not_found', 'There is no such file.')
  const etag = `"${asset.fingerprint}"`
  const headers = { 'content-type': asset.type, 'cache-control': caching, etag, vary: 'Accept-Encoding' }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  const isZipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  if (!isZipped) return new Response(asset.bytes, { headers })
  return new Response(await asset.zipped(), { headers: { ...headers, 'content-encoding': 'gzip' } })
}
