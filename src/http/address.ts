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

/**
 * What a limit by address counts: an IPv4 address, or the /64 of an IPv6 one. Whoever has one address of a /64 has them all
 * (RFC 6177 §2), so a count for each would limit nobody.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail = ''] = address.toLowerCase().replace(/%.*$/, '').split('::')
  const left = groupsOf(head)
  const right = groupsOf(tail)
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const whole = address.includes('::') ? [...left, ...zeros, ...right] : left
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** The 16-bit groups of a part; an IPv4 address at its end stands for two. */
function groupsOf(part: string): string[] {
  const groups = part === '' ? [] : part.split(':')
  return groups.at(-1)?.includes('.') ? [...groups.slice(0, -1), '0', '0'] : groups
}
