import { AppError } from '#core/errors.ts'
import { dateOfMs, parseDate } from '#lib/clock.ts'
import { type CopyField, copyField } from '#lib/copy-csv.ts'
import type { BulkColumn } from './bulk-table.ts'
import { canonicalJson } from './canonical-json.ts'

type SqliteValue = string | number | null

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
const WHOLE = /^-?\d{1,16}$/

/** What writes a value of this column, as SQLite keeps it, as a field of CSV in the form that both engines share. */
export function writerOf({ kind }: BulkColumn): (value: unknown) => string {
  if (kind === 'timestamp') return (value) => (value === null ? '' : dateOfMs(Number(value)).toISOString())
  if (kind === 'boolean') return (value) => (value === null ? '' : value === 0 ? 'false' : 'true')
  if (kind === 'integer') return (value) => (value === null ? '' : String(value))
  if (kind === 'json') return (value) => (value === null ? '' : copyField(canonicalJson(String(value))))
  return (value) => (value === null ? '' : copyField(String(value)))
}

/** What reads it back. Throws `archive_invalid` (invalid) for a field in another form. */
export function readerOf(column: BulkColumn): (field: CopyField) => SqliteValue {
  const read = READERS[column.kind]
  return (field) => {
    if (field === null && column.isNullable) return null
    const value = field === null ? undefined : read(field)
    if (value === undefined) throw new AppError('invalid', 'archive_invalid', sentenceOf(column))
    return value
  }
}

/** Refuses what PostgreSQL would read although no backup has it, such as `yesterday`; undefined where it reads as we do. */
export function guardOf(column: BulkColumn): ((field: CopyField) => void) | undefined {
  const form = FORMS[column.kind]
  if (!form) return undefined
  return (field) => {
    if (field === null || form.test(field)) return
    throw new AppError('invalid', 'archive_invalid', sentenceOf(column))
  }
}

const FORMS: Readonly<Partial<Record<BulkColumn['kind'], RegExp>>> = {
  ...{ integer: WHOLE, timestamp: INSTANT, boolean: /^(true|false)$/ },
}

const READERS: Readonly<Record<BulkColumn['kind'], (field: string) => string | number | undefined>> = {
  text: (field) => field,
  json: (field) => (isJson(field) ? field : undefined),
  integer: (field) => (WHOLE.test(field) && Number.isSafeInteger(Number(field)) ? Number(field) : undefined),
  boolean: (field) => (field === 'true' ? 1 : field === 'false' ? 0 : undefined),
  timestamp: (field) => (INSTANT.test(field) ? parseDate(field)?.getTime() : undefined),
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function sentenceOf({ name, kind }: BulkColumn): string {
  return `A table in the backup cannot be read: a value of ${name} is no ${kind}.`
}
