import { describe, expect, test } from 'bun:test'
import { sourceFiles } from './source.ts'
import { FILE_LINES_MAX, linesOf, MEDIAN_LINES_MAX, P95_LINES_MAX, percentile, tidyFaults } from './tidy.ts'

const FOLDERS = ['src', 'views', 'migrations', 'scripts', 'test']

describe('a tidy house', () => {
  test('no file breaks a rule of size, name or home', async () => {
    const files = await sourceFiles(...FOLDERS)
    expect(files.length).toBeGreaterThan(100)
    expect(files.flatMap(tidyFaults)).toEqual([])
  })

  test('half of the program files are short, and nearly all fit on a few screens', async () => {
    const lines = (await sourceFiles('src', 'views', 'scripts')).map(linesOf)
    expect(percentile(lines, 0.5)).toBeLessThanOrEqual(MEDIAN_LINES_MAX)
    expect(percentile(lines, 0.95)).toBeLessThanOrEqual(P95_LINES_MAX)
  })

  const long = (count: number) => Array.from({ length: count }, (_, line) => `  void ${line}`).join('\n')

  const planted: [fault: string, path: string, text: string][] = [
    ['a file too long', 'src/http/gate.ts', long(FILE_LINES_MAX + 1)],
    ['a function too long', 'src/http/gate.ts', `function f() {\n${long(70)}\n}`],
    ['an arrow too long', 'test/http/gate.test.ts', `test('x', async () => {\n${long(70)}\n})`],
    ['a method too long', 'src/http/gate.ts', `const o = { f() {\n${long(70)}\n} }`],
    ['a name that says nothing', 'src/http/utils.ts', ''],
    ['an index', 'src/http/index.ts', ''],
    ['a name in camel case', 'src/http/rateLimit.ts', ''],
    ['any as an annotation', 'test/x.test.ts', 'const a: any = 1'],
    ['any as a cast', 'src/http/gate.ts', 'const a = 1 satisfies any'],
    ['any as an argument', 'src/http/gate.ts', 'const a = new Map<string, any>()'],
    ['a default export', 'src/http/gate.ts', 'export default 1'],
    ['an arrow in place of a declaration', 'src/http/gate.ts', 'export const f = () => 1'],
    ['a console', 'src/http/gate.ts', `console.log('x')`],
    ['an environment', 'src/http/gate.ts', 'process.env.PORT'],
    ['an environment by another name', 'src/config/config.ts', `process['env']`],
    ['an environment by a third name', 'src/config/config.ts', 'Bun.env.PORT'],
    ['a sudden end', 'src/cli/serve.ts', 'process.exit(1)'],
    ['a process', 'src/host/systemd.ts', `Bun.spawn(['ls'])`],
    ['a shell', 'src/host/systemd.ts', `import { $ } from 'bun'`],
    ['a process the old way', 'src/host/systemd.ts', `import { execFile } from 'node:child_process'`],
    ['a clock of its own', 'src/http/gate.ts', 'new Date()'],
    ['a clock by another name', 'views/x.tsx', 'Date.now()'],
    ['a cast', 'src/http/gate.ts', 'const a = b as string'],
    ['a request past the egress guard', 'src/platform/x.ts', `fetch('https://a.test')`],
    ['a request by a module', 'src/platform/x.ts', `import { isIP, connect } from 'node:net'`],
    ['a request by a module that is loaded late', 'src/platform/x.ts', `await import('node:https')`],
    ['a name looked up past the guard', 'src/platform/x.ts', `import { lookup } from 'node:dns/promises'`],
    ["a request by Bun's own client", 'src/platform/x.ts', 'new Bun.S3Client({})'],
    ['the same by an import', 'src/platform/x.ts', `import { S3Client } from 'bun'`],
    ['a socket of the web', 'src/platform/x.ts', `new WebSocket('wss://a.test')`],
    ['a mail past the guard', 'src/platform/x.ts', `import { createTransport } from 'nodemailer'`],
    ['weak chance', 'src/lib/token.ts', 'Math.random()'],
    ['a note for later', 'src/http/gate.ts', '// TODO: later'],
    ['a silenced type', 'src/http/gate.ts', '// @ts-ignore\nconst a = 1'],
  ]

  for (const [fault, path, text] of planted) {
    test(`${fault} is found`, () => {
      expect(tidyFaults({ path, text })).toHaveLength(1)
    })
  }

  const allowed: [path: string, text: string][] = [
    ['src/cli/serve.ts', `console.log('x')`],
    ['src/lib/clock.ts', 'new Date()'],
    ['src/config/environment.ts', 'process.env'],
    ['src/lib/exec.ts', `Bun.spawn(['ls'])`],
    ['src/lib/safe-fetch.ts', `import { request } from 'node:https'`],
    ['src/platform/x.ts', `import { isIP, type Socket } from 'node:net'\nctx.egress.fetch('https://a.test')`],
    ['src/platform/x.ts', `import type { IncomingMessage } from 'node:http'`],
    ['src/http/gate.ts', `// console.log, process.env and any in words\nconst text = 'new Date() as any'`],
    ['src/http/gate.ts', `function f() {\n${long(68)}\n}`],
    ['src/http/gate.ts', 'function f() { const g = () => 1; return g }'],
    ['test/x.test.ts', `describe('x', () => {\n${long(200)}\n})`],
    ['src/http/gate.ts', `const a = ['x'] as const`],
    ['migrations/index.ts', 'export const migrations = []'],
  ]

  test('what the house allows is not called a fault', () => {
    expect(allowed.flatMap(([path, text]) => tidyFaults({ path, text }))).toEqual([])
  })

  test('percentiles are read from the files that exist', () => {
    expect(percentile([5, 1, 3, 2, 4], 0.5)).toBe(3)
    expect(
      percentile(
        Array.from({ length: 100 }, (_, index) => index + 1),
        0.95,
      ),
    ).toBe(95)
  })
})
