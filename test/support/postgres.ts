import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { roomyFolder } from './memory.ts'
import { freePort } from './ports.ts'

export type PostgresServer = AsyncDisposable & Readonly<{ url: string }>

const STARTS_MAX = 3
const SYSTEM_USER = 'postgres'
/** A test server may lose everything when the machine stops; nothing else about it is unlike a real one. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'max_connections=300',
  'max_wal_size=128MB',
]

/**
 * A throw-away PostgreSQL server on a free port of 127.0.0.1, gone with all its data when disposed. It runs as the user
 * `postgres` when we are root, because PostgreSQL refuses to run as root. `dir` is where its folder is made: left out, in
 * memory where there is room, since every test makes a database and that is five hundred files.
 */
export async function startPostgres(options: { dir?: string } = {}): Promise<PostgresServer> {
  const bin = await findBinaries()
  const folder = await mkdtemp(join(options.dir ?? (await roomyFolder()), 'honeyframe-postgres-'))
  if (isRoot()) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run(['id', flag, SYSTEM_USER], folder)))
    await chown(folder, Number(ids[0]), Number(ids[1]))
  }
  const data = join(folder, 'data')
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const flags = ['--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', `--username=${SYSTEM_USER}`]
    await run(asSystemUser([join(bin, 'initdb'), '-D', data, ...flags]), folder)
    const port = await start(bin, folder, data)
    return {
      url: `postgres://${SYSTEM_USER}@127.0.0.1:${port}/postgres`,
      async [Symbol.asyncDispose]() {
        await run(asSystemUser([join(bin, 'pg_ctl'), 'stop', '-D', data, '-m', 'immediate', '-w']), folder)
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function start(bin: string, folder: string, data: string): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = freePort()
    const settings = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`, ...SETTINGS]
    const flags = settings.map((setting) => `-c ${setting}`).join(' ')
    try {
      const log = join(folder, 'log')
      await run(asSystemUser([join(bin, 'pg_ctl'), 'start', '-D', data, '-l', log, '-w', '-o', flags]), folder)
      return port
    } catch (error) {
      // Someone else may have taken the port in between.
      if (attempt === STARTS_MAX) throw error
    }
  }
}

async function findBinaries(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [])
  for (const version of versions.sort((a, b) => Number(b) - Number(a))) {
    const bin = join('/usr/lib/postgresql', version, 'bin')
    if (await Bun.file(join(bin, 'initdb')).exists()) return bin
  }
  return (await run(['pg_config', '--bindir'], tmpdir())).trim()
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function asSystemUser(argv: string[]): string[] {
  return isRoot() ? ['runuser', '-u', SYSTEM_USER, '--', ...argv] : argv
}

async function run(argv: string[], cwd: string): Promise<string> {
  // The server keeps its starter's standard output open, so what pg_ctl says goes to files.
  const words = join(tmpdir(), `honeyframe-run-${Bun.randomUUIDv7()}`)
  try {
    const child = Bun.spawn(argv, {
      cwd,
      stdin: 'ignore',
      stdout: Bun.file(`${words}.out`),
      stderr: Bun.file(`${words}.err`),
    })
    const code = await child.exited
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${await Bun.file(`${words}.err`).text()}`)
    return await Bun.file(`${words}.out`).text()
  } finally {
    await Promise.all([rm(`${words}.out`, { force: true }), rm(`${words}.err`, { force: true })])
  }
}
