import { build } from '#config/build.ts'
import type { Config } from '#config/config.ts'
import type { Secrets } from '#config/secrets.ts'
import { migrateAndRecord } from '#core/audit/migrated.ts'
import { createLicensing } from '#core/license/licensing.ts'
import { createMail } from '#core/mail/mail.ts'
import { findOrgMail, hasOwnRelay } from '#core/mail/org-mail.ts'
import { openVault } from '#core/vault/vault.ts'
import { openDatabase, type Tx } from '#db/database.ts'
import { createQueue } from '#jobs/queue.ts'
import { systemClock } from '#lib/clock.ts'
import { localRunner } from '#lib/exec.ts'
import { parseIpRange } from '#lib/ip-address.ts'
import { createLog, gatherLines } from '#lib/log.ts'
import { PASSWORD_COST } from '#lib/password.ts'
import { systemRandom } from '#lib/random.ts'
import { createEgress } from '#lib/safe-fetch.ts'
import type { Resolve } from '#lib/vetted-host.ts'
import { migrations } from '#migrations/index.ts'

/** What a test may put in place of the real thing. */
export type Overrides = Partial<{
  clock: typeof systemClock
  random: typeof systemRandom
  passwordCost: typeof PASSWORD_COST
  writeLog: (line: string) => void
  onStatement: (sql: string) => void
  /** Looks up the names of hosts that tenants chose. */
  resolve: Resolve
  /** Certificates (PEM) that the relays of orgs are trusted by. */
  relayCa: string
}>

/**
 * The only composition root: opens and migrates the database, opens the vault, and hands out what verbs need.
 * `await using` ends it. Throws `AppError` or `ConfigError` with one sentence when the program must not start.
 */
export async function createContext(config: Config, secrets: Secrets, overrides: Overrides = {}) {
  const clock = overrides.clock ?? systemClock
  const random = overrides.random ?? systemRandom
  const log = createLog({ level: config.logLevel, write: overrides.writeLog ?? gatherLines(toStandardOutput), clock })
  const db = await openDatabase({
    url: config.databaseUrl,
    log,
    ...(overrides.onStatement && { onStatement: overrides.onStatement }),
  })
  try {
    await migrateAndRecord({ db, clock, random, log }, migrations)
    const vault = await openVault({
      db,
      secret: secrets.jwtSecret,
      previousSecrets: secrets.jwtSecretsPrevious,
      random,
      clock,
    })
    const jobs = createQueue({ clock, random, seal: vault.seal, open: vault.open })
    const { licenseKey } = secrets
    const license = await createLicensing({ config, licenseKey, db, clock, random, jobs, keys: build.licenseKeys })
    const userAgent = `Honeyframe/${build.version}`
    const allow = config.egressAllow.flatMap((text) => parseIpRange(text) ?? [])
    const egress = createEgress({ allow, userAgent, resolve: overrides.resolve })
    const relay = config.smtp && { ...config.smtp, password: secrets.smtpPassword }
    const orgs = {
      find: (orgId: number) => findOrgMail(db, vault, orgId),
      hasRelay: (orgId: number, tx: Tx | undefined) => hasOwnRelay(tx ?? db, orgId),
      ...{ vetHost: egress.vetHost, ca: overrides.relayCa },
    }
    const mail = createMail({ relay, orgs, publicUrl: config.publicUrl, log })
    const passwordCost = overrides.passwordCost ?? PASSWORD_COST
    return {
      ...{ config, db, clock, random, log, vault, license, mail, jobs, egress, exec: localRunner, passwordCost },
      async [Symbol.asyncDispose]() {
        egress[Symbol.dispose]()
        await db[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await db[Symbol.asyncDispose]()
    throw error
  }
}

export type Context = Awaited<ReturnType<typeof createContext>>

function toStandardOutput(text: string): void {
  process.stdout.write(text)
}
