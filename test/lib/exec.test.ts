import { expect, test } from 'bun:test'
import { localRunner, OUTPUT_BYTES_MAX } from '#lib/exec.ts'

const TIMEOUT_MS = 10_000

test('a program gets its input and tells its output, errors and exit code', async () => {
  const result = await localRunner.run(['sh', '-c', 'cat; echo bad >&2; exit 3'], {
    stdin: 'hi',
    timeoutMs: TIMEOUT_MS,
  })
  expect(result).toEqual({ code: 3, stdout: 'hi', stderr: 'bad\n' })
})

test('arguments reach the program as they are, with no shell between', async () => {
  const argv = ['printf', '%s|', '$HOME', '; rm -rf x', '*', '"', "'", 'a b', '']
  const { stdout } = await localRunner.run(argv, { timeoutMs: TIMEOUT_MS })
  expect(stdout).toBe('$HOME|; rm -rf x|*|"|\'|a b||')
})

test('of our environment a program sees nothing', async () => {
  const { stdout } = await localRunner.run(['env'], { timeoutMs: TIMEOUT_MS, env: { GIVEN: 'yes' } })
  const names = stdout.split('\n').flatMap((line) => (line ? [line.split('=')[0]] : []))
  expect(names.toSorted()).toEqual(['GIVEN', 'LANG', 'PATH'])
})

test('a slow program is killed with its children', async () => {
  const mark = `${process.pid}.${Math.floor(performance.now())}`
  const startedAt = performance.now()
  const running = localRunner.run(['sh', '-c', `sleep 30${mark.replace('.', '')} & sleep 31; true`], { timeoutMs: 200 })
  await expect(running).rejects.toMatchObject({ code: 'timed_out', message: 'sh took longer than 200 ms' })
  expect(performance.now() - startedAt).toBeLessThan(5_000)
  await Bun.sleep(100)
  const { stdout } = await localRunner.run(['ps', '-eo', 'args'], { timeoutMs: TIMEOUT_MS })
  expect(stdout).not.toContain(`sleep 30${mark.replace('.', '')}`)
})

test('a program that does not exist is an error that names it and not its arguments', async () => {
  const running = localRunner.run(['/no/such/program', 'canary'], { timeoutMs: TIMEOUT_MS })
  await expect(running).rejects.toMatchObject({ code: 'not_started', message: '/no/such/program could not be started' })
})

test('a program ended by a signal has a code of 128 and more', async () => {
  const { code } = await localRunner.run(['sh', '-c', 'kill -KILL $$'], { timeoutMs: TIMEOUT_MS })
  expect(code).toBe(137)
})

test('output beyond the limit is dropped, and the program ends all the same', async () => {
  const argv = ['sh', '-c', `head -c ${OUTPUT_BYTES_MAX * 3} /dev/zero | tr '\\0' x; echo done >&2`]
  const { code, stdout, stderr } = await localRunner.run(argv, { timeoutMs: TIMEOUT_MS })
  expect([code, stdout.length, stderr]).toEqual([0, OUTPUT_BYTES_MAX, 'done\n'])
})
