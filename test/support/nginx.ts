import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Nginx = AsyncDisposable & Readonly<{ folder: string; errors: () => Promise<string> }>

const START_WAIT_MS = 10_000
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** A real nginx with a root of its own. `site` is what stands in `conf.d`; it listens on `port` of 127.0.0.1. */
export async function startNginx(site: string, port: number): Promise<Nginx> {
  const folder = await mkdtemp(join(tmpdir(), 'honeyframe-nginx-'))
  await Bun.write(join(folder, 'site.conf'), site)
  await Bun.write(join(folder, 'nginx.conf'), mainConfig(folder))
  const argv = ['nginx', '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')]
  const child = Bun.spawn(argv, { stdout: 'ignore', stderr: 'ignore', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } })
  const errors = () => Bun.file(join(folder, 'error.log')).text()
  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    await child.exited
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilListening(port, () => child.exitCode !== null)
  } catch {
    const words = await errors().catch(() => '')
    await stop()
    throw new Error(`nginx did not start: ${words}`)
  }
  return { folder, errors, [Symbol.asyncDispose]: stop }
}

/** What a distribution's own nginx.conf does, on files of ours. */
function mainConfig(folder: string): string {
  const asRoot = process.getuid?.() === 0 ? 'user root;' : ''
  const places = TEMPORARY.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n')
  return `${asRoot}
daemon off;
worker_processes 1;
pid ${join(folder, 'pid')};
events { worker_connections 1024; }
http {
access_log ${join(folder, 'access.log')};
${places}
include ${join(folder, 'site.conf')};
}
`
}

async function untilListening(port: number, isOver: () => boolean): Promise<void> {
  const end = performance.now() + START_WAIT_MS
  for (;;) {
    try {
      const socket = await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } })
      socket.end()
      return
    } catch (error) {
      if (isOver() || performance.now() > end) throw error
      await Bun.sleep(20)
    }
  }
}
