import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '#config/config.ts'
import type { Environment } from '#config/environment.ts'
import { ConfigError } from '#config/parse.ts'

const SECRET_BYTES_MIN = 32
const METRICS_TOKEN_BYTES_MIN = 16
export const SECRET_FILE = 'jwt-secret'

/** Never logged, never in `Config`: printing it shows nothing. */
export type Secrets = Readonly<{
  jwtSecret: string
  /** Tried in this order when `jwtSecret` does not open the vault. */
  jwtSecretsPrevious: readonly string[]
  smtpPassword: string | undefined
  adminPassword: string | undefined
  metricsToken: string | undefined
  /** A licence document, or the base64 of one. */
  licenseKey: string | undefined
}>

/**
 * The secrets of this process. Without `JWT_SECRET` one is made at first boot and kept in `DATA_DIR/jwt-secret` (mode 0600).
 * Once `JWT_SECRET` is set, the kept one counts as a previous one, so that the vault can be opened and rewrapped.
 */
export async function loadSecrets(environment: Environment, config: Config): Promise<Secrets> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  await chmod(config.dataDir, 0o700)
  const found = await findKeptSecret(config)
  const kept = found ?? (environment.JWT_SECRET ? undefined : await makeSecret(pathIn(config)))
  return decideSecrets(environment, kept)
}

/** The secret kept in `DATA_DIR`; undefined when there is none. Writes nothing. */
export function findKeptSecret(config: Pick<Config, 'dataDir'>): Promise<string | undefined> {
  return readKept(pathIn(config))
}

/** What the variables and the kept secret come to. Throws `ConfigError` for one that is too short, without showing it. */
export function decideSecrets(environment: Environment, kept: string | undefined): Secrets {
  const jwtSecret = environment.JWT_SECRET ?? kept ?? ''
  const former = [environment.JWT_SECRET_PREVIOUS, environment.JWT_SECRET && kept]
  const metricsToken = environment.METRICS_TOKEN
  return concealed({
    jwtSecret: longEnough('JWT_SECRET', jwtSecret, SECRET_BYTES_MIN),
    jwtSecretsPrevious: former.flatMap((secret) => (secret ? [secret] : [])),
    smtpPassword: environment.SMTP_PASSWORD,
    adminPassword: environment.ADMIN_PASSWORD,
    metricsToken: metricsToken && longEnough('METRICS_TOKEN', metricsToken, METRICS_TOKEN_BYTES_MIN),
    licenseKey: environment.LICENSE_KEY,
  })
}

function pathIn({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, SECRET_FILE)
}

function longEnough(variable: string, secret: string, bytesMin: number): string {
  if (Buffer.byteLength(secret) < bytesMin) {
    throw new ConfigError(variable, `must be at least ${bytesMin} bytes long.`)
  }
  return secret
}

async function readKept(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Written aside and linked into place: of two processes that start at once both end with the first one's secret, never a half-written one. */
async function makeSecret(path: string): Promise<string> {
  const secret = randomBytes(48).toString('base64url')
  const aside = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(aside, `${secret}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(aside, path)
    return secret
  } catch (error) {
    const kept = await readKept(path)
    if (kept) return kept
    throw error
  } finally {
    await unlink(aside)
  }
}

function concealed(secrets: Secrets): Secrets {
  const hidden = () => '[secrets]'
  return Object.defineProperties(secrets, {
    toJSON: { value: hidden },
    toString: { value: hidden },
    [Symbol.for('nodejs.util.inspect.custom')]: { value: hidden },
  })
}
