import { AppError } from '#core/errors.ts'

/** A field of a row; null is SQL's. */
export type CopyField = string | null
export type CopyRow = readonly CopyField[]

/** What a row may take, in UTF-16 code units. */
export const ROW_CHARS_MAX = 32 * 1024 * 1024
/** Bytes that are read in one go: one or two milliseconds of work. */
const STRETCH_BYTES = 64 * 1024
const QUOTED = /[",\r\n]/

/**
 * One row in the CSV form of PostgreSQL's `COPY`, with its line feed: RFC 4180, where null is an empty field, an empty text
 * is `""`, and nothing is quoted that need not be.
 */
export function copyLine(row: CopyRow): string {
  if (row.length === 1 && row[0] === '\\.') return '"\\."\n'
  return `${row.map(copyField).join(',')}\n`
}

/** One field of a row of several. */
export function copyField(field: CopyField): string {
  if (field === null) return ''
  if (field === '') return '""'
  return QUOTED.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

/**
 * Rows out of the bytes of many `copyLine`s, in batches that follow the chunks they arrive in. It keeps at most one row and
 * one chunk. Throws `archive_invalid` (invalid) for anything `COPY` would not have written, and for rows of another width.
 */
export async function* readCopyRows(
  source: AsyncIterable<Uint8Array>,
  columns: number,
  rowCharsMax = ROW_CHARS_MAX,
): AsyncGenerator<CopyRow[]> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let held: string[] = []
  let heldChars = 0
  let tried = 0
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += STRETCH_BYTES) {
      const text = decoded(utf8, chunk.subarray(from, from + STRETCH_BYTES))
      held.push(text)
      heldChars += text.length
      // A row over many chunks is tried again only at twice its length, so that its cost stays linear.
      if (heldChars < 2 * tried) continue
      const { rows, rest } = rowsOf(held.join(''), columns)
      if (rest.length > rowCharsMax) throw refusal('a row is too long')
      held = rest === '' ? [] : [rest]
      heldChars = rest.length
      tried = rest.length
      if (rows.length > 0) yield rows
    }
  }
  held.push(lastOf(utf8))
  const { rows, rest } = rowsOf(held.join(''), columns)
  if (rest !== '') throw refusal('the last row has no end')
  if (rows.length > 0) yield rows
}

function decoded(utf8: TextDecoder, bytes: Uint8Array): string {
  if (bytes.includes(0)) throw refusal('there is a NUL in it')
  try {
    return utf8.decode(bytes, { stream: true })
  } catch {
    throw refusal('it is no UTF-8')
  }
}

function lastOf(utf8: TextDecoder): string {
  try {
    return utf8.decode()
  } catch {
    throw refusal('it is no UTF-8')
  }
}

/** The whole rows a text begins with, and what is left of it. */
function rowsOf(text: string, columns: number): { rows: CopyRow[]; rest: string } {
  const rows: CopyRow[] = []
  const hasReturns = text.includes('\r')
  let quote = text.indexOf('"')
  let from = 0
  while (from < text.length) {
    const end = text.indexOf('\n', from)
    if (quote !== -1 && quote < from) quote = text.indexOf('"', from)
    if (quote !== -1 && (end === -1 || quote < end)) {
      const row = quotedRow(text, from)
      if (!row) break
      rows.push(ofWidth(row.fields, columns))
      from = row.next
      continue
    }
    if (end === -1) break
    const line = text.slice(from, end)
    if (hasReturns && line.includes('\r')) throw refusal('a line ends in another way')
    rows.push(ofWidth(plainRow(line, columns), columns))
    from = end + 1
  }
  return { rows, rest: text.slice(from) }
}

function plainRow(line: string, columns: number): CopyField[] {
  if (columns === 1 && line === '\\.') throw refusal('it ends before its end')
  const fields: CopyField[] = line.split(',')
  for (let place = 0; place < fields.length; place++) if (fields[place] === '') fields[place] = null
  return fields
}

/** A row with quotes in it, from `start` on; undefined when its end is not there yet. */
function quotedRow(text: string, start: number): { fields: CopyField[]; next: number } | undefined {
  const fields: CopyField[] = []
  for (let from = start; ; ) {
    const field = text[from] === '"' ? quotedField(text, from) : plainField(text, from)
    if (!field) return undefined
    fields.push(field.value)
    const mark = text[field.end]
    if (mark === undefined) return undefined
    if (mark !== ',' && mark !== '\n') throw refusal('a quote ends in the middle of a field')
    from = field.end + 1
    if (mark === '\n') return { fields, next: from }
  }
}

type Field = { value: CopyField; end: number } | undefined

function quotedField(text: string, start: number): Field {
  let isDoubled = false
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from)
    if (quote === -1 || quote + 1 === text.length) return undefined
    if (text[quote + 1] !== '"') {
      const inner = text.slice(start + 1, quote)
      return { value: isDoubled ? inner.replaceAll('""', '"') : inner, end: quote + 1 }
    }
    isDoubled = true
    from = quote + 2
  }
}

function plainField(text: string, start: number): Field {
  let end = start
  for (; end < text.length; end++) {
    const mark = text[end]
    if (mark === ',' || mark === '\n') break
    if (mark === '"' || mark === '\r') throw refusal('a field holds what would have been quoted')
  }
  return end === text.length ? undefined : { value: end === start ? null : text.slice(start, end), end }
}

function ofWidth(fields: CopyField[], columns: number): CopyField[] {
  if (fields.length === columns) return fields
  throw refusal(`a row has ${fields.length} fields and not ${columns}`)
}

function refusal(reason: string): AppError {
  return new AppError('invalid', 'archive_invalid', `A table in the backup cannot be read: ${reason}.`)
}
