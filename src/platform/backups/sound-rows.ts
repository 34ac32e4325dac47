import type { SchemaNames } from '#db/scratch.ts'
import { literal, quoted, tableIn } from '#db/sql-text.ts'
import { inStretches } from '#db/stretches.ts'
import { parseColor } from '#lib/color.ts'
import { readPicture } from '#lib/image.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import { sha256Hex } from '#lib/token.ts'
import { LOGO_BYTES_MAX, LOGO_SIDE_MAX } from '#platform/organization/logo.ts'
import type { LoadableTable } from './loadable.ts'
import type { OrgManifest } from './manifest.ts'
import type { BothSql } from './plan.ts'

const COLUMNS_OF_LOGO = ['media_type', 'base64']

/** What was loaded of a backup, and the statements that see it. */
export type Loaded = Readonly<{
  sql: Pick<BothSql, 'engine' | 'run'> & { names: Pick<SchemaNames, 'scratch'> }
  tables: readonly LoadableTable[]
  manifest: OrgManifest
  signal: AbortSignal | undefined
}>

/**
 * What the program relies on and no rule of a table says. A backup that it wrote has it all. Error: `archive_invalid` (invalid).
 */
export async function assertSound(loaded: Loaded): Promise<void> {
  const { sql, signal } = loaded
  for (const table of loaded.tables) {
    const faults = faultsOf(table, loaded)
    const from = tableIn(sql.names.scratch, table.bulk.name)
    // A key of text is unique and no more; SQLite counts such rows by themselves.
    const key = hasNumber(table) ? table.bulk.key : 'rowid'
    await inStretches({ ...sql, from, key, signal }, async (within) => {
      const [row] = await sql.run(`select count(*) as n from ${from} s where ${within('s')} and (${faults})`)
      if (Number(row?.n) > 0) throw archiveInvalid(`rows of ${table.bulk.name} are not what it holds`)
    })
  }
  await assertOneOrg(loaded)
  await assertPicture(loaded)
}

/** Ids that are none, words that nobody knows, and rows that hang on others that are not there. */
function faultsOf(table: LoadableTable, { sql, tables }: Loaded): string {
  const { bulk, shape } = table
  const names = bulk.columns.map(({ name }) => name)
  const columns = shape.columns.filter(({ name }) => names.includes(name))
  const words = columns.flatMap(({ name, values }) =>
    values ? [`s.${quoted(name)} not in (${values.map(literal).join(', ')})`] : [],
  )
  const lost = columns.flatMap(({ name, target, isRequired }) => {
    const parent = tables.find((one) => one.bulk.name === target?.table)
    // Whose rows they are is not asked: they will be those of the org that is restored.
    const isAsked = target?.table !== 'orgs' && !(target?.table === 'users' && !isRequired)
    if (!target || !parent || !isAsked) return []
    const there = `select 1 from ${tableIn(sql.names.scratch, target.table)} p where p.${quoted(target.column)} = s.${quoted(name)}`
    return [`(s.${quoted(name)} is not null and not exists (${there}))`]
  })
  const ids = hasNumber(table) ? [`s.${quoted(bulk.key)} not between 1 and ${Number.MAX_SAFE_INTEGER}`] : []
  return [...ids, ...words, ...lost].join(' or ') || 'false'
}

function hasNumber({ bulk }: LoadableTable): boolean {
  return bulk.columns.some(({ name, kind }) => name === bulk.key && kind === 'integer')
}

async function assertOneOrg({ sql, manifest }: Loaded): Promise<void> {
  const rows = await sql.run(`select id, name, color from ${tableIn(sql.names.scratch, 'orgs')}`)
  const [org] = rows
  if (rows.length !== 1 || Number(org?.id) !== manifest.org.id) throw archiveInvalid('it is not of one organization')
  const { name, color } = { name: String(org?.name), color: org?.color ?? null }
  const isNamed = name.trim() === name && name !== '' && name.length <= 200 && !/[\p{Cc}\u2028\u2029]/u.test(name)
  if (!isNamed) throw archiveInvalid('its organization has no name')
  if (color !== null && parseColor(String(color)) !== color) throw archiveInvalid('its colour is none')
}

/** A logo is served as what it says it is. */
async function assertPicture({ sql, tables }: Loaded): Promise<void> {
  if (!tables.some(({ bulk }) => bulk.name === 'org_logos')) return
  const [org] = await sql.run(`select logo_hash from ${tableIn(sql.names.scratch, 'orgs')}`)
  const from = `${tableIn(sql.names.scratch, 'org_logos')} s where length(s.base64) <= ${2 * LOGO_BYTES_MAX}`
  const rows = await sql.run(`select ${COLUMNS_OF_LOGO.join(', ')} from ${from} limit 2`)
  const [logo] = rows
  const hash = org?.logo_hash ?? null
  if (rows.length > 1 || (hash !== null) !== (logo !== undefined)) throw archiveInvalid('its logo is not whole')
  if (!logo) return
  const base64 = String(logo.base64)
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'))
  const picture = bytes.length <= LOGO_BYTES_MAX ? await readPicture(bytes, LOGO_SIDE_MAX) : undefined
  const isSame = sha256Hex(bytes) === hash && Buffer.from(bytes).toString('base64') === base64
  if (!isSame || picture?.mediaType !== logo.media_type) throw archiveInvalid('its logo is no picture')
}
