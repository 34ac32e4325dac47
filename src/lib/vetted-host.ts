import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { canonicalHost, egressRefused } from './canonical-host.ts'
import { isEgressAllowed } from './egress.ts'
import type { IpRange } from './ip-address.ts'
import { transportFailure } from './transport-failure.ts'

/** Every address of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>

export type VettedAddress = Readonly<{ address: string; family: 4 | 6 }>

/** A host that was resolved once and may be called. A driver connects to `address` and checks certificates against `name`. */
export type VettedHost = VettedAddress &
  Readonly<{
    /** The host as the URL standard writes it, without brackets and a last dot. */
    name: string
    /** What TLS asks for (SNI, RFC 6066 §3); undefined for an address. */
    serverName: string | undefined
    /** All its addresses, in the resolver's order; `address` is the first. */
    addresses: readonly VettedAddress[]
  }>

const ADDRESSES_MAX = 32
const REFUSED = 'This host is at an address that is closed to outgoing calls, such as one of a private network.'

/**
 * Resolves a host once and vets every answer: one that is not public, and not covered by `allow`, refuses the whole host.
 * Errors: `egress_refused` (invalid; never tells the address), `transport_failed` (upstream) when the name leads nowhere.
 */
export async function vetHost(
  host: string,
  { allow, resolve }: Readonly<{ allow: readonly IpRange[]; resolve: Resolve }>,
): Promise<VettedHost> {
  const name = canonicalHost(host)
  const isAddress = isIP(name) !== 0
  const answers = isAddress ? [name] : await answersOf(name, resolve)
  if (!answers.every((answer) => isEgressAllowed(answer, allow))) throw egressRefused(REFUSED)
  const addresses = answers.map(vettedAddress)
  const [first] = addresses
  if (!first) throw transportFailure({ code: 'ENOTFOUND' }, name)
  return { ...first, name, serverName: isAddress ? undefined : name, addresses }
}

/** Asks the system as other programs do: hosts file, search domains and all. */
export async function systemResolve(name: string): Promise<readonly string[]> {
  const answers = await lookup(name, { all: true })
  return answers.map(({ address }) => address)
}

async function answersOf(name: string, resolve: Resolve): Promise<readonly string[]> {
  const answers = await resolve(name).catch((error: unknown) => {
    throw transportFailure(error, name)
  })
  // What is not looked at is not used: the rest of an answer without end is left out.
  return answers.slice(0, ADDRESSES_MAX)
}

function vettedAddress(address: string): VettedAddress {
  return { address, family: isIP(address) === 6 ? 6 : 4 }
}
