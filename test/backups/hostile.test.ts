import { expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { paddingOf, tarHeader } from '#lib/tar-header.ts'
import { sha256Hex } from '#lib/token.ts'
import { migrations } from '#migrations/index.ts'
import { fileEntry } from '#platform/backups/file-path.ts'
import { openBackup } from '#platform/backups/reading.ts'
import { textOf } from './content.ts'

const AT = new Date('2026-01-01T00:00:00Z')
const ORGS = '1,acme\n'
const LETTER = 'dear\n'

type Entry = readonly [name: string, text: string]

const MANIFEST = {
  ...{ format: 1, kind: 'org', created_at: '2026-01-01T00:00:00.000Z', version: '1.2.3', engine: 'sqlite' },
  schema: migrations.at(-1)?.name,
  org: { id: 1, slug: 'acme', name: 'Acme' },
  tables: [{ name: 'orgs', columns: ['id', 'slug'], rows: 1, bytes: ORGS.length, sha256: sha256Hex(ORGS) }],
  files: [{ path: 'a/b.txt', bytes: LETTER.length, sha256: sha256Hex(LETTER) }],
}
const ENTRIES: readonly Entry[] = [
  ['tables/orgs.csv', ORGS],
  ['files/a/b.txt', LETTER],
]

test('a backup that is as its manifest says is read', async () => {
  expect(await read(backupOf(MANIFEST))).toEqual([ORGS, LETTER])
})

test('a manifest that says too much, too little or something wrong is refused', async () => {
  const [table] = MANIFEST.tables
  const wrong: Readonly<Record<string, unknown>> = {
    'no object': [],
    'no format': { ...MANIFEST, format: undefined },
    'an older format': { ...MANIFEST, format: 0 },
    'an unknown kind': { ...MANIFEST, kind: 'person' },
    'no org': { ...MANIFEST, org: undefined },
    'one member more': { ...MANIFEST, extra: 1 },
    'a table twice': { ...MANIFEST, tables: [table, table] },
    'a column twice': { ...MANIFEST, tables: [{ ...table, columns: ['id', 'id'] }] },
    'a table with a foreign name': { ...MANIFEST, tables: [{ ...table, name: 'orgs"; drop table users; --' }] },
    'a negative size': { ...MANIFEST, tables: [{ ...table, bytes: -1 }] },
    'a size beyond numbers': { ...MANIFEST, tables: [{ ...table, bytes: 1e30 }] },
    'a sum in capitals': { ...MANIFEST, tables: [{ ...table, sha256: table?.sha256.toUpperCase() }] },
  }
  for (const [what, manifest] of Object.entries(wrong)) {
    expect([what, await codeOf(backupOf(manifest))]).toEqual([what, 'archive_invalid'])
  }
})

test('a manifest that names a file outside its folder is refused', async () => {
  const paths = ['../x', '/etc/passwd', 'a/../../x', 'a//b', './a', 'a/', '', 'a\\b', 'a\0b', '..', 'x'.repeat(300)]
  for (const path of paths) {
    const manifest = { ...MANIFEST, files: [{ ...MANIFEST.files[0], path }] }
    expect([path, await codeOf(backupOf(manifest))]).toEqual([path, 'archive_invalid'])
  }
  const nested = { ...MANIFEST, files: ['a', 'a/b'].map((path) => ({ ...MANIFEST.files[0], path })) }
  expect(await codeOf(backupOf(nested))).toBe('archive_invalid')
})

test('a newer format and a newer schema are refused as such', async () => {
  expect(await codeOf(backupOf({ ...MANIFEST, format: 2, all: 'new' }))).toBe('backup_newer')
  expect(await codeOf(backupOf({ ...MANIFEST, schema: '9999_from_the_future' }))).toBe('backup_newer')
})

test('entries that are missing, changed, added, doubled or in another order are refused', async () => {
  const [orgs, letter] = ENTRIES
  if (!orgs || !letter) throw new Error('there are two')
  const wrong: Readonly<Record<string, readonly Entry[]>> = {
    'a missing one': [orgs],
    none: [],
    'another text of the same length': [['tables/orgs.csv', '2,acme\n'], letter],
    'a longer one': [['tables/orgs.csv', `${ORGS}2,b\n`], letter],
    'one more': [orgs, letter, ['files/c', 'c']],
    'one twice': [orgs, orgs, letter],
    'another order': [letter, orgs],
    'a name that leads out': [orgs, ['files/../../b.txt', LETTER]],
    'an absolute name': [orgs, ['/files/a/b.txt', LETTER]],
  }
  for (const [what, entries] of Object.entries(wrong)) {
    expect([what, await codeOf(backupOf(MANIFEST, entries))]).toEqual([what, 'archive_invalid'])
  }
})

test('what is not read is compared all the same', async () => {
  const [, letter] = ENTRIES
  const changed = backupOf(MANIFEST, [['tables/orgs.csv', '2,acme\n'], letter ?? ['', '']])
  await using backup = await openBackup(source(changed))
  const skipping = (async () => {
    for await (const _ of backup.entries);
  })()
  await expect(skipping).rejects.toMatchObject({ code: 'archive_invalid' })
})

test('an archive without a manifest in front is refused', async () => {
  expect(await codeOf(packed(ENTRIES))).toBe('archive_invalid')
  expect(await codeOf(packed([['manifest.json', '{"format":']]))).toBe('archive_invalid')
  expect(await codeOf(packed([['manifest.json', '{"format":1,"format":1}']]))).toBe('archive_invalid')
})

test('a file with a long path goes by a name that fits, and two never share one', () => {
  const long = `${'folder/'.repeat(40)}letter.txt`
  expect(fileEntry(long)).toMatch(/^files\/@long\/[0-9a-f]{64}$/)
  expect(fileEntry(`${long}x`)).not.toBe(fileEntry(long))
  expect(fileEntry('@long/a')).toMatch(/^files\/@long\/[0-9a-f]{64}$/)
  expect(fileEntry('a/b.txt')).toBe('files/a/b.txt')
})

function backupOf(manifest: unknown, entries = ENTRIES): Uint8Array {
  return packed([['manifest.json', JSON.stringify(manifest)], ...entries])
}

function packed(entries: readonly Entry[]): Uint8Array {
  const blocks = entries.flatMap(([name, text]) => {
    const bytes = Buffer.byteLength(text)
    const header = tarHeader({ name, bytes }, AT)
    if (!header) throw new Error(`${name} does not fit`)
    return [header, Buffer.from(text), Buffer.alloc(paddingOf(bytes))]
  })
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1_024)]))
}

async function read(bytes: Uint8Array): Promise<string[]> {
  await using backup = await openBackup(source(bytes))
  const texts: string[] = []
  for await (const { content } of backup.entries) texts.push(await textOf(content))
  return texts
}

async function codeOf(bytes: Uint8Array): Promise<unknown> {
  return await read(bytes).then(
    () => 'read',
    (error) => error.code,
  )
}

async function* source(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
