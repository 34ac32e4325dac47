import { type Static, Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { AppError } from '#core/errors.ts'
import { parseStrictJson } from '#lib/strict-json.ts'
import { archiveInvalid } from '#lib/tar-header.ts'
import { areFilePaths } from './file-path.ts'

/** What a reader of this version understands; it grows when an older reader would take something wrong. */
export const FORMAT = 1
export const MANIFEST_NAME = 'manifest.json'
export const MANIFEST_BYTES_MAX = 16 * 1024 * 1024
export const FILES_MAX = 100_000
const TABLES_MAX = 1_000
const DEPTH_MAX = 8
const NAME = '^[a-z][a-z0-9_]{0,62}$'

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Name = Type.String({ pattern: NAME })
const strict = { additionalProperties: false }

const TableSchema = Type.Object(
  {
    /** The last number its primary key gave out, in a backup of an install: it is never used again. */
    last_id: Type.Optional(Count),

    name: Name,
    columns: Type.Array(Name, { minItems: 1, maxItems: 1_000 }),
    rows: Count,
    bytes: Count,
    sha256: Sha256,
  },
  strict,
)
const FileSchema = Type.Object({ path: Type.String({ maxLength: 4_096 }), bytes: Count, sha256: Sha256 }, strict)
const OrgSchema = Type.Object(
  { id: Type.Integer({ minimum: 1 }), slug: Type.String({ maxLength: 200 }), name: Type.String({ maxLength: 1_000 }) },
  strict,
)
const Common = {
  format: Type.Literal(FORMAT),
  created_at: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
  version: Type.String({ maxLength: 100 }),
  schema: Type.String({ pattern: '^\\d{4}_[a-z0-9_]{1,100}$' }),
  engine: Type.Union([Type.Literal('sqlite'), Type.Literal('postgres')]),
  tables: Type.Array(TableSchema, { maxItems: TABLES_MAX }),
  files: Type.Array(FileSchema, { maxItems: FILES_MAX }),
}
const OrgManifestSchema = Type.Object({ ...Common, kind: Type.Literal('org'), org: OrgSchema }, strict)
const InstanceManifestSchema = Type.Object({ ...Common, kind: Type.Literal('instance') }, strict)

export type ManifestTable = Static<typeof TableSchema>
export type ManifestFile = Static<typeof FileSchema>
export type OrgManifest = Static<typeof OrgManifestSchema>
export type InstanceManifest = Static<typeof InstanceManifestSchema>
/** The first entry of a backup, as it stands there; `docs/backup-format.md` explains each member. */
export type Manifest = OrgManifest | InstanceManifest

/** The manifest as bytes. */
export function manifestText(manifest: Manifest): Uint8Array {
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)
}

/**
 * Reads a manifest that anybody may have written. `schemas` are the names of the migrations this program knows. Errors:
 * `archive_invalid` (invalid), and `backup_newer` (conflict) for a format or a schema that is unknown here.
 */
export function parseManifest(bytes: Uint8Array, schemas: readonly string[]): Manifest {
  const value = jsonOf(bytes)
  assertFormat(value)
  const manifest =
    Value.Check(OrgManifestSchema, value) || Value.Check(InstanceManifestSchema, value) ? value : undefined
  if (!manifest) throw archiveInvalid(`${MANIFEST_NAME} is not as it should be`)
  if (!schemas.includes(manifest.schema)) throw newer(manifest.version)
  assertOnce(manifest.tables.map(({ name }) => name))
  for (const { columns } of manifest.tables) assertOnce(columns)
  assertOnce(manifest.files.map(({ path }) => path))
  if (!areFilePaths(manifest.files.map(({ path }) => path))) throw archiveInvalid('it names a file that it must not')
  return manifest
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), DEPTH_MAX)
  } catch {
    throw archiveInvalid(`${MANIFEST_NAME} is no JSON`)
  }
}

/** Looked at before all else: of a newer format nothing else is known. */
function assertFormat(value: unknown): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined
  if (typeof format !== 'number') throw archiveInvalid(`${MANIFEST_NAME} names no format`)
  if (format > FORMAT) throw newer()
}

function newer(version?: string): AppError {
  const by = version === undefined ? 'a newer Honeyframe' : `a newer Honeyframe (${version.slice(0, 40)})`
  return new AppError(
    'conflict',
    'backup_newer',
    `The backup was made by ${by}: restore it with that version or a later one.`,
  )
}

function assertOnce(names: readonly string[]): void {
  if (new Set(names).size < names.length) throw archiveInvalid('it names something twice')
}
