import { describe, expect, test } from 'bun:test'
import { normalizeHost } from '#lib/host-name.ts'

describe('a host', () => {
  test('is kept in one form, however it was typed', () => {
    const forms = [
      [' Mail.Example.COM. ', 'mail.example.com'],
      ['mailhost', 'mailhost'],
      ['Müller.example', 'xn--mller-kva.example'],
      ['192.0.2.7', '192.0.2.7'],
      ['[2001:DB8::1]', '2001:db8::1'],
      ['2001:db8::1', '2001:db8::1'],
    ]
    for (const [typed = '', kept] of forms) expect([typed, normalizeHost(typed)]).toEqual([typed, kept])
  })

  test('is nothing else', () => {
    const texts = [
      ...[
        '',
        ' ',
        '.',
        'a..b',
        '-a.test',
        'a_b.test',
        'a b',
        'mail.test:25',
        'https://mail.test',
        'u@mail.test',
        '*.test',
      ],
      ...['mail.test\r\nRSET', 'mail.test\tx', 'a\0b', 'ü\r\n.test', '2130706433', '127.1', '1.2.3.4.5', '[mail.test]'],
      ...[`${'a'.repeat(64)}.test`, `${'a.'.repeat(127)}test`, '%31.test', 'mail.test/x', 'fe80::1%eth0/x'],
    ]
    for (const text of texts) expect([text, normalizeHost(text)]).toEqual([text, undefined])
  })
})
