import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '#core/context.ts'
import type { Scope } from '#core/scope.ts'
import { inStretches } from '#db/stretches.ts'
import type { OrgManifest } from './manifest.ts'
import { listFiles, openFile, orgFolder } from './org-files.ts'
import { type Outcome, wordsOf } from './outcome.ts'
import { makeOutcomes } from './outcomes.ts'
import { countNewPeople } from './people.ts'
import { isRestored, makePlan, type Plan } from './plan.ts'
import { assertSound } from './sound-rows.ts'
import { stageBackup } from './staging.ts'
import { clearStaleWork } from './stale-work.ts'

export type TableChange = Readonly<{ name: string; added: number; changed: number; removed: number; unchanged: number }>

export type RestorePreview = Readonly<{
  tables: readonly TableChange[]
  files: Readonly<{ added: number; changed: number; removed: number }>
  /** Accounts that would be made, for members whose e-mail has none. */
  people_created: number
  /** Accounts of now that would become members again. */
  people_joining: number
}>

/**
 * What `restoreOrg` would do to the scope's org as it is now. Nothing of it is written. For `backup.edit`, which its caller asks for.
 * Memory does not grow with the org. Errors: those of `restoreOrg`, but for what only its swap can find.
 */
export async function previewRestore(
  ctx: Context,
  { orgId }: Pick<Scope, 'orgId'>,
  file: string,
  signal?: AbortSignal,
): Promise<RestorePreview> {
  await clearStaleWork(ctx)
  await using staging = await stageBackup(ctx, file, { isWanted: isRestored, keepsFiles: false, signal })
  const plan = await makePlan(staging, orgId, { isTrial: true, signal })
  await assertSound(plan)
  const tables: TableChange[] = []
  for (const outcome of await makeOutcomes(ctx, plan)) tables.push(await changeOf(plan, outcome))
  const created = await countNewPeople(plan)
  const members = tables.find(({ name }) => name === 'user_orgs')
  return {
    tables,
    files: await fileChanges(orgFolder(ctx.config, orgId), staging.manifest),
    people_created: created,
    people_joining: (members?.added ?? 0) - created,
  }
}

async function changeOf({ sql, orgId, signal }: Plan, outcome: Outcome): Promise<TableChange> {
  const words = wordsOf(outcome, orgId, sql.names)
  const count = { added: 0, changed: 0, present: 0, all: 0 }

  async function add(to: keyof typeof count, statement: string) {
    const [row] = await sql.run(statement)
    count[to] += Number(row?.n)
  }

  const stretches = { ...sql, key: outcome.key, signal }
  await inStretches({ ...stretches, from: words.then }, (within) => add('added', words.countAdded(within('r'))))
  await inStretches({ ...stretches, from: words.now, where: words.isOurs }, async (within) => {
    await add('changed', words.countChanged(within('t')))
    await add('present', words.countPresent(within('t')))
    await add('all', words.countAll(within('t')))
  })
  const { added, changed, present, all } = count
  return { name: outcome.name, added, changed, removed: all - present, unchanged: present - changed }
}

async function fileChanges(folder: string, { files }: OrgManifest): Promise<RestorePreview['files']> {
  const now = new Set(await listFiles(folder))
  const there = files.filter(({ path }) => now.has(path))
  let changed = 0
  for (const file of there) if (!(await isSame(folder, file))) changed++
  return { added: files.length - there.length, changed, removed: now.size - there.length }
}

async function isSame(folder: string, { path, bytes, sha256 }: OrgManifest['files'][number]): Promise<boolean> {
  const size = await stat(join(folder, path)).then(
    (found) => found.size,
    () => -1,
  )
  if (size !== bytes) return false
  const content = await openFile(folder, path)
  if (!content) return false
  const hash = createHash('sha256')
  for await (const chunk of content) hash.update(chunk)
  return hash.digest('hex') === sha256
}
