import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEVELOPMENT_LICENSE_KEYS } from '#config/development-license-key.ts'
import { verifyLicense } from '#core/license/verify.ts'
import { localRunner } from '#lib/exec.ts'
import { readLicenseKeys } from '#scripts/license-keys.ts'
import { developmentSigningKey, publicKeyOf } from '#scripts/license-signing.ts'

const GRANT = ['--org', 'acme', '--customer', 'Acme Ltd', '--tier', 'starter', '--expires', '2099-12-31']

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-vendor-'))
})
afterEach(() => rm(folder, { recursive: true }))

const generate = (...argv: string[]) =>
  localRunner.run([process.execPath, 'scripts/generate-license.ts', ...argv], { timeoutMs: 30_000 })
const makeKeys = (keyId = '2026-a') => generate('keys', '--kid', keyId, '--out', folder)
const keyOptions = (keyId = '2026-a') => ['--key', join(folder, `${keyId}.private.pem`), '--kid', keyId]

function licenseOf(text: string, keys: Readonly<Record<string, string>>) {
  const verdict = verifyLicense(text, keys)
  if (verdict.outcome === 'invalid') throw verdict.fault
  return verdict.license
}

describe('the vendor’s tool', () => {
  test('makes a pair: a private key that only its owner reads, and the file that a build takes', async () => {
    expect((await makeKeys()).code).toBe(0)
    expect((await readdir(folder)).sort()).toEqual(['2026-a.private.pem', '2026-a.public.json'])
    expect((await stat(join(folder, '2026-a.private.pem'))).mode & 0o777).toBe(0o600)
    expect(Object.keys(await readLicenseKeys(join(folder, '2026-a.public.json')))).toEqual(['2026-a'])
  })

  test('signs what the program finds genuine, and nobody else’s key does', async () => {
    await Promise.all([makeKeys(), makeKeys('other')])
    const grants = ['--feature', 'chat_connector', '--feature', 'ai_dashboards', '--product', 'hub_cloud']
    const limits = ['--users-limit', '25', '--grace-days', '7', '--license-id', 'L-1', '--issued', '2026-01-01']
    const { code, stdout, stderr } = await generate('sign', ...keyOptions(), ...GRANT, ...grants, ...limits)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const keys = await readLicenseKeys(join(folder, '2026-a.public.json'))
    expect(licenseOf(stdout, keys)).toEqual({
      ...{ version: 1, keyId: '2026-a', licenseId: 'L-1', customer: 'Acme Ltd', orgSlug: 'acme', tier: 'starter' },
      ...{ products: ['hub_cloud'], features: ['chat_connector', 'ai_dashboards'], usersLimit: 25, graceDays: 7 },
      ...{ issuedAt: new Date('2026-01-01T00:00:00Z'), expires: new Date('2100-01-01T00:00:00Z') },
    })
    const { other } = await readLicenseKeys(join(folder, 'other.public.json'))
    expect(() => licenseOf(stdout, { '2026-a': other ?? '' })).toThrow('The signature does not fit')
  })

  test('grants hub_platform, no feature and no limit unless told, under a new id, from now', async () => {
    const [one, two] = await Promise.all([
      generate('sign', '--development', ...GRANT),
      generate('sign', '--development', ...GRANT),
    ])
    const [first, second] = [one, two].map(({ stdout }) => licenseOf(stdout, DEVELOPMENT_LICENSE_KEYS))
    expect(first).toMatchObject({ products: ['hub_platform'], features: [], usersLimit: null, graceDays: 14 })
    expect(first?.licenseId).not.toBe(second?.licenseId)
    expect(Math.abs((first?.issuedAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  test('writes to a new file, and overwrites neither a licence nor a key', async () => {
    await makeKeys()
    const out = join(folder, 'acme.license.json')
    expect((await generate('sign', ...keyOptions(), ...GRANT, '--out', out)).code).toBe(0)
    const paths = (await readdir(folder)).map((name) => join(folder, name))
    const before = await Promise.all(paths.map((path) => Bun.file(path).text()))
    for (const again of [await generate('sign', ...keyOptions(), ...GRANT, '--out', out), await makeKeys()]) {
      expect([again.code, again.stdout]).toEqual([2, ''])
      expect(again.stderr).toContain('exists already')
    }
    for (const lost of ['2026-a.public.json', '2026-a.private.pem']) {
      const rest = (await readdir(folder)).filter((name) => name !== lost).sort()
      const kept = await Bun.file(join(folder, lost)).text()
      await rm(join(folder, lost))
      expect((await makeKeys()).code).toBe(2)
      expect((await readdir(folder)).sort()).toEqual(rest)
      await Bun.write(join(folder, lost), kept)
    }
    expect(await Promise.all(paths.map((path) => Bun.file(path).text()))).toEqual(before)
  })

  test('signs with no private key that others may read', async () => {
    await makeKeys()
    await chmod(join(folder, '2026-a.private.pem'), 0o644)
    const { code, stdout, stderr } = await generate('sign', ...keyOptions(), ...GRANT)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('may be read by others: chmod 600')
  })

  test('says how to use it, and ends with 0', async () => {
    for (const argv of [['--help'], ['sign', '--help'], ['keys', '-h']]) {
      const { code, stdout } = await generate(...argv)
      expect(code).toBe(0)
      expect(stdout).toStartWith('Usage: bun scripts/generate-license.ts keys')
    }
  })

  test('says which feature this version does not know, and signs all the same', async () => {
    const { code, stdout, stderr } = await generate('sign', '--development', ...GRANT, '--feature', 'of_tomorrow')
    expect([code, stderr]).toEqual([0, 'generate-license: this version knows no feature "of_tomorrow".\n'])
    expect(licenseOf(stdout, DEVELOPMENT_LICENSE_KEYS).features).toEqual(['of_tomorrow'])
  })
})

describe('the vendor’s tool refuses', () => {
  const without = (option: string) => GRANT.toSpliced(GRANT.indexOf(option), 2)
  const development = ['sign', '--development']
  const wrong: [what: string, argv: string[], words: string][] = [
    ['no action', [], 'keys or sign'],
    ['keys without an id', ['keys', '--out', '/tmp'], '--kid is missing'],
    ['keys with an id that leads elsewhere', ['keys', '--kid', '../x', '--out', '/tmp'], '--kid takes letters'],
    ['the id of everybody’s key', ['keys', '--kid', 'development', '--out', '/tmp'], 'everybody’s'],
    ['to sign without a key', ['sign', '--kid', 'a', ...GRANT], '--key is missing'],
    ['two keys', [...development, '--kid', 'a', ...GRANT], 'leave out --key and --kid'],
    ['a key that is none', ['sign', '--kid', 'a', '--key', '/dev/null', ...GRANT], '/dev/null'],
    ['no customer', [...development, ...without('--customer')], '--customer is missing'],
    ['no end', [...development, ...without('--expires')], '--expires is missing'],
    ['no org', [...development, ...without('--org')], 'Give --org SLUG or --every-org'],
    ['one org and every org', [...development, ...GRANT, '--every-org'], 'Give --org SLUG or --every-org'],
    ['an org that is no slug', [...development, ...GRANT, '--org', 'Acme'], 'license.org_slug must be'],
    ['a tier that is none', [...development, ...GRANT, '--tier', 'cloud'], 'license.tier must be'],
    ['a date that is none', [...development, ...GRANT, '--expires', '2027-02-30'], '--expires takes a date'],
    ['an end before its start', [...development, ...GRANT, '--expires', '2020-01-01'], 'must be later than issued_at'],
    ['a limit of nobody', [...development, ...GRANT, '--users-limit', '0'], '--users-limit takes a whole number'],
    ['an empty feature', [...development, ...GRANT, '--feature', ''], 'license.features must be'],
  ]

  for (const [what, argv, words] of wrong) {
    test(`${what}, with one sentence and 2`, async () => {
      const { code, stdout, stderr } = await generate(...argv)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toMatch(/^generate-license: [^\n]+\n$/)
      expect(stderr).toContain(words)
    })
  }
})

describe('the development key', () => {
  test('of the program is the public half of the one that the tool signs with', () => {
    expect(DEVELOPMENT_LICENSE_KEYS).toEqual({ development: publicKeyOf(developmentSigningKey()) })
  })

  test('and the vendor’s tool are no part of the program or of its installer', async () => {
    const files = [
      ...new Bun.Glob('{src,views,migrations}/**/*').scanSync('.'),
      'install.sh',
      'scripts/toolchain.sh',
      'scripts/build.ts',
    ]
    expect(files.length).toBeGreaterThan(100)
    for (const file of files) {
      expect([file, /generate-license|license-signing/.test(await Bun.file(file).text())]).toEqual([file, false])
    }
  })
})
