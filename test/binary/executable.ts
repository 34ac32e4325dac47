import { resolve } from 'node:path'

const BUILT = 'dist/honeyframe'

/** The executable under test; `bun run check` builds it first. */
export const EXECUTABLE = resolve(process.env.HONEYFRAME_BINARY ?? BUILT)

/** What the process needs of our environment; nothing of Honeyframe's own. */
export const PLAIN_ENVIRONMENT = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/' }

/** A program whose output can be waited for. It is killed when the test that started it ends. */
export function start(argv: string[], options: { env?: Record<string, string>; cwd?: string } = {}) {
  const env = { ...PLAIN_ENVIRONMENT, ...options.env }
  const child = Bun.spawn(argv, { env, cwd: options.cwd ?? process.cwd(), stdout: 'pipe', stderr: 'pipe' })
  const said = { text: '' }
  const streams = Promise.all([gather(child.stdout, said), gather(child.stderr, said)])
  return {
    pid: child.pid,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    said: () => said.text,
    /** The exit code, once everything that was written has been read. */
    async ended(): Promise<number> {
      await streams
      return child.exited
    },
    /** The match of `pattern` in what was written; rejects when the program ends or `timeoutMs` passes first. */
    async says(pattern: RegExp, timeoutMs = 60_000): Promise<RegExpExecArray> {
      const end = performance.now() + timeoutMs
      for (;;) {
        const match = pattern.exec(said.text)
        if (match) return match
        if (child.exitCode !== null || performance.now() > end) throw new Error(`${argv[0]} said: ${said.text}`)
        await Bun.sleep(20)
      }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

async function gather(stream: ReadableStream<Uint8Array>, said: { text: string }): Promise<void> {
  const decoder = new TextDecoder()
  for await (const chunk of stream) said.text += decoder.decode(chunk, { stream: true })
}
