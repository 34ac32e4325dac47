import { expect, test } from 'bun:test'
import { localRunner } from '#lib/exec.ts'

test('a source tree says that it is no release', async () => {
  const run = (...argv: string[]) => localRunner.run([process.execPath, 'src/main.ts', ...argv], { timeoutMs: 20_000 })
  expect((await run('version')).stdout).toBe('honeyframe 0.0.0-dev\n')
  expect(JSON.parse((await run('version', '--json')).stdout)).toEqual({
    version: '0.0.0-dev',
    commit: null,
    built_at: null,
  })
})
