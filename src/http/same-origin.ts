import { AppError } from '#core/errors.ts'

/**
 * Refuses an unsafe page request that did not come from our own pages (`cross_site`, 403). Fetch Metadata decides where the
 * browser sends it; on plain http beyond loopback it does not, so Origin's host must be the one asked for (RFC 6454).
 */
export function requireSameOrigin(request: Request): void {
  const site = request.headers.get('sec-fetch-site')
  const isOurs = site === null ? originIsHost(request) : site === 'same-origin'
  if (!isOurs)
    throw new AppError(
      'forbidden',
      'cross_site',
      'This form was sent from another site. Open the page again and retry.',
    )
}

function originIsHost(request: Request): boolean {
  const origin = request.headers.get('origin')
  const host = request.headers.get('host') ?? new URL(request.url).host
  return origin !== null && URL.parse(origin)?.host === host.toLowerCase()
}
