import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArguments, UsageError } from '#cli/arguments.ts'
import { isSharedBySession, shareByProcess } from '#scripts/scheduling.ts'
import { startPostgres } from '#test/support/postgres.ts'
import { runToEnd } from './child.ts'
import { measureAudit } from './figures/audit.ts'
import { measureBackup } from './figures/backup.ts'
import { measureClaims } from './figures/claims.ts'
import { measureGrowth } from './figures/growth.ts'
import { measureHealth } from './figures/health.ts'
import { measureInviting } from './figures/invites.ts'
import { measureLicense } from './figures/license.ts'
import { measureMe } from './figures/me.ts'
import { measureMembersPage } from './figures/members-page.ts'
import { measureMemory } from './figures/memory.ts'
import { measureRestore } from './figures/restore.ts'
import { measureStart } from './figures/start.ts'
import { measureUsage } from './figures/usage.ts'
import { measureWebhooks } from './figures/webhooks.ts'
import { type Finding, isMet, tableOf } from './finding.ts'
import type { Stage } from './stage.ts'

const FIGURES: Readonly<Record<string, (stage: Stage) => Promise<Finding[]>>> = {
  me: measureMe,
  members: measureMembersPage,
  invites: measureInviting,
  start: measureStart,
  memory: measureMemory,
  growth: measureGrowth,
  audit: measureAudit,
  license: measureLicense,
  usage: measureUsage,
  health: measureHealth,
  backup: measureBackup,
  restore: measureRestore,
  webhooks: measureWebhooks,
  claims: measureClaims,
}

const HELP = `Usage: bun run bench [--only NAME,NAME] [--quick] [--executable FILE]

Measures the product beside its peers; docs/benchmarks.md says how and what came out.

  --only        some of: ${Object.keys(FIGURES).join(', ')}
  --quick       few and short rounds: whether it works, not how fast it is
  --executable  measure this one; built anew unless given

Exit code: 0 every target met, 1 one missed, 2 wrong usage.`

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`bench: ${error.message}`)
  process.exitCode = 2
}

async function main(argv: string[]): Promise<void> {
  const { values } = parseArguments({
    args: argv,
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean' },
      executable: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return console.log(HELP)
  const names = namesOf(values.only)
  const folder = await mkdtemp(join(tmpdir(), 'honeyframe-bench-'))
  try {
    await using _sharing = await shareByProcess()
    if (await isSharedBySession()) console.error('bench: kernel.sched_autogroup_enabled is 1: see docs/benchmarks.md.')
    await using postgres = await startPostgres({ dir: tmpdir() })
    const isQuick = values.quick === true
    const size = isQuick ? { rounds: 3, seconds: 2 } : { rounds: 9, seconds: 3 }
    const executable = values.executable ? resolve(values.executable) : await buildProduct(folder)
    const findings: Finding[] = []
    for (const name of names) {
      console.error(`${name} …`)
      const found = await FIGURES[name]?.({ folder, executable, postgres, isQuick, ...size })
      findings.push(...(found ?? []))
    }
    console.log(tableOf(findings))
    process.exitCode = findings.every(isMet) ? 0 : 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function namesOf(only: string | undefined): string[] {
  const names = only?.split(',') ?? Object.keys(FIGURES)
  const unknown = names.find((name) => !Object.hasOwn(FIGURES, name))
  if (unknown !== undefined) throw new UsageError(`There is no figure "${unknown}".`)
  return names
}

async function buildProduct(folder: string): Promise<string> {
  const executable = join(folder, 'honeyframe')
  await runToEnd([process.execPath, resolve(import.meta.dir, '../build.ts'), '--outfile', executable])
  return executable
}
