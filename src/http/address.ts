import { isIP } from 'node:net'
import type { Config } from '#config/config.ts'

/** Where a request really came from. `X-Forwarded-*` counts only when the peer is one of `TRUSTED_PROXIES`. */
export function clientOf(config: Config, request: Request, peer: string): { address: string; isHttps: boolean } {
  const direct = plain(peer)
  if (!config.trustedProxies.includes(direct)) return { address: direct, isHttps: config.isHttps }
  const proto = request.headers.get('x-forwarded-proto')
  return {
    address: lastUntrusted(config, request.headers.get('x-forwarded-for')) ?? direct,
    isHttps: config.isHttps || proto === 'https',
  }
}

/** The rightmost address that no trusted proxy wrote: whatever stands left of it, the client may have made up. */
function lastUntrusted(config: Config, header: string | null): string | undefined {
  if (!header) return undefined
  const hops = header.split(',').map((hop) => plain(hop.trim()))
  const nearest = hops.findLast((hop) => !config.trustedProxies.includes(hop))
  return nearest !== undefined && isIP(nearest) !== 0 ? nearest : undefined
}

/** An IPv4 address that arrived on an IPv6 socket, in its own form. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
