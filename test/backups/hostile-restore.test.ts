import { expect, test } from 'bun:test'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '#core/errors.ts'
import { previewRestore } from '#platform/backups/preview.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { backUp, everyRow, filesOf, openLife } from './org-life.ts'
import { type Content, editRows, repack } from './repack.ts'

type Attack = Readonly<{ what: string; code: string; edit: (content: Content) => void; isHonest?: boolean }>

const ATTACKS: readonly Attack[] = [
  { what: 'a newer format', code: 'backup_newer', edit: ({ manifest }) => void Object.assign(manifest, { format: 2 }) },
  {
    what: 'a newer schema',
    code: 'backup_newer',
    edit: ({ manifest }) => void Object.assign(manifest, { schema: '9999_later' }),
  },
  {
    what: 'a changed table',
    code: 'archive_invalid',
    edit: replaced('usage_days', ',7', ',9'),
    isHonest: false,
  },
  {
    what: 'a changed file',
    code: 'archive_invalid',
    edit: ({ files }) => void Object.assign(files, { 'a/b.txt': 'of Acme' }),
    isHonest: false,
  },
  {
    what: 'a table that is not backed up',
    code: 'archive_invalid',
    edit({ manifest, tables }) {
      manifest.tables.push({ name: 'tokens', columns: ['id'], rows: 0, bytes: 0, sha256: '0'.repeat(64) })
      tables.tokens = '1\n'
    },
  },
  {
    what: 'a column that is not backed up',
    code: 'archive_invalid',
    edit(content) {
      const users = content.manifest.tables.find(({ name }) => name === 'users')
      users?.columns.push('is_superadmin')
      editRows(content, 'users', (lines) => lines.map((line) => `${line},true`))
    },
  },
  {
    what: 'a table that is missing',
    code: 'archive_invalid',
    edit: ({ manifest }) => void manifest.tables.splice(3, 1),
  },
  { what: 'an unknown role', code: 'archive_invalid', edit: replaced('user_orgs', 'designer', 'superadmin') },
  { what: 'two organizations', code: 'archive_invalid', edit: (content) => editRows(content, 'orgs', twice) },
  { what: 'no organization', code: 'archive_invalid', edit: (content) => editRows(content, 'orgs', () => []) },
  {
    what: 'a colour that is a style',
    code: 'archive_invalid',
    edit: replaced('orgs', '#0a5fb8', 'red;}*{display:none'),
  },
  { what: 'a name of two lines', code: 'archive_invalid', edit: replaced('orgs', 'ACME', '"AC\nME"') },
  { what: 'a logo that is a page', code: 'archive_invalid', edit: replaced('org_logos', 'image/png', 'text/html') },
  { what: 'a logo that is no picture', code: 'archive_invalid', edit: replaced('org_logos', 'iVBOR', 'iVBOS') },
  { what: 'a member who is nobody', code: 'archive_invalid', edit: (content) => editRows(content, 'users', () => []) },
  { what: 'an id below one', code: 'archive_invalid', edit: replaced('usage_levels', /^\d+/, '-5') },
  {
    what: 'an id beyond all numbers',
    code: 'archive_invalid',
    edit: replaced('usage_levels', /^\d+/, '9223372036854775807'),
  },
  { what: 'a text where a number is', code: 'archive_invalid', edit: replaced('usage_days', /,7$/m, ',seven') },
  { what: 'JSON that is none', code: 'archive_invalid', edit: replaced('webhooks', '[""group.*""', '{""group.*""') },
  { what: 'a NUL', code: 'archive_invalid', edit: replaced('groups', 'crew', 'cr\0w') },
  { what: 'a row of another width', code: 'archive_invalid', edit: replaced('usage_days', ',7', ',7,8') },
  { what: 'an e-mail that is none', code: 'archive_invalid', edit: replaced('users', 'bob@example.com', 'bob') },
  { what: 'an e-mail in capitals', code: 'archive_invalid', edit: replaced('users', 'bob@', 'BOB@') },
]

test('what is no sound backup is refused with a sentence, and nothing of the database or the files changes', async () => {
  await using life = await openLife()
  const { app, ctx, acme } = life
  const file = await backUp(life, acme)
  const [before, files] = [await everyRow(life), await filesOf(app, acme)]
  for (const { what, code, edit, isHonest } of ATTACKS) {
    const attack = await repack(file, { edit, ...(isHonest !== undefined && { isHonest }) })
    const acts = [
      () => restoreOrg(ctx, { orgId: acme }, { file: attack }),
      () => previewRestore(ctx, { orgId: acme }, attack),
    ]
    for (const act of acts) {
      const error = await refusalOf(act())
      expect({ what, code: error.code }).toEqual({ what, code })
      expect(error.kind).toBe(code === 'archive_invalid' ? 'invalid' : 'conflict')
      expect(error.message).toMatch(/^[A-Z].*\.$/s)
    }
  }
  expect(await everyRow(life)).toEqual(before)
  expect(await filesOf(app, acme)).toEqual(files)
  await restoreOrg(ctx, { orgId: acme }, { file: await repack(file, { edit: () => {} }) })
}, 300_000)

test('a file that was cut short, emptied or is something else is refused, and nothing changes', async () => {
  await using life = await openLife()
  const { app, ctx, acme } = life
  const file = await backUp(life, acme)
  const before = await everyRow(life)
  const bytes = await Bun.file(file).bytes()
  const path = join(app.config.dataDir, 'cut.tar.gz')
  for (const left of [bytes.length - 1, bytes.length - 600, Math.floor(bytes.length / 2), 20, 0]) {
    await writeFile(path, bytes.subarray(0, left))
    expect((await refusalOf(restoreOrg(ctx, { orgId: acme }, { file: path }))).code).toBe('archive_invalid')
  }
  const none = restoreOrg(ctx, { orgId: acme }, { file: join(app.config.dataDir, 'none') })
  expect((await refusalOf(none)).code).toBe('backup_file_missing')
  expect(await everyRow(life)).toEqual(before)
}, 60_000)

test('rows that say they are another org’s come to the org that is restored', async () => {
  await using life = await openLife()
  const { ctx, acme, beta } = life
  const file = await backUp(life, acme)
  const before = await everyRow(life)
  const attack = await repack(file, {
    edit(content) {
      for (const table of ['usage_days', 'usage_events', 'group_grants', 'user_orgs', 'org_logos', 'health_settings']) {
        const column = content.manifest.tables.find(({ name }) => name === table)?.columns.indexOf('org_id') ?? 0
        editRows(content, table, (lines) => lines.map((line) => withField(line, column, String(beta))))
      }
    },
  })
  await restoreOrg(ctx, { orgId: acme }, { file: attack })
  const after = await everyRow(life)
  for (const [table, rows] of Object.entries(before)) if (table !== 'jobs') expect(after[table]).toEqual(rows)
}, 60_000)

async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.catch((caught: unknown) => caught)
  if (error instanceof AppError) return error
  throw new Error('it was not refused', { cause: error })
}

function replaced(table: string, from: string | RegExp, to: string): (content: Content) => void {
  return (content) => {
    const text = content.tables[table] ?? ''
    const other = text.replace(from, to)
    if (other === text) throw new Error(`${table} has no ${from}`)
    content.tables[table] = other
  }
}

function twice(lines: string[]): string[] {
  return lines.flatMap((line) => [line, line.replace(/^\d+/, '999').replace('acme', 'acme-2')])
}

/** A line whose first fields hold neither commas nor quotes. */
function withField(line: string, place: number, value: string): string {
  const fields = line.split(',')
  fields[place] = value
  return fields.join(',')
}
