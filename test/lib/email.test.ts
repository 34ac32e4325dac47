import { expect, test } from 'bun:test'
import { normalizeEmail } from '#lib/email.ts'

for (const [text, address] of [
  ['ada@example.org', 'ada@example.org'],
  ['  Ada@Example.ORG\n', 'ada@example.org'],
  ["o'brien+tag_1@mail.example.org", "o'brien+tag_1@mail.example.org"],
  ['a@localhost', 'a@localhost'],
  ['a@xn--mnchen-3ya.de', 'a@xn--mnchen-3ya.de'],
  ['a@München.de', 'a@xn--mnchen-3ya.de'],
  [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
] as const) {
  test(`${JSON.stringify(text)} is kept as ${address}`, () => {
    expect(normalizeEmail(text)).toBe(address)
  })
}

for (const text of [
  '',
  '@',
  'ada',
  'ada@',
  '@example.org',
  'a@b@example.org',
  'ada@example..org',
  'ada@.example.org',
  'ada@example.org.',
  'ada@-example.org',
  'ada@exa_mple.org',
  '.ada@example.org',
  'ada.@example.org',
  'a..da@example.org',
  'ada lovelace@example.org',
  'ada@example.org, eve@example.org',
  'Ada <ada@example.org>',
  '<ada@example.org>',
  '"ada"@example.org',
  'ada(x)@example.org',
  'ada;eve@example.org',
  'ada\r\nBcc: eve@example.org',
  'ada@example.org\r\nBcc: eve',
  'ada\n@example.org',
  'ada\0@example.org',
  'ada@exam\0ple.org',
  'ada@127.0.0.1',
  'ada@[127.0.0.1]',
  'ada@example.123',
  'ада@example.org',
  'ada＠example.org',
  'ada@ex＠ample.org',
  'ada@example。org extra',
  `${'a'.repeat(65)}@example.org`,
  `ada@${'a'.repeat(64)}.org`,
  `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}`,
  `a@${'b.'.repeat(1_000_000)}c`,
]) {
  test(`${JSON.stringify(text.slice(0, 40))} is no address`, () => {
    expect(normalizeEmail(text)).toBeUndefined()
  })
}
