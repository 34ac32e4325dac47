import { literal, quoted, tableIn } from '#db/sql-text.ts'
import { inStretches } from '#db/stretches.ts'
import { parseColor } from '#lib/color.ts'
import { readPicture } from '#lib/image.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import { sha256Hex } from '#lib/token.ts'
import { LOGO_BYTES_MAX, LOGO_SIDE_MAX } from '#platform/organization/logo.ts'
import type { LoadableTable } from './loadable.ts'
import type { Plan } from './plan.ts'

const COLUMNS_OF_LOGO = ['media_type', 'base64']

/**
 * What the program relies on and no rule of a table says. A backup that it wrote has it all. Error: `archive_invalid` (invalid).
 */
export async function assertSound(plan: Plan): Promise<void> {
  for (const table of plan.tables) {
    const faults = faultsOf(table, plan)
    const from = tableIn(plan.sql.names.scratch, table.bulk.name)
    await inStretches({ ...plan.sql, from, key: table.bulk.key, signal: plan.signal }, async (within) => {
      const [row] = await plan.sql.run(`select count(*) as n from ${from} s where ${within('s')} and (${faults})`)
      if (Number(row?.n) > 0) throw archiveInvalid(`rows of ${table.bulk.name} are not what it holds`)
    })
  }
  await assertOneOrg(plan)
  await assertPicture(plan)
}

/** Ids that are none, words that nobody knows, and rows that hang on others that are not there. */
function faultsOf({ bulk, shape }: LoadableTable, { sql, tables }: Plan): string {
  const names = bulk.columns.map(({ name }) => name)
  const columns = shape.columns.filter(({ name }) => names.includes(name))
  const words = columns.flatMap(({ name, values }) =>
    values ? [`s.${quoted(name)} not in (${values.map(literal).join(', ')})`] : [],
  )
  const lost = columns.flatMap(({ name, target, isRequired }) => {
    const parent = tables.find((one) => one.bulk.name === target?.table)
    if (!target || !parent || target.table === 'orgs' || (target.table === 'users' && !isRequired)) return []
    const there = `select 1 from ${tableIn(sql.names.scratch, target.table)} p where p.${quoted(target.column)} = s.${quoted(name)}`
    return [`(s.${quoted(name)} is not null and not exists (${there}))`]
  })
  return [`s.${quoted(bulk.key)} not between 1 and ${Number.MAX_SAFE_INTEGER}`, ...words, ...lost].join(' or ')
}

async function assertOneOrg({ sql, staging }: Plan): Promise<void> {
  const rows = await sql.run(`select id, name, color from ${tableIn(sql.names.scratch, 'orgs')}`)
  const [org] = rows
  if (rows.length !== 1 || Number(org?.id) !== staging.manifest.org.id)
    throw archiveInvalid('it is not of one organization')
  const { name, color } = { name: String(org?.name), color: org?.color ?? null }
  const isNamed = name.trim() === name && name !== '' && name.length <= 200 && !/[\p{Cc}\u2028\u2029]/u.test(name)
  if (!isNamed) throw archiveInvalid('its organization has no name')
  if (color !== null && parseColor(String(color)) !== color) throw archiveInvalid('its colour is none')
}

/** A logo is served as what it says it is. */
async function assertPicture({ sql, tables }: Plan): Promise<void> {
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
