import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#test/support/ports.ts'
import { EXECUTABLE, start } from './executable.ts'

setDefaultTimeout(60_000)

const SETUP_LINK = /http:\/\/localhost:\d+\/setup\?token=[\w-]+/

let prefix = ''
beforeEach(async () => {
  prefix = join(await mkdtemp(join(tmpdir(), 'hf-prefix-')), 'own')
})
afterEach(() => rm(join(prefix, '..'), { recursive: true }))

describe('an installation', () => {
  test('in a folder of its own starts at once, upgrades in place and keeps its data', async () => {
    const port = freePort()
    const secrets: string[] = []
    for (const options of [['--port', String(port)], []]) {
      await using server = start([EXECUTABLE, 'install', '--prefix', prefix, ...options])
      const [link] = await server.says(SETUP_LINK)
      expect((await fetch(link)).status).toBe(200)
      expect(new URL(link).port).toBe(String(port))
      server.kill('SIGTERM')
      expect(await server.ended()).toBe(0)
      secrets.push(await Bun.file(join(prefix, 'var/lib/honeyframe/jwt-secret')).text())
    }
    expect(secrets[0]).toBe(secrets[1] ?? 'no second')
    expect(await readdir(join(prefix, 'bin'))).toEqual(['honeyframe'])
    expect((await stat(join(prefix, 'etc/honeyframe/honeyframe.env'))).mode & 0o777).toBe(0o600)
  })

  test('keeps the process: what was started as install is what serves', async () => {
    await using server = start([EXECUTABLE, 'install', '--prefix', prefix, '--port', String(freePort())])
    await server.says(SETUP_LINK)
    const [program = ''] = (await Bun.file(`/proc/${server.pid}/cmdline`).text()).split('\0')
    expect(program).toBe(join(prefix, 'bin/honeyframe'))
  })

  test('by ./install.sh goes from this folder to a page that answers', async () => {
    const port = freePort()
    await using server = start(['./install.sh', '--prefix', prefix, `--port=${port}`, '--no-service'])
    const [link] = await server.says(SETUP_LINK)
    expect(await (await fetch(link)).text()).toContain('<form')
    server.kill('SIGTERM')
    expect(await server.ended()).toBe(0)
  })

  const wrong: [what: string, argv: string[], code: number, words: string][] = [
    ['an unknown option', ['--prefx', 'x'], 2, 'unknown option --prefx'],
    ['an option without its value', ['--port'], 2, '--port needs a value'],
  ]

  for (const [what, argv, code, words] of wrong) {
    test(`by ./install.sh with ${what} is refused before anything is built`, async () => {
      await using script = start(['./install.sh', ...argv])
      expect(await script.ended()).toBe(code)
      expect(script.said()).toContain(words)
    })
  }

  test('as a service in a folder of its own is wrong usage', async () => {
    await using program = start([EXECUTABLE, 'install', '--prefix', prefix, '--service'])
    expect(await program.ended()).toBe(2)
    expect(program.said()).toContain('--service works for the prefix / only.')
  })
})
