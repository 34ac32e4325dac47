import { describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import { readArchive } from '#lib/archive.ts'

const BUDGET = { entriesMax: 10, bytesMax: 1_000_000 }
const END = Buffer.alloc(1_024)

type Kind =
  | 'File'
  | 'Directory'
  | 'Link'
  | 'SymbolicLink'
  | 'CharacterDevice'
  | 'FIFO'
  | 'ExtendedHeader'
  | 'GNUDumpDir'

describe('an archive', () => {
  test('of plain files is read, in one gzip member or in many, and with the filling of other programs', async () => {
    const parts = [file('a.txt', 'hello'), file('tables/b.csv', ''), file('c', 'x'.repeat(100_000)), END]
    const expected: [string, string][] = [
      ['a.txt', 'hello'],
      ['tables/b.csv', ''],
      ['c', 'x'.repeat(100_000)],
    ]
    expect(await read(gzipSync(Buffer.concat(parts)))).toEqual(expected)
    expect(await read(Buffer.concat(parts.map((part) => gzipSync(part))))).toEqual(expected)
    expect(await read(gzipSync(Buffer.concat([...parts, Buffer.alloc(8_192)])))).toEqual(expected)
  })

  test('whose entries are skipped is read all the same', async () => {
    const archive = gzipSync(Buffer.concat([file('a', 'x'.repeat(70_000)), file('b', 'y'), END]))
    const names = []
    for await (const { name } of readArchive(source(archive), BUDGET)) names.push(name)
    expect(names).toEqual(['a', 'b'])
  })

  const kinds: Kind[] = ['Directory', 'Link', 'SymbolicLink', 'CharacterDevice', 'FIFO', 'ExtendedHeader', 'GNUDumpDir']
  for (const kind of kinds) {
    test(`with an entry of type ${kind} is refused`, async () => {
      await refused(gzipSync(Buffer.concat([file('a', 'x'), file('b', '', kind), END])))
    })
  }

  test('with headers that change the next one is refused', async () => {
    await refused(gzipSync(Buffer.concat([pax('path=../../etc/passwd'), file('a', 'x'), END])))
    await refused(gzipSync(Buffer.concat([pax('size=1000000000'), file('a', 'x'), END])))
    await refused(gzipSync(Buffer.concat([rawType(file('././@LongLink', '../x\0'), 'L'), file('a', 'x'), END])))
    await refused(gzipSync(Buffer.concat([rawType(file('a', 'x'), 'S'), END])))
  })

  test('that is cut off, continued or changed is refused', async () => {
    const whole = Buffer.concat([file('a', 'x'.repeat(5_000)), END])
    const packed = gzipSync(whole)
    await refused(packed.subarray(0, packed.length - 9))
    await refused(gzipSync(whole.subarray(0, 2_000)))
    await refused(gzipSync(whole.subarray(0, whole.length - 512)))
    await refused(gzipSync(Buffer.concat([whole, Buffer.from('behind')])))
    await refused(gzipSync(Buffer.concat([whole, whole])))
    await refused(Buffer.concat([packed, Buffer.from('behind')]))
    const broken = Buffer.from(whole)
    broken[3] = 7
    await refused(gzipSync(broken))
    await refused(whole)
    await refused(Buffer.from('no archive at all'))
    await refused(Buffer.alloc(0))
    await refused(gzipSync(gzipSync(whole)))
  })

  test('with something in the filling of a file is refused', async () => {
    const entry = Buffer.concat([file('a', 'x'), END])
    entry[700] = 1
    await refused(gzipSync(entry))
  })

  test('of more files or bytes than its budget is refused before they are read', async () => {
    const many = Array.from({ length: 11 }, (_, place) => file(`f${place}`, 'x'))
    await refused(gzipSync(Buffer.concat([...many, END])))
    await refused(gzipSync(Buffer.concat([...many.slice(0, 10), END])), { entriesMax: 10, bytesMax: 9 })
    await refused(gzipSync(header('a', 900_000_000_000)))
    expect(await read(gzipSync(Buffer.concat([...many.slice(0, 10), END])))).toHaveLength(10)
  })

  test('that blows up a thousandfold takes no memory', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000), { level: 9 })
    const head = gzipSync(header('a', 200_000_000))
    const before = process.memoryUsage.rss()
    let bytes = 0
    const budget = { entriesMax: 2, bytesMax: 1e12 }
    for await (const { content } of readArchive(source(Buffer.concat([head, bomb, gzipSync(END)])), budget)) {
      for await (const chunk of content) bytes += chunk.length
    }
    expect(bytes).toBe(200_000_000)
    expect(process.memoryUsage.rss() - before).toBeLessThan(100_000_000)
  })
})

async function read(bytes: Uint8Array, budget = BUDGET): Promise<[string, string][]> {
  const found: [string, string][] = []
  for await (const { name, content } of readArchive(source(bytes), budget)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of content) chunks.push(chunk)
    found.push([name, Buffer.concat(chunks).toString()])
  }
  return found
}

async function refused(bytes: Uint8Array, budget = BUDGET): Promise<void> {
  const answer = await read(bytes, budget).catch((error) => error)
  expect(answer).toMatchObject({ kind: 'invalid', code: 'archive_invalid' })
}

async function* source(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 1_000) yield bytes.subarray(from, from + 1_000)
}

function header(path: string, size: number, type: Kind = 'File'): Buffer {
  const block = Buffer.alloc(512)
  const linkpath = type === 'Link' || type === 'SymbolicLink' ? '/etc/passwd' : undefined
  new Header({ path, size, type, mode: 0o644, ...(linkpath && { linkpath }) }).encode(block)
  return block
}

function file(path: string, text: string, type?: Kind): Buffer {
  const body = Buffer.from(text)
  return Buffer.concat([header(path, body.length, type), body, Buffer.alloc((512 - (body.length % 512)) % 512)])
}

function pax(record: string): Buffer {
  const length = record.length + 4
  return file('PaxHeader/a', `${length} ${record}\n`, 'ExtendedHeader')
}

/** The same entry under another type, its checksum mended. */
function rawType(entry: Buffer, type: string): Buffer {
  entry[156] = type.charCodeAt(0)
  entry.fill(' ', 148, 156)
  const sum = entry.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return entry
}
