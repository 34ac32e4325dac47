import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

const ANSWER_WAIT_MS = 30_000
const STOP_WAIT_MS = 12_000
/** Nothing of the caller's own settings reaches a measured program. */
const PLAIN = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/' }

export type Child = AsyncDisposable & Readonly<{ pid: number; origin: string }>
export type Launch = Readonly<{
  argv: string[]
  env?: Record<string, string>
  log: string
  origin: string
  path: string
}>

/** Starts a server whose output is appended to the file `log`, without waiting for its first answer. */
export function launch({ argv, env, log, origin }: Launch): Child {
  const output = openSync(log, 'a')
  const child = Bun.spawn(argv, { env: { ...PLAIN, ...env }, stdin: 'ignore', stdout: output, stderr: output })
  closeSync(output)
  return {
    ...{ pid: child.pid, origin },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      const isGone = await Promise.race([child.exited.then(() => true), Bun.sleep(STOP_WAIT_MS).then(() => false)])
      if (!isGone) child.kill('SIGKILL')
      await child.exited
    },
  }
}

/** Starts a server and waits until `path` answers 200. */
export async function serve(options: Launch): Promise<Child> {
  const child = launch(options)
  try {
    await firstAnswer(options.origin + options.path)
    return child
  } catch (error) {
    await child[Symbol.asyncDispose]()
    throw new Error(`${options.argv[0]} said: ${(await readFile(options.log, 'utf8')).slice(-2000)}`, { cause: error })
  }
}

/** Asks without a pause until an address answers 200. */
export async function firstAnswer(url: string): Promise<void> {
  const end = performance.now() + ANSWER_WAIT_MS
  while (performance.now() < end) {
    const answer = await fetch(url).catch(() => undefined)
    await answer?.text()
    if (answer?.status === 200) return
    await Bun.sleep(1)
  }
  throw new Error(`${url} does not answer`)
}

/** Runs a program to its end and returns what it wrote; throws when it failed. */
export async function runToEnd(argv: string[], env: Record<string, string> = {}): Promise<string> {
  const child = Bun.spawn(argv, { env: { ...PLAIN, ...env }, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0) throw new Error(`${argv.join(' ').slice(0, 200)}: ${err.trim() || out.trim()}`)
  return out
}

/** The memory of a process that is in RAM now, its executable's pages included, in MB (10⁶ bytes). */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return (Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1_000_000
}
