import { environment } from '#config/environment.ts'

export type Outcome = { passed: number; failed: number }

const DONE: Outcome = { passed: 1, failed: 0 }
const FAILED: Outcome = { passed: 0, failed: 1 }
const TEST_TIMEOUT_MS = 60_000
/** What is summed up at the end, and what says nothing. */
const COUNTED = /^( *\d+ (pass|fail|skip|snapshots|expect\(\) calls).*|bun test v.*|)$/

/** Runs one tool and counts it as one check. What it says is shown only when it fails. */
export async function runTool(...argv: string[]): Promise<Outcome> {
  const child = Bun.spawn([process.execPath, ...argv], { env: bareEnvironment(), stdout: 'pipe', stderr: 'pipe' })
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code === 0) return DONE
  console.log(`${stdout}${stderr}`.trimEnd())
  return FAILED
}

/**
 * Runs test files and counts the tests. Failures are shown as they happen, each line behind the name of its lane, since several
 * run at a time. A file never sees what another one left in memory.
 */
export async function runTests(
  lane: string,
  files: string[],
  variables: Record<string, string> = {},
): Promise<Outcome> {
  if (files.length === 0) return { passed: 0, failed: 0 }
  const options = ['--isolate', '--only-failures', `--timeout=${TEST_TIMEOUT_MS}`]
  const child = Bun.spawn([process.execPath, 'test', ...options, ...files.map((file) => `./${file}`)], {
    env: { ...bareEnvironment(), ...variables },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [said] = await Promise.all([shownAndKept(child.stderr, lane), shownAndKept(child.stdout, lane)])
  return outcomeOf(said, await child.exited)
}

/** The counts in what `bun test` wrote. A run that failed without a failed test (it crashed) counts as one failure. */
export function outcomeOf(said: string, exitCode: number): Outcome {
  const [passed, failed] = [countOf(said, 'pass'), countOf(said, 'fail')]
  return { passed, failed: exitCode === 0 ? failed : Math.max(failed, 1) }
}

function countOf(said: string, word: string): number {
  return Number([...said.matchAll(new RegExp(`^\\s*(\\d+) ${word}$`, 'gm'))].at(-1)?.[1] ?? 0)
}

async function shownAndKept(stream: ReadableStream<Uint8Array>, lane: string): Promise<string> {
  const decoder = new TextDecoder()
  let said = ''
  let shown = 0
  for await (const chunk of stream) {
    said += decoder.decode(chunk, { stream: true })
    const end = said.lastIndexOf('\n') + 1
    const lines = said.slice(shown, end).split('\n')
    for (const line of lines) if (!COUNTED.test(line)) process.stderr.write(`${lane} | ${line}\n`)
    shown = end
  }
  return said
}

/** The developer's own settings of Honeyframe must not reach a test. */
function bareEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => !(name in environment))
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}
