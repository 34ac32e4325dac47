import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEVELOPMENT_LICENSE_KEYS } from '#config/development-license-key.ts'
import { localRunner } from '#lib/exec.ts'
import { developmentSigningKey } from '#scripts/license-signing.ts'
import { KEY_ID, KEYS, licenseText } from '#test/support/license.ts'
import { EXECUTABLE } from './executable.ts'

setDefaultTimeout(120_000)

const FAR = { expires: '2999-12-31', issued_at: '2020-01-01' }

let folder = ''
let release = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-release-'))
  release = join(folder, 'honeyframe')
  await Bun.write(join(folder, 'keys.json'), JSON.stringify(KEYS))
  await Bun.write(join(folder, 'vendor.json'), licenseText(FAR))
  const ofDeveloper = licenseText({ ...FAR, kid: 'development' }, developmentSigningKey())
  await Bun.write(join(folder, 'developer.json'), ofDeveloper)
})
afterAll(() => rm(folder, { recursive: true }))

const build = (...options: string[]) =>
  localRunner.run([process.execPath, 'scripts/build.ts', '--outfile', release, ...options], { timeoutMs: 100_000 })

async function verify(executable: string, document: string): Promise<string> {
  const argv = [executable, 'license', 'verify', join(folder, document), '--json']
  const { stdout } = await localRunner.run(argv, { timeoutMs: 20_000, cwd: folder })
  const { status, reason } = JSON.parse(stdout)
  return [status, reason].filter(Boolean).join(' ')
}

async function holds(executable: string, text: string): Promise<boolean> {
  return Buffer.from(await Bun.file(executable).arrayBuffer()).includes(text)
}

describe('a release', () => {
  test('is not built without keys of a vendor, nor with the development key', async () => {
    await Bun.write(join(folder, 'development.json'), JSON.stringify(DEVELOPMENT_LICENSE_KEYS))
    for (const options of [['--release'], ['--release', '--license-keys', join(folder, 'development.json')]]) {
      const { code, stderr } = await build(...options)
      expect([code, stderr.startsWith('build: --release')]).toEqual([2, true])
    }
    expect(await Bun.file(release).exists()).toBe(false)
  })

  test('accepts what its vendor signs and nothing that a developer signs', async () => {
    const { code, stdout } = await build('--release', '--license-keys', join(folder, 'keys.json'))
    expect([code, stdout.includes(`licence keys: ${KEY_ID})`)]).toEqual([0, true])
    expect(await verify(release, 'vendor.json')).toBe('valid')
    expect(await verify(release, 'developer.json')).toBe('invalid unknown_key')
    expect(await holds(release, DEVELOPMENT_LICENSE_KEYS.development ?? '')).toBe(false)
    expect(await holds(release, KEYS[KEY_ID] ?? '')).toBe(true)
  })
})

describe('a build for development', () => {
  test('accepts what a developer signs and nothing that a vendor signs', async () => {
    expect(await verify(EXECUTABLE, 'developer.json')).toBe('valid')
    expect(await verify(EXECUTABLE, 'vendor.json')).toBe('invalid unknown_key')
  })

  test('holds nothing of the vendor’s tool', async () => {
    expect(await holds(EXECUTABLE, 'honeyframe license verify')).toBe(true)
    for (const text of ['generate-license', 'honeyframe development licence key']) {
      expect([text, await holds(EXECUTABLE, text)]).toEqual([text, false])
    }
  })
})
