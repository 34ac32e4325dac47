import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { placeCopy, placeText } from '#host/placement.ts'

const SOURCE_BYTES = 8 * 1024 * 1024
const KILLS = 16

let folder = ''
const at = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-place-'))
  await Bun.write(at('old'), 'o'.repeat(SOURCE_BYTES))
  await Bun.write(at('new'), 'n'.repeat(SOURCE_BYTES))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a file is put in its place', () => {
  test('with its mode, and its folder is made', async () => {
    await placeText('secret', at('made/on/the/way/file'), 0o600)
    expect(await Bun.file(at('made/on/the/way/file')).text()).toBe('secret')
    expect((await stat(at('made/on/the/way/file'))).mode & 0o777).toBe(0o600)
  })

  test('over another, and nothing else stays in the folder', async () => {
    await placeCopy(at('old'), at('bin/honeyframe'), 0o755)
    await placeCopy(at('new'), at('bin/honeyframe'), 0o755)
    expect(await Bun.file(at('bin/honeyframe')).slice(0, 1).text()).toBe('n')
    expect((await stat(at('bin/honeyframe'))).mode & 0o777).toBe(0o755)
    expect(await readdir(at('bin'))).toEqual(['honeyframe'])
  })

  test('and when the source is missing the old one stays', async () => {
    await placeText('old', at('kept'), 0o644)
    await expect(placeCopy(at('no-such-source'), at('kept'), 0o644)).rejects.toThrow('ENOENT')
    expect(await Bun.file(at('kept')).text()).toBe('old')
  })

  test('and what a killed attempt left is removed by the next', async () => {
    await Bun.write(at('swept/.file.new.4711'), 'half')
    await Bun.write(at('swept/.other.new.4711'), 'of another file')
    await placeText('whole', at('swept/file'), 0o644)
    expect((await readdir(at('swept'))).sort()).toEqual(['.other.new.4711', 'file'])
  })

  test('and a process that runs from the old file keeps running', async () => {
    await placeCopy('/bin/sleep', at('running'), 0o755)
    await using child = Bun.spawn([at('running'), '30'])
    await placeCopy('/bin/true', at('running'), 0o755)
    expect(child.exitCode).toBeNull()
    child.kill()
  })

  test('and a kill in the middle leaves the old file whole or the new one whole', async () => {
    await placeCopy(at('old'), at('target'), 0o755)
    const seen = new Set<string>()
    for (let round = 0; round < KILLS; round += 1) {
      const script = join(import.meta.dir, 'children/place-forever.ts')
      await using child = Bun.spawn([process.execPath, script, at('new'), at('old'), at('target')], { stdout: 'pipe' })
      await child.stdout.getReader().read()
      await Bun.sleep(round * 3)
      child.kill('SIGKILL')
      await child.exited
      const text = await Bun.file(at('target')).text()
      const letter = text[0] ?? ''
      expect('on').toContain(letter)
      expect(text === letter.repeat(SOURCE_BYTES)).toBe(true)
      seen.add(letter)
    }
    // The kills came at different moments, or the test proves nothing.
    expect([...seen].sort()).toEqual(['n', 'o'])
  })
})
