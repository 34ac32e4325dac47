import { expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localRunner } from '#lib/exec.ts'

setDefaultTimeout(300_000)

/** e_machine of an ELF header (System V ABI). */
const MACHINES = { 'bun-linux-x64': 62, 'bun-linux-arm64': 183 } as const

for (const [target, machine] of Object.entries(MACHINES)) {
  test(`the build for ${target} is a 64-bit ELF executable for that machine`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'honeyframe-build-'))
    try {
      const outfile = join(folder, 'honeyframe')
      const argv = [process.execPath, 'scripts/build.ts', '--target', target, '--outfile', outfile]
      // The runtime of another machine is fetched from the npm registry, once.
      const { code, stderr } = await localRunner.run(argv, { timeoutMs: 240_000, env: ownEnvironment() })
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
      const header = Buffer.from(await Bun.file(outfile).slice(0, 20).arrayBuffer())
      expect(header.subarray(0, 5).toString('latin1')).toBe('\x7fELF\x02')
      expect(header.readUInt16LE(18)).toBe(machine)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
}

/** With the proxies and the home that a download may need. */
function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}
