import { writeFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { END_BYTES, paddingOf, tarHeader } from '#lib/tar-header.ts'
import { sha256Hex } from '#lib/token.ts'
import { fileEntry, tableEntry } from '#platform/backups/file-path.ts'
import type { OrgManifest } from '#platform/backups/manifest.ts'
import { contentOf } from './content.ts'

export type Content = { manifest: OrgManifest; tables: Record<string, string>; files: Record<string, string> }

/** How a backup is changed. `isHonest`: the manifest's sums and counts are those of what is in it. */
type Change = Readonly<{ edit: (content: Content) => void; isHonest?: boolean }>

/** Another backup beside a backup, with something changed in it. */
export async function repack(file: string, { edit, isHonest = true }: Change): Promise<string> {
  const { manifest, tables, files } = await contentOf(file)
  if (manifest.kind !== 'org') throw new Error('this is the backup of an install')
  const content: Content = { manifest: structuredClone(manifest), tables, files }
  edit(content)
  if (isHonest) sumUp(content)
  const path = `${file.replace('.tar.gz', '')}-${sha256Hex(String(Math.random())).slice(0, 8)}.tar.gz`
  await writeFile(path, packed(content))
  return path
}

export function packed({ manifest, tables, files }: Content): Uint8Array {
  const entries = [
    ['manifest.json', JSON.stringify(manifest)],
    ...manifest.tables.map(({ name }) => [tableEntry(name), tables[name]]),
    ...manifest.files.map(({ path }) => [fileEntry(path), files[path]]),
  ]
  const parts = entries.flatMap(([name = '', text = '']) => {
    const bytes = Buffer.from(text)
    const header = tarHeader({ name, bytes: bytes.length }, new Date(0))
    if (!header) throw new Error('the name is too long')
    return [header, bytes, Buffer.alloc(paddingOf(bytes.length))]
  })
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(END_BYTES)]))
}

/** Changes the lines of a table; a line has no line feed at its end. */
export function editRows(content: Content, table: string, edit: (lines: string[]) => string[]): void {
  const lines = (content.tables[table] ?? '').split('\n').slice(0, -1)
  content.tables[table] = edit(lines)
    .map((line) => `${line}\n`)
    .join('')
}

function sumUp({ manifest, tables, files }: Content): void {
  for (const table of manifest.tables) {
    const text = tables[table.name] ?? ''
    const rows = [...text.matchAll(/(?:"(?:[^"]|"")*"|[^"\n])*\n/g)].length
    Object.assign(table, { rows, bytes: Buffer.byteLength(text), sha256: sha256Hex(text) })
  }
  for (const file of manifest.files) {
    const text = files[file.path] ?? ''
    Object.assign(file, { bytes: Buffer.byteLength(text), sha256: sha256Hex(text) })
  }
}
