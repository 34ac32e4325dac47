import { expect, test } from 'bun:test'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { asc, eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { backups, restores } from '#platform/backups/tables.ts'
import { platformJobs } from '#platform/platform.ts'
import { type Content, repack } from '#test/backups/repack.ts'
import { eventually } from '#test/jobs/context.ts'
import { type Install, makeInstall, runVerb, startVerb } from './operator.ts'

const SECRET = 'a secret of this test, and of nothing else'
const LOST = 120_000

test(
  'a backup without --out is one of the room: its row, its file and its line in the log are those of any other',
  async () => {
    await using install = await usedInstall()
    const made = await verb(install, 'backup', '--org', 'acme', '--json')
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const facts = JSON.parse(made.stdout)
    const [row, ...others] = await install.db.select().from(backups)
    expect(others).toEqual([])
    expect(row).toMatchObject({ kind: 'manual', state: 'complete', createdBy: null, sha256: facts.sha256 })
    expect(facts.file).toBe(join(folderOf(install), row?.name ?? ''))
    expect(await modesOf(install)).toEqual([0o700, 0o700, 0o600])
    expect(await eventsOf(install)).toEqual(['backup.created operator'])
    expect(await openJobs(install)).toEqual([])
  },
  LOST,
)

test(
  'a backup with --out is a file alone, and the log tells that somebody took it',
  async () => {
    await using install = await usedInstall()
    const file = join(install.root, 'mine.tar.gz')
    expect((await verb(install, 'backup', '--org', 'acme', '--out', file)).code).toBe(0)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await install.db.$count(backups)).toBe(0)
    expect(await eventsOf(install)).toEqual(['backup.downloaded operator'])
    expect((await verb(install, 'backup', '--org', 'acme', '--out', file)).code).toBe(1)
    expect(await eventsOf(install)).toHaveLength(1)
  },
  LOST,
)

test(
  'a restore is one of the room: a safety backup that is listed, a row, and a line in the log',
  async () => {
    await using install = await usedInstall()
    const file = join(install.root, 'mine.tar.gz')
    await verb(install, 'backup', '--org', 'acme', '--out', file)
    await rename(install, 'Changed')
    const restored = await restore(install, file, '--json')
    expect(restored.code).toBe(0)
    expect(await nameOf(install)).toBe('acme')
    const [safety] = await install.db.select().from(backups)
    expect(JSON.parse(restored.stdout)).toEqual({ rows: 3, tables: 13, safety_backup: safety?.name })
    expect(safety).toMatchObject({ kind: 'safety', state: 'complete', createdBy: null })
    expect(await readdir(folderOf(install))).toEqual([safety?.name ?? ''])
    expect(await modesOf(install)).toEqual([0o700, 0o700, 0o600])
    const [done] = await install.db.select().from(restores)
    const told = { state: 'complete', step: 'ended', backupId: null, safetyBackupId: safety?.id, createdBy: null }
    expect(done).toMatchObject(told)
    expect(await eventsOf(install)).toEqual(
      ['backup.downloaded', 'backup.created', 'backup.restored'].map((action) => `${action} operator`),
    )
    // The safety backup, by its file, is known as itself.
    expect((await restore(install, join(folderOf(install), safety?.name ?? ''))).code).toBe(0)
    expect(await nameOf(install)).toBe('Changed')
    const [, back] = await install.db.select().from(restores).orderBy(asc(restores.id))
    expect(back).toMatchObject({ state: 'complete', backupId: safety?.id })
    expect(await openJobs(install)).toEqual([])
  },
  LOST,
)

test(
  'a file that is no backup is refused before anything is saved; of one that is spoilt further on row and log tell',
  async () => {
    await using install = await usedInstall()
    const file = join(install.root, 'none.tar.gz')
    await Bun.write(file, 'no backup')
    expect((await restore(install, file)).code).toBe(1)
    expect([await install.db.$count(backups), await install.db.$count(restores)]).toEqual([0, 0])
    const whole = join(install.root, 'mine.tar.gz')
    await verb(install, 'backup', '--org', 'acme', '--out', whole)
    const edit = ({ tables }: Content) => {
      tables.orgs = `${tables.orgs}x`
    }
    const spoilt = await repack(whole, { edit, isHonest: false })
    expect((await restore(install, spoilt)).code).toBe(1)
    expect(await install.db.select().from(restores)).toMatchObject([{ state: 'failed', step: 'ended' }])
    expect((await eventsOf(install)).slice(-2)).toEqual(['backup.created operator', 'backup.restore_failed operator'])
    expect((await restore(install, join(install.root, 'absent'))).code).toBe(1)
    expect([await install.db.$count(restores), await nameOf(install)]).toEqual([1, 'acme'])
  },
  LOST,
)

test(
  'nothing begins while the org is backed up or restored, and the other org is not in the way',
  async () => {
    await using install = await usedInstall()
    const file = join(install.root, 'mine.tar.gz')
    await verb(install, 'backup', '--org', 'acme', '--out', file)
    const [other] = await install.db
      .insert(orgs)
      .values({ slug: 'beta', name: 'beta', createdAt: new Date() })
      .returning({ id: orgs.id })
    for (const [orgId, code] of [
      [1, 1],
      [other?.id ?? 0, 0],
    ] as const) {
      await install.db.delete(restores)
      await install.db.insert(restores).values({ orgId, state: 'running', step: 'loading', createdAt: new Date() })
      const answers = [await verb(install, 'backup', '--org', 'acme'), await restore(install, file)]
      expect(answers.map((answer) => answer.code)).toEqual([code, code])
      if (code === 1) for (const { stderr } of answers) expect(stderr).toContain('A backup is being restored. Wait')
    }
    await install.db.delete(restores)
    await install.db.update(backups).set({ state: 'running' }).where(eq(backups.kind, 'manual'))
    expect((await restore(install, file)).stderr).toContain('A backup is being made already. Wait')
  },
  LOST,
)

for (const who of ['a server', 'the next command']) {
  test(
    `a restore that was killed is given up by ${who}, and nothing runs for ever`,
    async () => {
      await using install = await usedInstall()
      const file = join(install.root, 'mine.tar.gz')
      await verb(install, 'backup', '--org', 'acme', '--out', file)
      await rename(install, 'Changed')
      await killAtRestoring(install)
      const [cut] = await install.db.select().from(restores)
      expect(cut).toMatchObject({ state: 'running' })
      expect((await restore(install, file)).stderr).toContain('A backup is being restored. Wait')
      await install.db
        .update(jobs)
        .set({ lockedUntil: new Date(0) })
        .where(eq(jobs.state, 'running'))
      if (who === 'a server') await serveUntilEnded(install)
      else expect((await verb(install, 'backup', '--org', 'acme')).code).toBe(0)
      const [ended] = await install.db.select().from(restores)
      expect(ended).toMatchObject({ state: 'failed', step: 'ended' })
      expect(await install.db.$count(backups, eq(backups.state, 'running'))).toBe(0)
      expect(await nameOf(install)).toBe('Changed')
      expect((await restore(install, file)).code).toBe(0)
      expect(await nameOf(install)).toBe('acme')
    },
    LOST,
  )
}

/** A pipe that nobody writes to: the restore waits for its first byte for as long as it lives. */
async function killAtRestoring(install: Install): Promise<void> {
  const pipe = join(install.root, 'pipe.tar.gz')
  expect(Bun.spawnSync(['mkfifo', pipe]).exitCode).toBe(0)
  await using child = startVerb(['restore', pipe, '--org', 'acme', '--confirm', 'RESTORE acme'], envOf(install))
  await eventually(async () => (await install.db.$count(backups, eq(backups.state, 'complete'))) === 1, 20_000)
  child.kill('SIGKILL')
  await child.ended()
}

async function serveUntilEnded(install: Install): Promise<void> {
  await using ctx = await install.open({ JWT_SECRET: SECRET })
  await using _worker = startWorker(ctx, platformJobs, { pollMs: 20 })
  await eventually(async () => (await install.db.$count(restores, eq(restores.state, 'running'))) === 0, 20_000)
}

async function usedInstall(): Promise<Install> {
  const install = await makeInstall()
  const env = { ...envOf(install), HONEYFRAME_PASSWORD: 'correct horse battery' }
  const made = await runVerb(['user', 'create', '--email', 'ada@example.com', '--org', 'acme'], env)
  expect(made.code).toBe(0)
  return install
}

function envOf({ env }: Install) {
  return { ...env, JWT_SECRET: SECRET }
}

function verb(install: Install, ...argv: string[]) {
  return runVerb(argv, envOf(install))
}

function restore(install: Install, file: string, ...more: string[]) {
  return verb(install, 'restore', file, '--org', 'acme', '--confirm', 'RESTORE acme', ...more)
}

function folderOf({ dataDir }: Install): string {
  return join(dataDir, '_backups', 'acme')
}

/** Of the folder of all backups, of the org's, and of the one in it. */
async function modesOf(install: Install): Promise<number[]> {
  const folder = folderOf(install)
  const paths = [join(folder, '..'), folder, ...(await readdir(folder)).map((name) => join(folder, name))]
  return await Promise.all(paths.map(async (path) => (await stat(path)).mode & 0o777))
}

async function eventsOf({ db }: Install): Promise<string[]> {
  const rows = await db.select().from(auditLog).orderBy(asc(auditLog.id))
  return rows
    .filter(({ action }) => action.startsWith('backup.'))
    .map(({ action, actorLabel }) => `${action} ${actorLabel}`)
}

/** Of those that make backups and restore them. */
async function openJobs({ db }: Install): Promise<string[]> {
  const rows = await db.select().from(jobs)
  const isOpen = (state: string) => state === 'waiting' || state === 'running'
  return rows.flatMap(({ kind, state }) => (/^backup\.(create|restore)$/.test(kind) && isOpen(state) ? [kind] : []))
}

async function rename({ db }: Install, name: string): Promise<void> {
  await db.update(orgs).set({ name }).where(eq(orgs.slug, 'acme'))
}

async function nameOf({ db }: Install): Promise<string | undefined> {
  const [org] = await db.select().from(orgs).where(eq(orgs.slug, 'acme'))
  return org?.name
}
