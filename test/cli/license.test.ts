import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { licenseJson, licenseLines } from '#cli/license-report.ts'
import { licenseStateAt } from '#core/license/state.ts'
import { verifyLicense } from '#core/license/verify.ts'
import { localRunner } from '#lib/exec.ts'
import { developmentSigningKey } from '#scripts/license-signing.ts'
import { KEYS, licenseText } from '#test/support/license.ts'
import { runVerb } from './operator.ts'

const DAY_MS = 86_400_000
const SECRETS = { DATABASE_URL: 'postgres://nobody@192.0.2.1/none', DATA_DIR: '/nonexistent' }

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-license-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A file with a document that the program of this source tree accepts, ending so many days from now. */
async function documentFile(days: number, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const path = join(folder, `${Bun.randomUUIDv7()}.json`)
  const expires = new Date(Date.now() + days * DAY_MS).toISOString()
  await Bun.write(path, licenseText({ kid: 'development', expires, ...changes }, developmentSigningKey()))
  return path
}

/** The verb, with settings that lead nowhere: it must need none of them. */
const verify = (...argv: string[]) => runVerb(['license', 'verify', ...argv], SECRETS)

async function verifyJson(...argv: string[]) {
  const { code, stdout } = await verify(...argv, '--json')
  return { code, ...JSON.parse(stdout) }
}

describe('license verify', () => {
  test('says what a valid licence grants and ends with 0, needing no install', async () => {
    const path = await documentFile(30)
    const { code, stdout, stderr } = await verify(path)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const words of ['valid', 'Acme Ltd', 'acme', 'professional', 'hub_platform', 'at most 25', '30 days left']) {
      expect(stdout).toContain(words)
    }
    expect(stdout).toContain('chat_connector (Chat connector)')
    expect(await verifyJson(path)).toMatchObject({
      ...{ code: 0, status: 'valid', reason: null, customer: 'Acme Ltd', org_slug: 'acme', tier: 'professional' },
      ...{ days_remaining: 30, grace_days_remaining: 40, users_limit: 25, clock_suspect: false, key_id: 'development' },
    })
  })

  test('ends with 0 in the grace period and with 1 after it', async () => {
    const [grace, expired] = await Promise.all([documentFile(-3), documentFile(-11)])
    expect(await verifyJson(grace)).toMatchObject({
      code: 0,
      status: 'grace',
      days_remaining: 0,
      grace_days_remaining: 7,
    })
    expect((await verify(grace)).stdout).toContain('7 days left')
    expect(await verifyJson(expired)).toMatchObject({ code: 1, status: 'expired', grace_days_remaining: 0 })
  })

  test('for another org ends with 1, for its own and for an every-org licence with 0', async () => {
    const [one, every] = await Promise.all([documentFile(30), documentFile(30, { org_slug: null })])
    expect((await verify(one, '--org', 'acme')).code).toBe(0)
    expect(await verifyJson(one, '--org', 'globex')).toMatchObject({ code: 1, status: 'invalid', reason: 'other_org' })
    expect((await verify(every, '--org', 'globex')).code).toBe(0)
    expect((await verify(every)).stdout).toContain('every org of an install')
  })

  test('of a changed document says so, and shows nothing of what it claims', async () => {
    const path = await documentFile(30)
    await Bun.write(path, (await Bun.file(path).text()).replace('Acme Ltd', 'Evil Ltd'))
    const { code, stdout } = await verify(path)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^state {5}invalid\nreason {4}[^\n]+\(bad_signature\)\n$/)
    expect(await verifyJson(path)).toMatchObject({ status: 'invalid', reason: 'bad_signature', customer: null })
  })

  test('marks a feature that this version does not know', async () => {
    const { stdout } = await verify(await documentFile(30, { features: ['of_tomorrow', 'toString'] }))
    expect(stdout).toContain('of_tomorrow (unknown to this version), toString (unknown to this version)')
  })

  test('follows a link to a file', async () => {
    const link = join(folder, 'link.json')
    await symlink(await documentFile(30), link)
    expect((await verify(link)).code).toBe(0)
  })
})

describe('license verify of what is no licence file', () => {
  const cases: [what: string, make: (path: string) => Promise<unknown>, words: string][] = [
    ['that does not exist', async () => {}, 'does not exist'],
    ['below a file', async () => {}, 'does not exist'],
    ['that is a folder', (path) => localRunner.run(['mkdir', path], { timeoutMs: 5_000 }), 'is a folder'],
    ['that is a named pipe', (path) => localRunner.run(['mkfifo', path], { timeoutMs: 5_000 }), 'is no file'],
    ['that is a link to itself', (path) => symlink(path, path), 'circle of symbolic links'],
    ['of 10 MB', (path) => Bun.write(path, ' '.repeat(10_000_000)), 'is larger than 1024 KiB'],
    ['that is no UTF-8', (path) => Bun.write(path, new Uint8Array([0x7b, 0xff, 0x7d])), 'is not a text in UTF-8'],
  ]

  for (const [what, make, words] of cases) {
    test(`a path ${what} ends with 1 and one sentence`, async () => {
      const path = join(folder, Bun.randomUUIDv7())
      await make(path)
      const { code, stdout, stderr } = await verify(what === 'below a file' ? join(await documentFile(1), 'x') : path)
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/^honeyframe: [^\n]+\n$/)
      expect(stderr).toContain(words)
    })
  }

  test('a file of something else ends with 1 and says what is wrong', async () => {
    const texts = {
      '': 'not_json',
      hello: 'not_json',
      '{}': 'wrong_shape',
      '{"license":{},"license":{}}': 'duplicate_key',
    }
    for (const [text, reason] of Object.entries(texts)) {
      const path = join(folder, Bun.randomUUIDv7())
      await Bun.write(path, text)
      expect(await verifyJson(path)).toMatchObject({ code: 1, status: 'invalid', reason })
    }
  })

  test('wrong usage ends with 2', async () => {
    for (const argv of [[], ['verify'], ['verify', 'a', 'b'], ['install'], ['revoke'], ['verify', 'a', '--org']]) {
      expect((await runVerb(['license', ...argv], {})).code).toBe(2)
    }
  })
})

describe('the report', () => {
  const verdict = verifyLicense(licenseText(), KEYS)

  test('of a clock that was set back tells which time counts', () => {
    const now = new Date('2027-03-01T00:00:00Z')
    const time = { now, isClockSuspect: true }
    const lines = licenseLines(licenseStateAt(verdict, 'acme', now), time)
    expect(lines).toContain('state     expired\n')
    expect(lines).toContain('set back: 2027-03-01 00:00 UTC counts')
    expect(licenseJson({ status: 'missing' }, time)).toMatchObject({ status: 'missing', clock_suspect: true })
  })

  test('of a document of the future shows what it is and why it does not count', () => {
    const now = new Date('2025-06-01T00:00:00Z')
    const state = licenseStateAt(verdict, 'acme', now)
    expect(licenseJson(state, { now, isClockSuspect: false })).toMatchObject({
      ...{ status: 'invalid', reason: 'not_yet_valid', field: 'license.issued_at', customer: 'Acme Ltd' },
      ...{ days_remaining: null, grace_ends: null },
    })
  })
})
