import { expect, test } from 'bun:test'
import { type AddressClass, classifyAddress, isEgressAllowed } from '#lib/egress.ts'
import { type IpRange, parseIpAddress, parseIpRange } from '#lib/ip-address.ts'

const CLASSES: Readonly<Record<AddressClass, readonly string[]>> = {
  public: [
    ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
    ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0'],
    ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '2606:4700::1111', '2001:200::1', '2a00::1', '3fff:1000::'],
    ...['::ffff:1.1.1.1', '64:ff9b::1.1.1.1', '2002:101:101::1'],
  ],
  unspecified: ['0.0.0.0', '0.255.255.255', '::', '0:0:0:0:0:0:0:0', '::ffff:0.0.0.0', '64:ff9b::'],
  loopback: [
    ...['127.0.0.1', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::FFFF:7f00:1'],
    ...['0:0:0:0:0:ffff:127.0.0.2', '64:ff9b::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '2002:7f00:1:1:2:3:4:5'],
  ],
  private: [
    ...['10.0.0.0', '10.255.255.255', '172.16.0.0', '172.31.255.255', '192.168.0.0', '192.168.255.255'],
    ...['fc00::', 'fdff:ffff::1', 'fd00:ec2::254', 'fec0::1', '::ffff:10.0.0.1', '2002:a00:1::', '64:ff9b::a00:1'],
  ],
  'link-local': ['169.254.0.0', '169.254.169.254', '169.254.255.255', 'fe80::1', 'febf::1', '::ffff:169.254.169.254'],
  shared: ['100.64.0.0', '100.100.100.200', '100.127.255.255', '2002:6440::'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ffff::', '::ffff:224.0.0.1'],
  broadcast: ['255.255.255.255', '::ffff:255.255.255.255'],
  benchmark: ['198.18.0.0', '198.19.255.255'],
  documentation: ['192.0.2.1', '198.51.100.255', '203.0.113.0', '2001:db8::1', '3fff:fff::'],
  reserved: [
    ...['192.0.0.8', '192.0.0.192', '192.88.99.1', '240.0.0.1', '255.255.255.254', '2001::1', '2001:0:7f00:1::1'],
    ...[
      '2001:10::1',
      '2001:2::1',
      '100::1',
      '::2',
      '::127.0.0.1',
      '::7f00:1',
      '64:ff9b:1::1',
      '5f00::1',
      '4000::',
      'fe00::1',
    ],
  ],
  cloud: ['168.63.129.16', '::ffff:168.63.129.16'],
  unreadable: [
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '017700000001',
    'fe80::1%eth0',
    '1.2.3.4.5',
    '[::1]',
  ],
}

for (const [name, addresses] of Object.entries(CLASSES)) {
  test(`${name} addresses are told as such in every form`, () => {
    const told = addresses.map((address) => `${address} ${classifyAddress(address)}`)
    expect(told).toEqual(addresses.map((address) => `${address} ${name}`))
  })

  test(`${name} addresses are ${name === 'public' ? 'open' : 'closed'} unless a range says otherwise`, () => {
    for (const address of addresses)
      expect([address, isEgressAllowed(address, [])]).toEqual([address, name === 'public'])
  })
}

test('a range opens its own addresses and their mapped form, and nothing beside them', () => {
  const allow = rangesOf('127.0.0.1/32', '10.20.0.0/16', 'fd00::/16')
  const open = ['127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '10.20.0.0', '10.20.255.255', 'fd00::1']
  const closed = [
    '127.0.0.2',
    '::1',
    '10.21.0.0',
    '10.19.255.255',
    'fd01::1',
    '64:ff9b::127.0.0.1',
    '2002:7f00:1::',
    'fd00::1%1',
  ]
  expect(open.filter((address) => !isEgressAllowed(address, allow))).toEqual([])
  expect(closed.filter((address) => isEgressAllowed(address, allow))).toEqual([])
  expect(isEgressAllowed('64:ff9b::127.0.0.1', rangesOf('64:ff9b::/96'))).toBe(true)
})

test('a range of everything is one: 0.0.0.0/0 opens every IPv4 address and no other', () => {
  const allow = rangesOf('0.0.0.0/0')
  expect(isEgressAllowed('169.254.169.254', allow)).toBe(true)
  expect(isEgressAllowed('::1', allow)).toBe(false)
})

test('one address has one number, however it is written', () => {
  const same = ['2001:db8::ff00:42:8329', '2001:0db8:0:0:0:ff00:0042:8329', '2001:DB8::FF00:0.66.131.41']
  expect(new Set(same.map((text) => parseIpAddress(text)?.value)).size).toBe(1)
  expect(parseIpAddress('::')?.value).toBe(0n)
  expect(parseIpAddress('1::')?.value).toBe(1n << 112n)
  expect(parseIpAddress('255.255.255.255')?.value).toBe(0xffff_ffffn)
})

function rangesOf(...texts: string[]): IpRange[] {
  return texts.flatMap((text) => parseIpRange(text) ?? [])
}
