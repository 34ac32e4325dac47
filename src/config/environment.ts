const NAMES = [
  'HOST',
  'PORT',
  'DATA_DIR',
  'DATABASE_URL',
  'PUBLIC_URL',
  'APEX_DOMAIN',
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'JWT_ALGORITHM',
  'JWT_EXPIRE_MINUTES',
  'CORS_ALLOWED_ORIGINS',
  'SMTP_HOST',
  'SMTP_PORT',
  'SMTP_USERNAME',
  'SMTP_PASSWORD',
  'SMTP_FROM',
  'SMTP_TLS',
  'ADMIN_EMAIL',
  'ADMIN_PASSWORD',
  'ORG_SLUG',
  'ORG_NAME',
  'LICENSE_KEY',
  'LICENSE_FILE',
  'LICENSE_ENFORCE',
  'LOG_LEVEL',
  'AUDIT_RETENTION_DAYS',
  'DBT_BIN',
  'OPENAI_API_KEY',
  'ANTHROPIC_API_KEY',
  'OLLAMA_BASE_URL',
  'TRUSTED_PROXIES',
  'EGRESS_ALLOW',
  'METRICS_TOKEN',
  'HONEYFRAME_URL',
  'HONEYFRAME_TOKEN',
  'HONEYFRAME_PASSWORD',
] as const

export type Environment = Readonly<Partial<Record<(typeof NAMES)[number], string>>>

/** The variables we know, as they are set. An empty value counts as unset, as unit files and shells write it. */
export function readEnvironment(source: Record<string, string | undefined>): Environment {
  return Object.fromEntries(NAMES.flatMap((name) => (source[name] ? [[name, source[name]]] : [])))
}

/** Read once, here and nowhere else. */
export const environment: Environment = readEnvironment(process.env)
