import { expect, test } from 'bun:test'
import { type CopyRow, copyLine, readCopyRows } from '#lib/copy-csv.ts'

const ROWS: readonly CopyRow[] = [
  ['1', null, ''],
  ['a,b', 'say "so"', 'two\nlines'],
  ['\r', 'é\u{1f41d}', ' spaces stay '],
  ['\\.', "it's", '\ufeffmark'],
]
const TEXT = '1,,""\n"a,b","say ""so""","two\nlines"\n"\r",é\u{1f41d}, spaces stay \n\\.,it\'s,\ufeffmark\n'

test('rows are written as COPY writes them', () => {
  expect(ROWS.map(copyLine).join('')).toBe(TEXT)
  expect(copyLine(['\\.'])).toBe('"\\."\n')
})

test('rows are read as they were written, however the bytes are cut', async () => {
  for (const length of [1, 2, 3, 7, 1_000]) expect(await read(cut(TEXT, length), 3)).toEqual([...ROWS])
})

test('a million rows are read in seconds', async () => {
  const block = Buffer.from(copyLine(['12345', 'llm.call', '2026-01-01T00:00:00.000Z', 'a "b"', null]).repeat(1_000))
  async function* blocks() {
    for (let count = 0; count < 1_000; count++) yield block
  }
  let rows = 0
  for await (const batch of readCopyRows(blocks(), 5)) rows += batch.length
  expect(rows).toBe(1_000_000)
}, 60_000)

test('what COPY would not have written is refused', async () => {
  const wrong: Readonly<Record<string, string | Uint8Array>> = {
    'no line feed at the end': 'a,b',
    'an open quote': '"a,b\n',
    'a quote inside': 'a"b,c\n',
    'text behind a quote': '"a"b,c\n',
    'a field too few': 'a\n',
    'a field too many': 'a,b,c\n',
    'an empty line': '\n',
    'a carriage return': 'a,b\r\n',
    'a NUL': 'a,b\0\n',
    'no UTF-8': new Uint8Array([0x61, 0x2c, 0xc3, 0x28, 0x0a]),
    'half a character': new Uint8Array([0x61, 0x2c, 0x62, 0x0a, 0xc3]),
  }
  for (const [what, text] of Object.entries(wrong)) {
    for (const length of [1, 1_000]) {
      const refused = await read(cut(text, length), 2).catch((error) => error)
      expect([what, refused.code]).toEqual([what, 'archive_invalid'])
    }
  }
  expect(await read(cut('a,b\n', 1), 2)).toEqual([['a', 'b']])
})

test('a row that never ends is refused before it fills the memory', async () => {
  let sent = 0
  async function* endless() {
    yield Buffer.from('"')
    for (;;) {
      sent += 65_536
      yield Buffer.alloc(65_536, 'a')
    }
  }
  const refused = await read(endless(), 2, 1_000_000).catch((error) => error)
  expect(refused.code).toBe('archive_invalid')
  expect(sent).toBeLessThan(4_000_000)
})

test('a row of eight megabytes is read, and costs no more than its length', async () => {
  const long = 'x"'.repeat(4_000_000)
  const started = performance.now()
  expect(await read(cut(copyLine([long, 'b']), 4_096), 2)).toEqual([[long, 'b']])
  expect(performance.now() - started).toBeLessThan(10_000)
})

async function read(source: AsyncIterable<Uint8Array>, columns: number, rowCharsMax?: number): Promise<CopyRow[]> {
  const rows: CopyRow[] = []
  for await (const batch of readCopyRows(source, columns, rowCharsMax)) rows.push(...batch)
  return rows
}

async function* cut(text: string | Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}
