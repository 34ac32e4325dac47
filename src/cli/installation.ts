import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from '#config/build.ts'
import { AppError } from '#core/errors.ts'
import { parseEnvironmentFile, renderEnvironmentFile, withVariable } from '#host/environment-file.ts'
import type { Layout } from '#host/layout.ts'
import { placeCopy, placeText } from '#host/placement.ts'
import { renderUnit, SERVICE, START_COMMANDS } from '#host/systemd.ts'
import type { Clock } from '#lib/clock.ts'
import type { Runner } from '#lib/exec.ts'

export type Mode = 'service' | 'foreground' | 'either'
export type Plan = { layout: Layout; port: number | undefined; mode: Mode }

/** What an installation needs of the machine. */
export type Machine = {
  /** The running executable; undefined in a source tree. */
  executable: string | undefined
  isRoot: boolean
  runner: Runner
  clock: Clock
  isSystemdRunning(): Promise<boolean>
  isAnswering(url: string): Promise<boolean>
  print(line: string): void
  /** Replaces this process (execve(2)); returns only in tests. */
  become(argv: string[], variables: Record<string, string>): void
}

const DEFAULT_PORT = 8000
const COMMAND_TIMEOUT_MS = 90_000
const START_ATTEMPTS_MAX = 60
const START_POLL_MS = 500
const LINK_READS_MAX = 4
const LINK_POLL_MS = 250
const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Installs or upgrades as `plan` says and starts the result. Settings and data that exist are kept.
 * Throws `AppError` with one sentence when a step failed; every earlier step stands and the command can be run again.
 */
export async function install(plan: Plan, machine: Machine): Promise<number> {
  const { layout } = plan
  const executable = checkedExecutable(plan, machine)
  const isService = await runsAsService(plan, machine)
  await makeAccount(layout, machine)
  const variables = await keepSettings(plan)
  await makeDataFolder(layout, variables, machine)
  if (executable !== layout.binary) await placeCopy(executable, layout.binary, 0o755)
  machine.print(`Installed Honeyframe ${build.version} as ${layout.binary}`)
  return isService ? startService(layout, variables, machine) : startHere(layout, variables, machine)
}

function checkedExecutable(plan: Plan, machine: Machine): string {
  if (!machine.executable) {
    throw new AppError('invalid', 'not_built', 'Only a built executable can be installed; run `bun run build` first.')
  }
  if (plan.layout.account && !machine.isRoot) {
    throw new AppError(
      'forbidden',
      'root_needed',
      'The prefix / needs root; use sudo, or --prefix with a folder of yours.',
    )
  }
  return machine.executable
}

async function runsAsService(plan: Plan, machine: Machine): Promise<boolean> {
  if (plan.mode === 'foreground' || !plan.layout.unit) return false
  const isRunning = await machine.isSystemdRunning()
  if (plan.mode === 'service' && !isRunning) {
    throw new AppError('invalid', 'systemd_missing', 'systemd does not run here; use --foreground.')
  }
  return isRunning
}

async function makeAccount({ account, dataDir }: Layout, machine: Machine): Promise<void> {
  if (!account) return
  const found = await machine.runner.run(['getent', 'passwd', account], { timeoutMs: COMMAND_TIMEOUT_MS })
  if (found.code === 0) return
  const shell = ['--no-create-home', '--shell', '/usr/sbin/nologin']
  await succeed(machine, ['useradd', '--system', '--user-group', '--home-dir', dataDir, ...shell, account])
}

/** The settings file, made once; `--port` changes its one line. Returns the variables in it. */
async function keepSettings({ layout, port }: Plan): Promise<Record<string, string>> {
  const kept = await readIfThere(layout.environmentFile)
  const text = kept ?? renderEnvironmentFile({ port: port ?? DEFAULT_PORT, dataDir: layout.dataDir })
  const wanted = port === undefined || parseEnvironmentFile(text).PORT === String(port)
  const settled = wanted ? text : withVariable(text, 'PORT', String(port))
  if (settled !== kept) await placeText(settled, layout.environmentFile, 0o600)
  return parseEnvironmentFile(settled)
}

async function makeDataFolder(layout: Layout, variables: Record<string, string>, machine: Machine): Promise<void> {
  const folder = dataDirOf(layout, variables)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  if (layout.account) await succeed(machine, ['chown', `${layout.account}:${layout.account}`, folder])
}

async function startService(layout: Layout, variables: Record<string, string>, machine: Machine): Promise<number> {
  if (!layout.unit || !layout.account) throw new AppError('internal', 'no_unit', 'This layout has no unit.')
  const dataDir = dataDirOf(layout, variables)
  const { binary, environmentFile, account } = layout
  await placeText(renderUnit({ binary, environmentFile, dataDir, account }), layout.unit, 0o644)
  for (const command of START_COMMANDS) await succeed(machine, [...command])
  const port = variables.PORT ?? String(DEFAULT_PORT)
  await waitForAnswer(`http://${reachableHost(variables.HOST)}:${port}/api/health`, machine)
  const setupLink = await findSetupLink(dataDir, machine)
  machine.print(`Address      ${variables.PUBLIC_URL ?? `http://localhost:${port}`}`)
  if (setupLink) machine.print(`First admin  ${setupLink}  (works once, for 30 minutes)`)
  machine.print(`Log          journalctl -u ${SERVICE}`)
  return 0
}

/** The service must be up and the address answer: either alone may be a stranger on the port or a crash loop. */
async function waitForAnswer(url: string, machine: Machine): Promise<void> {
  for (let attempt = 0; attempt < START_ATTEMPTS_MAX; attempt += 1) {
    if (await machine.isAnswering(url)) {
      const state = await machine.runner.run(['systemctl', 'is-active', SERVICE], { timeoutMs: COMMAND_TIMEOUT_MS })
      if (state.code === 0) return
    }
    await machine.clock.sleep(START_POLL_MS)
  }
  const advice = `\`journalctl -u ${SERVICE}\` says why.`
  throw new AppError('upstream', 'no_answer', `The service was started but ${url} does not answer; ${advice}`)
}

/** The link of a first boot; undefined once somebody has an account. It is written a moment after the address answers. */
async function findSetupLink(dataDir: string, machine: Machine): Promise<string | undefined> {
  for (let read = 0; read < LINK_READS_MAX; read += 1) {
    const link = await readIfThere(join(dataDir, 'setup-link'))
    if (link !== undefined) return link.trim()
    await machine.clock.sleep(LINK_POLL_MS)
  }
  return undefined
}

/** The same process from here on. Root gives up its rights, as the unit would make it. */
function startHere(layout: Layout, variables: Record<string, string>, machine: Machine): number {
  machine.print('Running in the foreground; stop it with Ctrl-C.')
  const { account } = layout
  const lessRights = ['--reuid', account ?? '', '--regid', account ?? '', '--init-groups', '--no-new-privs']
  const serve = [layout.binary, 'serve']
  const argv = account ? ['/usr/bin/setpriv', ...lessRights, ...serve] : serve
  machine.become(argv, { PATH: SEARCH_PATH, HOME: dataDirOf(layout, variables), ...variables })
  return 0
}

async function succeed(machine: Machine, argv: string[]): Promise<void> {
  const { code, stderr } = await machine.runner.run(argv, { timeoutMs: COMMAND_TIMEOUT_MS })
  if (code === 0) return
  const said = stderr.trim().split('\n').at(-1)?.slice(0, 300)
  throw new AppError(
    'upstream',
    'command_failed',
    `\`${argv.join(' ')}\` failed with ${code}${said ? `: ${said}` : '.'}`,
  )
}

function dataDirOf(layout: Layout, variables: Record<string, string>): string {
  return variables.DATA_DIR ?? layout.dataDir
}

function reachableHost(host: string | undefined): string {
  if (host === undefined || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
