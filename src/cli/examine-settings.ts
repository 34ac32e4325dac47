import { type Finding, finder } from '#cli/finding.ts'
import { type Config, decideConfig } from '#config/config.ts'
import type { Environment } from '#config/environment.ts'
import { ConfigError } from '#config/parse.ts'
import { decideSecrets, SECRET_FILE } from '#config/secrets.ts'

const LOOPBACK = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/
const EVERYWHERE = new Set(['0.0.0.0', '::'])
/** Long enough for every rule: in place of a secret that the first start will make. */
const STAND_IN = '-'.repeat(64)

/** What the variables come to, those that cannot be used left out, and a finding for each of these. */
export function settleConfig(environment: Environment): { config: Config; faults: Finding[] } {
  const { value, errors } = settle(environment, (rest) => decideConfig(rest))
  return { config: value, faults: errors.map(faultOf) }
}

/** `kept` is the secret of `DATA_DIR`. Shows no value of a secret. */
export function examineSettings(environment: Environment, faults: readonly Finding[], kept?: string): Finding[] {
  const { ok } = finder('settings')
  const { errors } = settle(environment, (rest) => decideSecrets(rest, keptOr(rest, kept)))
  const found = [...faults, ...errors.map(faultOf), ...keptFaults(environment, kept), ...contradictions(environment)]
  const variables = Object.keys(environment).length
  return found.length > 0 ? found : [ok(`Every variable that is set (${variables}) can be used.`)]
}

export function examinePublicUrl(config: Config, environment: Environment): Finding {
  const { ok, warn } = finder('public_url')
  const { publicUrl, host } = config
  const isLocal = LOOPBACK.test(new URL(publicUrl).hostname)
  if (!environment.PUBLIC_URL && (config.smtp || !LOOPBACK.test(host))) {
    const message = `PUBLIC_URL is not set, so links in mails lead to ${publicUrl}.`
    return warn(message, 'Set PUBLIC_URL to the address that people type.')
  }
  if (isLocal || config.isHttps) return ok(`People come by ${publicUrl}.`)
  return warn(
    `${publicUrl} is not encrypted beyond this machine: passwords and sessions cross the network in the clear.`,
    'Put a proxy with TLS in front, and set PUBLIC_URL to its https address.',
  )
}

export function examineProxies({ trustedProxies, isHttps, host }: Config): Finding {
  const { ok, warn } = finder('proxies')
  const all = trustedProxies.find((address) => EVERYWHERE.has(address))
  if (all !== undefined) {
    return warn(`TRUSTED_PROXIES lists ${all}, which is nobody's address.`, 'List the address of each proxy instead.')
  }
  const isAnyLocal = trustedProxies.some((address) => LOOPBACK.test(address))
  const isAnyRemote = trustedProxies.some((address) => !LOOPBACK.test(address))
  if (isHttps && LOOPBACK.test(host) && !isAnyLocal) {
    return warn(
      'It listens on loopback, and no proxy on loopback is trusted: everyone seems to come from 127.0.0.1.',
      'Add 127.0.0.1 to TRUSTED_PROXIES.',
    )
  }
  if (isHttps && !LOOPBACK.test(host) && !isAnyRemote) {
    return warn(
      'It listens beyond loopback, and only proxies on this machine are trusted.',
      "Add the proxy's address to TRUSTED_PROXIES, or set HOST to 127.0.0.1 when the proxy is on this machine.",
    )
  }
  return ok(trustedProxies.length > 0 ? `Trusted: ${trustedProxies.join(', ')}.` : 'No proxy is trusted.')
}

/** Decides again without each variable that is refused, so that every fault is found and not only the first. */
function settle<T>(environment: Environment, decide: (rest: Environment) => T): { value: T; errors: ConfigError[] } {
  const errors: ConfigError[] = []
  for (let rest = environment; ; ) {
    try {
      return { value: decide(rest), errors }
    } catch (error) {
      if (!(error instanceof ConfigError) || !Object.hasOwn(rest, error.variable)) throw error
      errors.push(error)
      rest = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== error.variable))
    }
  }
}

function faultOf({ variable, message }: ConfigError): Finding {
  return finder('settings').fail(message, `Correct ${variable}, or remove it.`)
}

function keptOr({ JWT_SECRET }: Environment, kept: string | undefined): string | undefined {
  return JWT_SECRET ? kept : STAND_IN
}

/** A kept secret that is used in place of `JWT_SECRET` must be as long. */
function keptFaults(environment: Environment, kept: string | undefined): Finding[] {
  if (environment.JWT_SECRET || kept === undefined) return []
  try {
    decideSecrets({}, kept)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const message = `The secret in DATA_DIR/${SECRET_FILE} is cut short.`
    return [finder('settings').fail(message, 'Put back the file of a backup, or set JWT_SECRET to the whole secret.')]
  }
}

function contradictions(environment: Environment): Finding[] {
  const { warn } = finder('settings')
  const { SMTP_HOST, SMTP_USERNAME, SMTP_PASSWORD, ADMIN_EMAIL, ADMIN_PASSWORD } = environment
  const stray = Object.keys(environment).find((name) => name.startsWith('SMTP_') && !SMTP_HOST)
  return [
    ...(stray ? [warn(`${stray} is set without SMTP_HOST, so no mail is sent.`, 'Set SMTP_HOST.')] : []),
    ...(SMTP_HOST && Boolean(SMTP_USERNAME) !== Boolean(SMTP_PASSWORD)
      ? [warn('Of SMTP_USERNAME and SMTP_PASSWORD only one is set.', 'Set both, or neither.')]
      : []),
    ...(Boolean(ADMIN_EMAIL) !== Boolean(ADMIN_PASSWORD)
      ? [warn('Of ADMIN_EMAIL and ADMIN_PASSWORD only one is set.', 'Set both for the first boot, or neither.')]
      : []),
  ]
}
