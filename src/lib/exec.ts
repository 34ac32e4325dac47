export type RunOptions = Readonly<{
  /** A file comes through a pipe: it ends when this process does, and the program sees that it is not whole. */
  stdin?: string | Uint8Array | Readonly<{ file: string }>
  /** After this the process and its children are killed and `run` rejects. */
  timeoutMs: number
  cwd?: string
  /** Added to the plain environment; nothing of our own environment is passed on, for it holds secrets. */
  env?: Readonly<Record<string, string>>
}>

export type RunResult = Readonly<{ code: number; stdout: string; stderr: string }>

/** Runs a program by its argument list, never through a shell: here, or on another machine. */
export type Runner = Readonly<{
  /**
   * The exit code (128 and more: ended by a signal) and what was printed, each stream cut at `OUTPUT_BYTES_MAX`. A code
   * other than 0 is an answer, not an error. Rejects with `ExecError` when the program cannot be started or is too slow.
   */
  run: (argv: readonly string[], options: RunOptions) => Promise<RunResult>
}>

export const OUTPUT_BYTES_MAX = 1024 * 1024
const PLAIN_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
}

/** Why a program gave no result. The message names the program and none of its arguments. */
export class ExecError extends Error {
  readonly code: 'not_started' | 'timed_out'

  constructor(code: 'not_started' | 'timed_out', message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ExecError'
    this.code = code
  }
}

export const localRunner: Runner = { run }

async function run(argv: readonly string[], options: RunOptions): Promise<RunResult> {
  const [program] = argv
  if (program === undefined) throw new ExecError('not_started', 'no program was named')
  const child = start(argv, options)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      killGroup(child.pid)
      reject(new ExecError('timed_out', `${program} took longer than ${options.timeoutMs} ms`))
    }, options.timeoutMs)
  })
  try {
    const [stdout, stderr, code] = await Promise.race([
      Promise.all([readCapped(child.stdout), readCapped(child.stderr), child.exited]),
      late,
    ])
    return { code, stdout, stderr }
  } finally {
    clearTimeout(timer)
  }
}

function start(argv: readonly string[], { stdin, cwd, env }: RunOptions) {
  try {
    return Bun.spawn([...argv], {
      stdin: inputOf(stdin),
      stdout: 'pipe',
      stderr: 'pipe',
      env: { ...PLAIN_ENVIRONMENT, ...env },
      // A group of its own: killing it ends the grandchildren that would otherwise hold the pipes open.
      detached: true,
      ...(cwd === undefined ? {} : { cwd }),
    })
  } catch (error) {
    throw new ExecError('not_started', `${argv[0]} could not be started`, { cause: error })
  }
}

function inputOf(stdin: RunOptions['stdin']) {
  if (stdin === undefined) return 'ignore'
  if (typeof stdin === 'string' || !('file' in stdin)) return Buffer.from(stdin)
  // Of a stream that comes straight from a file Bun would hand over the file.
  return Bun.file(stdin.file).stream().pipeThrough(new TransformStream())
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself a moment ago.
  }
}

// What is beyond the limit is read and dropped: a full pipe would stop the program.
async function readCapped(stream: ReadableStream<Uint8Array>): Promise<string> {
  const kept: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream) {
    const room = OUTPUT_BYTES_MAX - bytes
    if (room > 0) kept.push(chunk.subarray(0, room))
    bytes += chunk.length
  }
  return Buffer.concat(kept).toString('utf8')
}
