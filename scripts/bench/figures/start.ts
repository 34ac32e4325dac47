import { join } from 'node:path'
import { firstAnswer, type Launch, launch } from '#scripts/bench/child.ts'
import type { Finding } from '#scripts/bench/finding.ts'
import { ENGINES, type Install, makeInstall } from '#scripts/bench/install.ts'
import { buildPeer } from '#scripts/bench/peer.ts'
import { alternate, ratioOf, spreadOf } from '#scripts/bench/spread.ts'
import type { Stage } from '#scripts/bench/stage.ts'
import { freePort } from '#test/support/ports.ts'

const STARTS_MIN = 7
const TIMES_MAX = 20

/** From the start of the process to its first answer, on a database that exists, beside a compiled one-route server. */
export async function measureStart(stage: Stage): Promise<Finding[]> {
  const sqlite = await makeInstall(stage, 'sqlite')
  const postgres = await makeInstall(stage, 'postgres')
  const bare = await buildPeer(stage, 'bare.ts')
  const log = join(stage.folder, 'start.log')
  const times = await alternate(Math.max(stage.rounds, STARTS_MIN), {
    bare: () => startMs((port) => ({ argv: [bare, port], path: '/api/me', log })),
    sqlite: () => startMs((port) => product(stage, sqlite, port, log)),
    postgres: () => startMs((port) => product(stage, postgres, port, log)),
  })
  return ENGINES.flatMap((engine): Finding[] => [
    {
      what: `start ${engine} to bare`,
      value: ratioOf(times[engine], times.bare),
      unit: 'times',
      target: { atMost: TIMES_MAX },
    },
    { what: `start ${engine}`, value: spreadOf(times[engine]), unit: 'ms' },
  ]).concat({ what: 'start bare', value: spreadOf(times.bare), unit: 'ms' })
}

function product(stage: Stage, install: Install, port: string, log: string) {
  return { argv: [stage.executable, 'serve'], env: { ...install.env, PORT: port }, path: '/api/health', log }
}

async function startMs(launchOf: (port: string) => Omit<Launch, 'origin'>): Promise<number> {
  const port = String(freePort())
  const origin = `http://127.0.0.1:${port}`
  const options = { ...launchOf(port), origin }
  const startedAt = performance.now()
  await using _child = launch(options)
  await firstAnswer(origin + options.path)
  return performance.now() - startedAt
}
