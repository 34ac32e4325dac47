import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync, linkSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { engine } from '#db/columns.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { measureFolder } from '#lib/folder-size.ts'
import { findStorage, orgFolder, refreshStorage } from '#platform/usage/storage.ts'
import { makeOrg } from '#test/support/app.ts'
import { openUsage, type Usage } from './arrange.ts'

const LIMITS = { entriesMax: 1_000, msMax: 60_000 }
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'honeyframe-size-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function put(path: string, bytes: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '')
  await truncate(path, bytes)
}

describe('the size of a folder', () => {
  test('is that of all files at any depth, and nothing for one that is not there', async () => {
    const own = join(folder, 'plain')
    await put(join(own, 'a'), 10)
    await put(join(own, 'deep/er/b'), 100)
    await put(join(own, 'deep/empty'), 0)
    expect(await measureFolder(own, LIMITS)).toEqual({ bytes: 110, files: 3, isWhole: true })
    expect(await measureFolder(join(folder, 'nowhere'), LIMITS)).toEqual({ bytes: 0, files: 0, isWhole: true })
    expect(await measureFolder(join(own, 'a'), LIMITS)).toEqual({ bytes: 0, files: 0, isWhole: true })
  })

  test('neither follows nor counts a link: to a file, to a folder, to its own, or where the folder should be', async () => {
    const [own, outside] = [join(folder, 'linked'), join(folder, 'outside')]
    await put(join(own, 'a'), 10)
    await put(join(outside, 'secret'), 5_000)
    await symlink(join(outside, 'secret'), join(own, 'file-link'))
    await symlink(outside, join(own, 'folder-link'))
    await symlink('..', join(own, 'upwards'))
    await symlink('.', join(own, 'itself'))
    await symlink('/dev/zero', join(own, 'device'))
    expect(await measureFolder(own, LIMITS)).toEqual({ bytes: 10, files: 1, isWhole: true })
    await symlink(outside, join(folder, 'root-link'))
    expect(await measureFolder(join(folder, 'root-link'), LIMITS)).toEqual({ bytes: 0, files: 0, isWhole: true })
    expect((await measureFolder(outside, LIMITS)).bytes).toBe(5_000)
  })

  test('ends at its limits and says so, and stops when told', async () => {
    const own = join(folder, 'many')
    for (let file = 0; file < 60; file++) await put(join(own, `d${file % 7}`, String(file)), 1)
    const some = await measureFolder(own, { ...LIMITS, entriesMax: 40 })
    expect([some.isWhole, some.files > 0, some.files < 60]).toEqual([false, true, true])
    expect((await measureFolder(own, { ...LIMITS, msMax: -1 })).isWhole).toBe(false)
    const stopped = measureFolder(own, { ...LIMITS, signal: AbortSignal.abort() })

    await expect(stopped).rejects.toThrow()
    expect(await measureFolder(own, LIMITS)).toEqual({ bytes: 60, files: 60, isWhole: true })
  })
})

// No database has a part in it.
describe.if(engine === 'sqlite')('a walk over 20,000 files and 5,000 links', () => {
  const [FILES, LINKS] = [20_000, 5_000]
  /** Far more than the walk takes between two turns, and few enough for 50 ms. */
  const ENTRIES_IN_A_TURN_MAX = 1_000
  let own = ''

  /** How often others had their turn while the work went on. */
  async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
    let turns = 0
    let isOver = false
    const count = () => {
      turns++
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    await work()
    isOver = true
    return turns
  }

  beforeAll(async () => {
    // In memory, where there is any: a disk takes seconds for so many.
    own = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'honeyframe-wide-'))
    await put(join(own, 'files/0'), 3)
    await mkdir(join(own, 'links'))
    for (let entry = 1; entry < FILES; entry++) linkSync(join(own, 'files/0'), join(own, `files/${entry}`))
    for (let entry = 0; entry < LINKS; entry++) symlinkSync('../files/0', join(own, `links/${entry}`))
  })

  afterAll(() => rm(own, { recursive: true, force: true }))

  for (const [what, entries, files] of [
    ['files', FILES, FILES],
    ['links', LINKS, 0],
  ] as const) {
    test(`lets others have their turn all along the ${what}`, async () => {
      const limits = { entriesMax: 2 * entries, msMax: 60_000 }
      const turns = await turnsDuring(async () => {
        expect(await measureFolder(join(own, what), limits)).toEqual({ bytes: 3 * files, files, isWhole: true })
      })
      expect(turns).toBeGreaterThan(entries / ENTRIES_IN_A_TURN_MAX)
    })
  }

  test('would be seen to keep everybody waiting, did it read all at once', async () => {
    const walk = async () => {
      for (const name of readdirSync(join(own, 'files'))) await statSync(join(own, 'files', name))
    }
    expect(await turnsDuring(walk)).toBeLessThanOrEqual(FILES / ENTRIES_IN_A_TURN_MAX)
  })
})

describe('the storage of an org', () => {
  const file = ({ app, orgId }: Usage, name: string, id = orgId) => join(orgFolder(app.ctx, id), name)

  test('is what lies under its own folder, and nothing of another org', async () => {
    await using usage = await openUsage()
    const { app, scope, scopeIn } = usage
    const other = await makeOrg(app.ctx)
    await put(file(usage, 'uploads/a.csv'), 300)
    await put(file(usage, 'b', other.orgId), 7_000)
    await symlink(orgFolder(app.ctx, other.orgId), file(usage, 'theirs'))
    expect(await findStorage(app.ctx, scope)).toMatchObject({ bytes: 300, files: 1, isWhole: true })
    expect(await findStorage(app.ctx, scopeIn(other.orgId))).toMatchObject({ bytes: 7_000, files: 1 })
  })

  test('is walked at most once in five minutes, and anew when asked for', async () => {
    await using usage = await openUsage()
    const { app, scope } = usage
    const bytes = async () => (await findStorage(app.ctx, scope)).bytes
    expect(await bytes()).toBe(0)
    await put(file(usage, 'a'), 10)
    expect(await bytes()).toBe(0)
    usage.time.ms += 5 * MINUTE_MS - 1
    expect(await bytes()).toBe(0)
    usage.time.ms += 1
    expect(await bytes()).toBe(10)
    await put(file(usage, 'b'), 100)
    expect(await bytes()).toBe(10)
    expect((await refreshStorage(app.ctx, scope)).bytes).toBe(110)
    expect(await bytes()).toBe(110)
  })

  test('sees what was there when a refresh was asked for, though a walk was under way', async () => {
    await using usage = await openUsage()
    const { app, scope } = usage
    const running = findStorage(app.ctx, scope)
    await put(file(usage, 'a'), 10)
    const refreshed = await Promise.all(Array.from({ length: 20 }, () => refreshStorage(app.ctx, scope)))
    await running
    expect(new Set(refreshed.map(({ bytes }) => bytes))).toEqual(new Set([10]))
  })
})
