import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localRunner } from '#lib/exec.ts'
import { freePort } from '#test/support/ports.ts'
import { EXECUTABLE } from './executable.ts'

const TIMEOUT_MS = 30_000

let empty = ''
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'hf-empty-'))
})
afterAll(() => rm(empty, { recursive: true }))

const inEmptyFolder = (argv: string[], env: Record<string, string> = {}) =>
  localRunner.run([EXECUTABLE, ...argv], { timeoutMs: TIMEOUT_MS, cwd: empty, env })

describe('the executable', () => {
  test('knows its version and when it was built', async () => {
    const { stdout } = await inEmptyFolder(['version', '--json'])
    const { version, commit, built_at: builtAt } = JSON.parse(stdout)
    expect(version).toBe((await Bun.file('package.json').json()).version)
    expect(commit === null || /^[0-9a-f]{40}(-dirty)?$/.test(commit)).toBe(true)
    expect(Date.parse(builtAt)).toBeGreaterThan(Date.parse('2025-01-01'))
  })

  test('carries nothing of the folder it was built in', async () => {
    const bytes = Buffer.from(await Bun.file(EXECUTABLE).arrayBuffer())
    expect(bytes.includes('honeyframe')).toBe(true)
    expect(bytes.includes(`${process.cwd()}/`)).toBe(false)
  })

  test('finds its migrations and its verbs in an empty folder, and leaves nothing there', async () => {
    const { code, stdout } = await inEmptyFolder(['migrate', '--status', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).length).toBeGreaterThan(0)
    for (const verb of ['serve', 'install', 'migrate', 'user', 'pat', 'version']) {
      expect((await inEmptyFolder([verb, '--help'])).stdout).toStartWith(`Usage: honeyframe ${verb}`)
    }
    expect(await readdir(empty)).toEqual([])
  })

  test('reads no .env and no bunfig.toml of the folder it runs in', async () => {
    expect((await inEmptyFolder(['migrate', '--status'], { PORT: 'abc' })).code).toBe(1)
    await Bun.write(join(empty, '.env'), 'PORT=abc\n')
    await Bun.write(join(empty, 'bunfig.toml'), 'preload = ["./no-such-file.ts"]\n')
    expect((await inEmptyFolder(['migrate', '--status'])).code).toBe(0)
  })

  test('says in one line which setting makes no sense', async () => {
    const { code, stdout, stderr } = await inEmptyFolder(['serve'], { PORT: '70000', DATA_DIR: join(empty, 'data') })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe('honeyframe: PORT must be a whole number from 0 to 65535.\n')
  })

  test('says in one line that its port is taken, without a stack or a line of its source', async () => {
    const port = freePort()
    await using _stranger = Bun.serve({ hostname: '127.0.0.1', port, fetch: () => new Response() })
    const { code, stderr } = await inEmptyFolder(['serve'], { PORT: String(port), DATA_DIR: join(empty, 'data') })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^honeyframe: [^\n]{1,300}\(?EADDRINUSE\)?[^\n]{0,100}\n$/)
  })
})
