import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderUnit } from '#host/systemd.ts'
import { localRunner } from '#lib/exec.ts'

const MACHINE = {
  binary: '/usr/local/bin/honeyframe',
  environmentFile: '/etc/honeyframe/honeyframe.env',
  dataDir: '/var/lib/honeyframe',
  account: 'honeyframe',
}

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-unit-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Writes the unit with a program and an account that exist here, and asks systemd about it. */
async function analyze(facts: Partial<typeof MACHINE>, ...argv: string[]) {
  const path = join(folder, 'honeyframe.service')
  await Bun.write(path, renderUnit({ ...MACHINE, binary: '/usr/bin/true', account: 'daemon', ...facts }))
  return localRunner.run(['systemd-analyze', ...argv, path], { timeoutMs: 20_000 })
}

describe('the unit', () => {
  test('is the one in the golden file', async () => {
    expect(renderUnit(MACHINE)).toBe(await Bun.file(join(import.meta.dir, 'golden/honeyframe.service')).text())
  })

  test('is understood by systemd without a complaint', async () => {
    expect(await analyze({}, 'verify')).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('with a program that does not exist is refused by systemd', async () => {
    const { stderr } = await analyze({ binary: '/usr/bin/no-such-program' }, 'verify')
    expect(stderr).toContain('/usr/bin/no-such-program')
  })

  test('keeps a data folder with spaces and percent signs one word', async () => {
    const facts = { dataDir: '/srv/a folder/100%', environmentFile: '/srv/a folder/100%.env' }
    expect(await analyze(facts, 'verify')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(renderUnit({ ...MACHINE, ...facts })).toContain('ReadWritePaths="/srv/a folder/100%%"')
  })

  test('exposes less than systemd calls medium', async () => {
    const { code, stdout } = await analyze({}, 'security', '--offline=true', '--threshold=40')
    expect(stdout).toContain('Overall exposure level')
    expect(code).toBe(0)
  })

  test('clears the variables that would turn the executable into the Bun command line', () => {
    expect(renderUnit(MACHINE)).toContain('\nUnsetEnvironment=BUN_BE_BUN BUN_OPTIONS\n')
  })

  test('does not forbid memory that is written and run, which the runtime needs', () => {
    expect(renderUnit(MACHINE)).not.toContain('MemoryDenyWriteExecute')
  })
})
