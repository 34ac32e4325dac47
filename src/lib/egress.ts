import { embeddedIpv4, type IpAddress, type IpRange, isInRange, parseIpAddress, parseIpRange } from './ip-address.ts'

export type AddressClass =
  | 'public'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'shared'
  | 'multicast'
  | 'broadcast'
  | 'benchmark'
  | 'documentation'
  | 'reserved'
  | 'cloud'
  | 'unreadable'

/** The IANA special-purpose registries (RFC 6890), the first that fits. */
const IPV4_CLASSES = table([
  ['255.255.255.255', 'broadcast'],
  ['0.0.0.0/8', 'unspecified'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  // A service of the machine's host, under a public address (Azure).
  ['168.63.129.16', 'cloud'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'],
  ['192.88.99.0/24', 'reserved'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'benchmark'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
])

const IPV6_CLASSES = table([
  ['::', 'unspecified'],
  ['::1', 'loopback'],
  // Teredo (RFC 4380) is in here: it hides an IPv4 address and is used by nobody any more.
  ['2001::/23', 'reserved'],
  ['2001:db8::/32', 'documentation'],
  ['3fff::/20', 'documentation'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
])

/** Where an IPv6 address is another name of an IPv4 address, and how many bits stand behind that. */
const EMBEDDED = [
  { range: range('::ffff:0:0/96'), shift: 0n },
  // NAT64 (RFC 6052) and 6to4 (RFC 3056): a gateway passes them on to the IPv4 address.
  { range: range('64:ff9b::/96'), shift: 0n },
  { range: range('2002::/16'), shift: 80n },
]
const GLOBAL_UNICAST = range('2000::/3')

/** What kind of place an address names. An IPv4 address inside an IPv6 address counts as what it is by itself. */
export function classifyAddress(text: string): AddressClass {
  const address = parseIpAddress(text)
  return address ? classOf(address) : 'unreadable'
}

/** Whether a host that a tenant chose may be at this address: a public one, or one that `allow` covers. */
export function isEgressAllowed(text: string, allow: readonly IpRange[]): boolean {
  const address = parseIpAddress(text)
  if (!address) return false
  const same = [address, ...mappedIpv4(address)]
  return classOf(address) === 'public' || allow.some((one) => same.some((form) => isInRange(form, one)))
}

function classOf(address: IpAddress): AddressClass {
  if (address.version === 4) return IPV4_CLASSES.find((one) => isInRange(address, one.range))?.name ?? 'public'
  const hidden = EMBEDDED.find((one) => isInRange(address, one.range))
  if (hidden) return classOf(embeddedIpv4(address, hidden.shift))
  const named = IPV6_CLASSES.find((one) => isInRange(address, one.range))?.name
  return named ?? (isInRange(address, GLOBAL_UNICAST) ? 'public' : 'reserved')
}

/** `::ffff:127.0.0.1` is 127.0.0.1 on the wire, too; the other forms go through a gateway and are opened by their own range. */
function mappedIpv4(address: IpAddress): IpAddress[] {
  const isMapped = EMBEDDED[0] && isInRange(address, EMBEDDED[0].range)
  return isMapped ? [embeddedIpv4(address, 0n)] : []
}

function table(rows: readonly (readonly [range: string, name: AddressClass])[]) {
  return rows.map(([text, name]) => ({ range: range(text), name }))
}

function range(text: string): IpRange {
  const found = parseIpRange(text)
  if (!found) throw new Error(`${text} is no range of addresses`)
  return found
}
