import { isIP } from 'node:net'

/** An IP address as its number, whatever way it was written. */
export type IpAddress = Readonly<{ version: 4 | 6; value: bigint }>

/** The addresses that share the first bits of one (CIDR, RFC 4632, RFC 4291 §2.3). */
export type IpRange = Readonly<{ version: 4 | 6; first: bigint; bits: number }>

const WIDTH = { 4: 32, 6: 128 } as const

/** Reads the usual forms of an address; undefined for anything else, such as an address with a zone. */
export function parseIpAddress(text: string): IpAddress | undefined {
  const version = isIP(text)
  if (version === 4) return { version, value: numberOf(text.split('.'), 10, 8n) }
  if (version !== 6 || text.includes('%')) return undefined
  const groups = groupsOf(text)
  return groups && { version, value: numberOf(groups, 16, 16n) }
}

/** Reads `10.0.0.0/8`, `fd00::/8` or one address; undefined for anything else, such as a range with bits beyond its length. */
export function parseIpRange(text: string): IpRange | undefined {
  const [head = '', length, ...rest] = text.split('/')
  const address = parseIpAddress(head)
  if (!address || rest.length > 0) return undefined
  const width = WIDTH[address.version]
  const bits = length === undefined ? width : readLength(length)
  if (!(bits <= width)) return undefined
  const range = { version: address.version, first: address.value, bits }
  return address.value === prefixOf(address, bits) ? range : undefined
}

export function isInRange(address: IpAddress, range: IpRange): boolean {
  return address.version === range.version && prefixOf(address, range.bits) === range.first
}

/** The IPv4 address that 32 bits of an IPv6 address hold; `shift` is how many bits stand behind it. */
export function embeddedIpv4({ value }: IpAddress, shift: bigint): IpAddress {
  return { version: 4, value: (value >> shift) & 0xffff_ffffn }
}

function prefixOf({ version, value }: IpAddress, bits: number): bigint {
  const tail = BigInt(WIDTH[version] - bits)
  return (value >> tail) << tail
}

function readLength(text: string): number {
  return /^(0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Number.NaN
}

function numberOf(parts: readonly string[], radix: number, bits: bigint): bigint {
  return parts.reduce((sum, part) => (sum << bits) | BigInt(Number.parseInt(part, radix)), 0n)
}

/** The eight groups of an IPv6 address: the URL standard writes every form of it in one way. */
function groupsOf(text: string): string[] | undefined {
  const name = URL.parse(`http://[${text}]/`)?.hostname.slice(1, -1)
  if (name === undefined) return undefined
  const [head = '', tail] = name.split('::')
  const left = head === '' ? [] : head.split(':')
  if (tail === undefined) return left
  const right = tail === '' ? [] : tail.split(':')
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
}
