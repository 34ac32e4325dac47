import { parseArguments } from '#cli/arguments.ts'
import { examineDatabase } from '#cli/examine-database.ts'
import { examineDisk, examineFiles } from '#cli/examine-files.ts'
import { examineRelay } from '#cli/examine-relay.ts'
import { examineProxies, examinePublicUrl, examineSettings, settleConfig } from '#cli/examine-settings.ts'
import { type Finding, finder, worstOf } from '#cli/finding.ts'
import { type Environment, environment } from '#config/environment.ts'
import { findKeptSecret } from '#config/secrets.ts'
import { type Clock, systemClock } from '#lib/clock.ts'
import { reduceError } from '#lib/log.ts'

export const doctorHelp = `Usage: honeyframe doctor [--json]

Looks at the settings, the files, the disk, the database and its migrations, the clock, the vault, the licences and the mail
server, and says for each what to mend. It needs the same environment as \`honeyframe serve\`, runs beside it or when it will not
start, writes nothing and sends no mail.

  --json    {"status","checks":[{"check","status","message","fix"}]}; a status is "ok", "warn" or "fail"

Ends with 1 when anything fails, else with 0.`

/** The operator. Prints the findings; ends with 1 when one of them is a failure. */
export async function doctorCommand(argv: string[]): Promise<number> {
  const { values } = parseArguments({ args: argv, options: { json: { type: 'boolean' } } })
  const findings = await examine(environment)
  const status = worstOf(findings)
  const text = values.json ? JSON.stringify({ status, checks: findings }) : findings.map(linesOf).join('\n')
  process.stdout.write(`${text}\n`)
  return status === 'fail' ? 1 : 0
}

/** Every check of an environment, in the order of what rests on what. Writes nothing. */
export async function examine(environment: Environment, clock: Clock = systemClock): Promise<Finding[]> {
  const { config, faults } = settleConfig(environment)
  const { kept, unread } = await readKept(config)
  const isDatabaseNamed = !faults.some(({ message }) => message.startsWith('DATABASE_URL '))
  return [
    ...examineSettings(environment, faults, kept),
    ...(await examineFiles(config)),
    ...unread,
    await examineDisk(config),
    ...(isDatabaseNamed ? await examineDatabase({ config, environment, kept, clock }) : []),
    await examineRelay(config, environment),
    examinePublicUrl(config, environment),
    examineProxies(config),
  ]
}

async function readKept(config: { dataDir: string }): Promise<{ kept: string | undefined; unread: Finding[] }> {
  try {
    return { kept: await findKeptSecret(config), unread: [] }
  } catch (error) {
    const message = `The secret in ${config.dataDir} cannot be read (${String(reduceError(error).code)}).`
    return {
      kept: undefined,
      unread: [finder('files').fail(message, 'Run this as the account that runs the service.')],
    }
  }
}

function linesOf({ check, status, message, fix }: Finding): string {
  const line = `${status.padEnd(5)} ${check.padEnd(14)} ${message}`
  return fix === undefined ? line : `${line}\n${' '.repeat(21)}→ ${fix}`
}
