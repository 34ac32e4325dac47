import { join } from 'node:path'
import { freePort } from '#test/support/ports.ts'
import { type Child, serve } from './child.ts'
import type { Stage } from './stage.ts'

const PEERS = join(import.meta.dir, 'peers')
/** Debian's own Python: the peer runs on Debian's packages. */
const PYTHON = '/usr/bin/python3'

/** Compiles a peer as `scripts/build.ts` compiles the product. */
export async function buildPeer(stage: Stage, source: string): Promise<string> {
  const outfile = join(stage.folder, source.replace(/\.tsx?$/, ''))
  await Bun.build({
    entrypoints: [join(PEERS, source)],
    target: 'bun',
    format: 'esm',
    bytecode: true,
    minify: { whitespace: false, syntax: true, identifiers: true },
    define: { 'process.env.NODE_ENV': '"production"' },
    compile: { outfile, autoloadDotenv: false, autoloadBunfig: false },
  })
  return outfile
}

/** A compiled peer that serves; it is told its port and `argv`. */
export async function startPeer(stage: Stage, source: string, path: string, ...argv: string[]): Promise<Child> {
  const executable = await buildPeer(stage, source)
  const port = freePort()
  const origin = `http://127.0.0.1:${port}`
  return await serve({ argv: [executable, String(port), ...argv], log: join(stage.folder, 'peer.log'), origin, path })
}

/** FastAPI on uvicorn with uvloop and httptools: one process, no access log. */
export async function startFastApi(stage: Stage, env: { DATABASE_URL: string; JWT_SECRET: string }): Promise<Child> {
  const port = freePort()
  const flags = [
    '--loop',
    'uvloop',
    '--http',
    'httptools',
    '--workers',
    '1',
    '--no-access-log',
    '--log-level',
    'warning',
  ]
  const argv = [PYTHON, '-m', 'uvicorn', '--app-dir', PEERS, '--port', String(port), ...flags, 'fastapi_me:app']
  const origin = `http://127.0.0.1:${port}`
  return await serve({ argv, env, log: join(stage.folder, 'fastapi.log'), origin, path: '/openapi.json' })
}
