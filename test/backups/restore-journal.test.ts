import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { jobs } from '#jobs/tables.ts'
import { localRunner } from '#lib/exec.ts'
import { restoreOrg } from '#platform/backups/restore.ts'
import { FILES_KIND } from '#platform/backups/restored-files.ts'
import { clearStaleWork } from '#platform/backups/stale-work.ts'
import { backUp, differences, everyRow, filesOf, type Life, openLife, spoil } from './org-life.ts'

const KILLED = 137

/** Restores in a process of its own that dies at this moment (`never`: it lives); answers how it ended. */
async function restoreApart({ app, acme }: Life, file: string, moment: string): Promise<number> {
  const argv = [process.execPath, join(import.meta.dir, 'children/restore.ts'), moment, file, String(acme)]
  const env = { DATA_DIR: app.config.dataDir, DATABASE_URL: app.database.url }
  const { code, stderr } = await localRunner.run(argv, { timeoutMs: 60_000, env })
  if (code !== 0 && code !== KILLED) throw new Error(stderr)
  return code
}

async function leftOvers({ app, ctx }: Life): Promise<unknown[]> {
  const folders = await readdir(join(app.config.dataDir, '_restore')).catch(() => [])
  const list = `select nspname as name from pg_namespace where nspname like 'honeyframe_scratch%'`
  return [...folders, ...(ctx.db.engine === 'postgres' ? await ctx.db.inspect(list) : [])]
}

function noJobs(lines: string[]): string[] {
  return lines.filter((line) => !line.startsWith('jobs '))
}

for (const moment of ['loading', 'before', 'swapping', 'committing']) {
  test(`kill -9 while a restore is ${moment}: the org is as it was, and what is left behind is cleared`, async () => {
    await using life = await openLife()
    const { app, ctx, acme } = life
    const file = await backUp(life, acme)
    const saved = await everyRow(life)
    await spoil(life)
    const [spoilt, files] = [await everyRow(life), await filesOf(app, acme)]
    expect(await restoreApart(life, file, moment)).toBe(KILLED)
    expect(differences(spoilt, await everyRow(life))).toEqual([])
    expect(await filesOf(app, acme)).toEqual(files)
    expect(await leftOvers(life)).not.toEqual([])
    await clearStaleWork(ctx)
    expect(await leftOvers(life)).toEqual([])
    expect(differences(spoilt, await everyRow(life))).toEqual([])

    expect(await restoreApart(life, file, 'never')).toBe(0)
    expect(noJobs(differences(saved, await everyRow(life)))).toEqual([])
    expect(await filesOf(app, acme)).toMatchObject({ 'a/b.txt': 'of acme' })
  }, 60_000)
}

test('kill -9 between the commit and the files: the next start brings the files to their place', async () => {
  await using life = await openLife()
  const { app, ctx, acme, beta } = life
  const file = await backUp(life, acme)
  const [saved, files] = [await everyRow(life), await filesOf(app, acme)]
  await spoil(life)
  expect(await restoreApart(life, file, 'committed')).toBe(KILLED)
  expect(noJobs(differences(saved, await everyRow(life)))).toEqual([])
  expect(await filesOf(app, acme)).toMatchObject({ 'a/b.txt': 'spoilt' })
  await clearStaleWork(ctx)
  expect(await filesOf(app, acme)).toEqual(files)
  expect(await filesOf(app, beta)).toEqual({ 'a/b.txt': 'of beta' })
  expect(await leftOvers(life)).toEqual([])
  await clearStaleWork(ctx)
  expect(await filesOf(app, acme)).toEqual(files)
  const [job] = await ctx.db.select({ state: jobs.state }).from(jobs).where(eq(jobs.kind, FILES_KIND))
  expect(job?.state).toBe('waiting')
}, 60_000)

test('a restore that fails in the transaction of its swap leaves rows and files as they were', async () => {
  await using life = await openLife()
  const { app, ctx, acme } = life
  const file = await backUp(life, acme)
  await spoil(life)
  const [spoilt, files] = [await everyRow(life), await filesOf(app, acme)]
  const inSwap = () => Promise.reject(new Error('no audit row'))
  await expect(restoreOrg(ctx, { orgId: acme }, { file, inSwap })).rejects.toThrow('no audit row')
  expect(differences(spoilt, await everyRow(life))).toEqual([])
  expect(await filesOf(app, acme)).toEqual(files)
  expect(await leftOvers(life)).toEqual([])
}, 60_000)
