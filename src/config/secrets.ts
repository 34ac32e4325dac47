import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '#config/config.ts'
import type { Environment } from '#config/environment.ts'
import { ConfigError } from '#config/parse.ts'

const SECRET_BYTES_MIN = 32
const SECRET_FILE = 'jwt-secret'

/** Never logged, never in `Config`: printing it shows nothing. */
export type Secrets = Readonly<{
  jwtSecret: string
  jwtSecretPrevious: string | undefined
  smtpPassword: string | undefined
  adminPassword: string | undefined
}>

/**
 * The secrets of this process. Without `JWT_SECRET` one is made at first boot and kept in `DATA_DIR/jwt-secret` (mode 0600).
 * Once `JWT_SECRET` is set, the kept one counts as the previous, so that the vault can be opened and rewrapped.
 */
export async function loadSecrets(environment: Environment, config: Config): Promise<Secrets> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  await chmod(config.dataDir, 0o700)
  const path = join(config.dataDir, SECRET_FILE)
  const kept = await readKept(path)
  const jwtSecret = environment.JWT_SECRET ?? kept ?? (await makeSecret(path))
  return concealed({
    jwtSecret: longEnough('JWT_SECRET', jwtSecret),
    jwtSecretPrevious: environment.JWT_SECRET_PREVIOUS ?? (environment.JWT_SECRET ? kept : undefined),
    smtpPassword: environment.SMTP_PASSWORD,
    adminPassword: environment.ADMIN_PASSWORD,
  })
}

function longEnough(variable: string, secret: string): string {
  if (Buffer.byteLength(secret) < SECRET_BYTES_MIN) {
    throw new ConfigError(variable, `must be at least ${SECRET_BYTES_MIN} bytes long.`)
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
