import { eq } from 'drizzle-orm'
import { build } from '#config/build.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { type BulkReader, readSnapshot } from '#db/bulk.ts'
import { migrations } from '#migrations/index.ts'
import { type CoveredTable, coverageOf } from './coverage.ts'
import { FORMAT, type OrgManifest } from './manifest.ts'
import { listFiles, orgFolder } from './org-files.ts'
import { type Packed, packBackup } from './packing.ts'

export type ExportOptions = Readonly<{
  /** The backup, in a folder that is there; it must not be there itself. */
  file: string
  onProgress?: (rowsDone: number, rows: number) => void
  signal?: AbortSignal
}>

/**
 * Writes a backup of the scope's org, as of one moment, to `file` (mode 0600), and answers its manifest with the size and SHA-256
 * of the file. Memory does not grow with the org. What is asked of others while it runs is not held up. Nothing stays after a
 * failure or an abort, which throws the signal's reason. Errors: `unknown_org` (not_found), `too_many_files` (too_large).
 */
export async function exportOrg(
  ctx: Pick<Context, 'config' | 'clock' | 'db'>,
  scope: Pick<Scope, 'orgId'>,
  { file, onProgress = () => {}, signal }: ExportOptions,
): Promise<Packed<OrgManifest>> {
  const { orgId } = scope
  const [org] = await ctx.db.select().from(orgs).where(eq(orgs.id, orgId))
  if (!org) throw new AppError('not_found', 'unknown_org', 'There is no such organization.')
  const covered = coverageOf(orgId)
  const folder = orgFolder(ctx.config, orgId)
  return await readSnapshot(ctx.config.databaseUrl, async (reader) => {
    const at = ctx.clock.now()
    const rows = await countAll(reader, covered, signal)
    onProgress(0, rows)
    return await packBackup(reader, {
      ...{ file, at, folder, signal },
      tables: covered.map(({ filter, ...table }) => ({ table, filter })),
      paths: await listFiles(folder),
      onRows: (done) => onProgress(done, rows),
      describe: (tables, files) => ({
        ...{ format: FORMAT, kind: 'org', created_at: at.toISOString(), version: build.version },
        ...{ schema: migrations.at(-1)?.name ?? '', engine: reader.engine },
        ...{ org: { id: org.id, slug: org.slug, name: org.name }, tables, files },
      }),
    })
  })
}

async function countAll(
  reader: BulkReader,
  covered: readonly CoveredTable[],
  signal: AbortSignal | undefined,
): Promise<number> {
  let rows = 0
  for (const table of covered) {
    signal?.throwIfAborted()
    rows += await reader.countRows(table, table.filter)
  }
  return rows
}
