import { access, realpath } from 'node:fs/promises'
import { integerArgument, parseArguments, UsageError } from '#cli/arguments.ts'
import { install, type Mode } from '#cli/installation.ts'
import { build } from '#config/build.ts'
import { layoutOf } from '#host/layout.ts'
import { systemClock } from '#lib/clock.ts'
import { localRunner } from '#lib/exec.ts'

const PORT_MAX = 65_535
const ANSWER_TIMEOUT_MS = 2_000

export const installHelp = `Usage: honeyframe install [--prefix DIR] [--port N] [--service | --foreground]

Puts this executable in its place and starts it. Run again, it upgrades: settings and data are kept.

  --prefix DIR   default /: binary in /usr/local/bin, settings in /etc/honeyframe, data in /var/lib/honeyframe,
                 system account honeyframe (needs root). Any other folder holds everything in itself
                 (bin, etc, var) and belongs to you
  --port N       listen on N; written to the settings
  --service      run under systemd; the default where systemd runs and the prefix is /
  --foreground   run here until stopped; the default elsewhere`

/**
 * The operator; root for the prefix `/`. Installs or upgrades, then starts: as a service it ends with 0 once the
 * address answers, in the foreground this process becomes `honeyframe serve`.
 */
export async function installCommand(argv: string[]): Promise<number> {
  const { values } = parseArguments({
    args: argv,
    options: {
      prefix: { type: 'string', default: '/' },
      port: { type: 'string' },
      service: { type: 'boolean' },
      foreground: { type: 'boolean' },
    },
  })
  const layout = layoutOf(values.prefix)
  const port = values.port === undefined ? undefined : integerArgument('--port', values.port, 1, PORT_MAX)
  const mode = modeOf(values.service, values.foreground)
  if (mode === 'service' && !layout.unit) throw new UsageError('--service works for the prefix / only.')
  return install(
    { layout, port, mode },
    {
      executable: build.isExecutable ? await realpath(process.execPath) : undefined,
      isRoot: process.getuid?.() === 0,
      runner: localRunner,
      clock: systemClock,
      isSystemdRunning: () => exists('/run/systemd/system'),
      isAnswering,
      print: (line) => process.stdout.write(`${line}\n`),
      become: (argv, variables) => process.execve?.(argv[0] ?? '', argv, variables),
    },
  )
}

function modeOf(isService: boolean | undefined, isForeground: boolean | undefined): Mode {
  if (isService && isForeground) throw new UsageError('Choose one of --service and --foreground.')
  if (isService) return 'service'
  return isForeground ? 'foreground' : 'either'
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    return answer.ok
  } catch {
    return false
  }
}
