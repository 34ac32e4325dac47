import { isIP } from 'node:net'
import { parseIpRange } from '#lib/ip-address.ts'

/** A variable that cannot be used. The message names it and says what would do. */
export class ConfigError extends Error {
  readonly variable: string

  constructor(variable: string, message: string) {
    super(`${variable} ${message}`)
    this.name = 'ConfigError'
    this.variable = variable
  }
}

export function integerOf(variable: string, value: string, min: number, max: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= min && number <= max))
    throw new ConfigError(variable, `must be a whole number from ${min} to ${max}.`)
  return number
}

export function oneOf<T extends string>(variable: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw new ConfigError(variable, `must be one of ${allowed.join(', ')}.`)
  return found
}

/** The items of a comma-separated value, trimmed, empty ones dropped. */
export function listOf(value: string | undefined): string[] {
  return (value ?? '').split(',').flatMap((item) => (item.trim() ? [item.trim()] : []))
}

/** IP addresses, comma-separated. A range is refused: it would look trusted and match nothing. */
export function addressesOf(variable: string, value: string): string[] {
  const addresses = listOf(value)
  if (addresses.some((address) => isIP(address) === 0)) {
    throw new ConfigError(variable, 'must be IP addresses, separated by commas.')
  }
  return addresses
}

/** Ranges of addresses (CIDR) or single ones, comma-separated, as they are written. */
export function rangesOf(variable: string, value: string | undefined): string[] {
  const ranges = listOf(value)
  if (ranges.every((text) => parseIpRange(text) !== undefined)) return ranges
  throw new ConfigError(variable, 'must be ranges of addresses such as 10.20.0.0/16 or fd00::/8, separated by commas.')
}

/** The origin (RFC 6454) of an http or https URL without a path. */
export function originOf(variable: string, value: string): string {
  const url = URL.parse(value)
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash
  if (!isOrigin || url.username || url.host.includes('*')) {
    throw new ConfigError(variable, 'must be an http or https address without a path.')
  }
  return url.origin
}
