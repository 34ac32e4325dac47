import '#platform/tables.ts'
import { readdir } from 'node:fs/promises'
import { bulkTable, loadInto } from '#db/bulk.ts'
import { scopes } from '#db/columns.ts'
import { openBackup } from '#platform/backups/reading.ts'

/** All a backup holds, as texts. */
export async function contentOf(file: string) {
  await using backup = await openBackup(file)
  const tables: Record<string, string> = {}
  const files: Record<string, string> = {}
  for await (const entry of backup.entries) {
    const text = await textOf(entry.content)
    if (entry.kind === 'table') tables[entry.table.name] = text
    else files[entry.file.path] = text
  }
  return { manifest: backup.manifest, tables, files }
}

export async function textOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of source) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

export async function* bytesOf(text: string, length = 1_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}

export function tableOf(name: string) {
  return bulkTable(name, declared(name))
}

export function declared(name: string) {
  const found = scopes().find((scoped) => scoped.name === name)
  if (!found) throw new Error(`there is no table ${name}`)
  return found.table
}

/** Usage events of one org, a second after the other. */
export async function addEvents(url: string, orgId: number, count: number): Promise<void> {
  const start = Date.parse('2026-01-01T00:00:00Z')
  const lines = Array.from({ length: count }, (_, place) => {
    const at = new Date(start + place * 1_000).toISOString()
    return `${place + 1},${orgId},llm.call,${place % 3 ? 'agent' : 'chat'},ok,${at}\n`
  })
  await loadInto(url, (writer) => writer.importRows(tableOf('usage_events'), bytesOf(lines.join(''), 60_000)))
}

/** Files in a folder that are neither a backup nor a database nor the kept secret. */
export async function leftOvers(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.includes('.part'))
}
