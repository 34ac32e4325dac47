import { isAbsolute, join, resolve } from 'node:path'
import type { Environment } from '#config/environment.ts'
import { addressesOf, ConfigError, integerOf, listOf, oneOf, originOf, rangesOf } from '#config/parse.ts'

export const JWT_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export const SMTP_TLS_MODES = ['starttls', 'tls', 'none'] as const

/** `LICENSE_ENFORCE`: 1 also closes an install without a licence, 0 closes nothing. */
export type Enforcement = 'on' | 'off' | 'unset'

const DEFAULT_SMTP_PORT = { starttls: 587, tls: 465, none: 25 } as const

/** A hundred years: whoever means "for ever" writes this. */
const AUDIT_RETENTION_DAYS_MAX = 36_500

export type Config = ReturnType<typeof decideConfig>

/**
 * Turns variables into decisions and checks them against each other.
 * Throws `ConfigError` with one sentence that names the variable and never shows a secret's value.
 */
export function decideConfig(environment: Environment, defaults: { port: number } = { port: 8000 }) {
  const host = environment.HOST ?? '127.0.0.1'
  const port = integerOf('PORT', environment.PORT ?? String(defaults.port), 0, 65_535)
  const dataDir = absolute(environment.DATA_DIR ?? './data')
  const publicUrl = originOf('PUBLIC_URL', environment.PUBLIC_URL ?? `http://localhost:${port}`)
  return {
    host,
    port,
    dataDir,
    databaseUrl: databaseUrlOf(environment.DATABASE_URL ?? `sqlite:${join(dataDir, 'honeyframe.db')}`),
    publicUrl,
    isHttps: publicUrl.startsWith('https:'),
    apexDomain: (environment.APEX_DOMAIN ?? 'app.honeyframe.io').toLowerCase(),
    jwtAlgorithm: oneOf('JWT_ALGORITHM', environment.JWT_ALGORITHM ?? 'HS256', JWT_ALGORITHMS),
    jwtExpireMinutes: integerOf('JWT_EXPIRE_MINUTES', environment.JWT_EXPIRE_MINUTES ?? '60', 1, 7 * 24 * 60),
    corsAllowedOrigins: listOf(environment.CORS_ALLOWED_ORIGINS ?? publicUrl).map((value) =>
      originOf('CORS_ALLOWED_ORIGINS', value),
    ),
    trustedProxies: addressesOf('TRUSTED_PROXIES', environment.TRUSTED_PROXIES ?? '127.0.0.1,::1'),
    egressAllow: rangesOf('EGRESS_ALLOW', environment.EGRESS_ALLOW),
    logLevel: oneOf('LOG_LEVEL', environment.LOG_LEVEL ?? 'info', LOG_LEVELS),
    auditRetentionDays: integerOf(
      'AUDIT_RETENTION_DAYS',
      environment.AUDIT_RETENTION_DAYS ?? '90',
      1,
      AUDIT_RETENTION_DAYS_MAX,
    ),
    dbtBin: programOf('DBT_BIN', environment.DBT_BIN ?? 'dbt'),
    /** Which providers of language models have a key, or an address, of the operator's; never the key. */
    llmProviders: {
      openai: environment.OPENAI_API_KEY !== undefined,
      anthropic: environment.ANTHROPIC_API_KEY !== undefined,
      ollama: environment.OLLAMA_BASE_URL !== undefined,
    },
    firstOrg: { slug: environment.ORG_SLUG ?? 'default', name: environment.ORG_NAME ?? 'Default' },
    adminEmail: environment.ADMIN_EMAIL,
    licenseFile: environment.LICENSE_FILE === undefined ? undefined : absolute(environment.LICENSE_FILE),
    licenseEnforcement: enforcementOf(environment.LICENSE_ENFORCE),
    smtp: smtpOf(environment),
  }
}

function absolute(path: string): string {
  return isAbsolute(path) ? path : resolve(path)
}

/** A program by its name in the path, or by where it is. */
function programOf(variable: string, value: string): string {
  if (!value.startsWith('-')) return value
  throw new ConfigError(variable, 'must be the name or the path of a program.')
}

function databaseUrlOf(url: string): string {
  if (/^(sqlite:.|postgres(ql)?:\/\/)/.test(url)) return url
  throw new ConfigError('DATABASE_URL', 'must start with postgres:// or sqlite: (a path).')
}

function enforcementOf(value: string | undefined): Enforcement {
  if (value === undefined) return 'unset'
  if (value === '1') return 'on'
  if (value === '0') return 'off'
  throw new ConfigError('LICENSE_ENFORCE', 'must be 1, 0 or unset.')
}

function smtpOf(environment: Environment) {
  if (!environment.SMTP_HOST) return undefined
  const tls = oneOf('SMTP_TLS', environment.SMTP_TLS ?? 'starttls', SMTP_TLS_MODES)
  return {
    host: environment.SMTP_HOST,
    port: integerOf('SMTP_PORT', environment.SMTP_PORT ?? String(DEFAULT_SMTP_PORT[tls]), 1, 65_535),
    tls,
    username: environment.SMTP_USERNAME,
    from: environment.SMTP_FROM ?? `Honeyframe <no-reply@${environment.SMTP_HOST}>`,
  }
}
