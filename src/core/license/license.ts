import { LicenseFault } from '#core/license/fault.ts'
import { addMs, DAY_MS, parseDate } from '#lib/clock.ts'

export const TIERS = ['starter', 'professional', 'enterprise'] as const
export type Tier = (typeof TIERS)[number]

export const GRACE_DAYS_DEFAULT = 14
const GRACE_DAYS_MAX = 3650
const USERS_LIMIT_MAX = 1_000_000_000
const TEXT_CHARS_MAX = 200
const LIST_ITEMS_MAX = 200
const VERSION = 1
const SLUG = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const INSTANT =
  /^(\d{4}-\d\d-\d\d)(T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/

/** What the vendor grants. `orgSlug` null serves every org of an install; `usersLimit` null is no limit. */
export type License = Readonly<{
  version: number
  keyId: string
  licenseId: string
  customer: string
  orgSlug: string | null
  tier: Tier
  products: readonly string[]
  features: readonly string[]
  usersLimit: number | null
  issuedAt: Date
  /** The first instant at which it is no longer valid. */
  expires: Date
  graceDays: number
}>

type Fields = Readonly<Record<string, unknown>>

/** The licence in the signed part of a document; fields it does not know are left alone. Throws `LicenseFault` `wrong_shape`. */
export function licenseOf(fields: Fields): License {
  if (fields.version !== VERSION)
    throw wrong('version', `must be ${VERSION}; another version of Honeyframe reads others`)
  const license = {
    version: VERSION,
    keyId: textOf(fields, 'kid'),
    licenseId: textOf(fields, 'license_id'),
    customer: textOf(fields, 'customer'),
    orgSlug: orgSlugOf(fields),
    tier: tierOf(fields),
    products: listOf(fields, 'products'),
    features: listOf(fields, 'features'),
    usersLimit: (fields.users_limit ?? null) === null ? null : integerOf(fields, 'users_limit', 1, USERS_LIMIT_MAX),
    issuedAt: instantOf(fields, 'issued_at', 'start'),
    expires: instantOf(fields, 'expires', 'end'),
    graceDays:
      fields.grace_days === undefined ? GRACE_DAYS_DEFAULT : integerOf(fields, 'grace_days', 0, GRACE_DAYS_MAX),
  }
  if (license.expires <= license.issuedAt) throw wrong('expires', 'must be later than issued_at')
  return license
}

/**
 * The instant of a RFC 3339 text; a full date is its `edge` in UTC, and the end of a day is the midnight after it.
 * Undefined for anything else, also for days and hours that no calendar has.
 */
export function findInstant(text: string, edge: 'start' | 'end'): Date | undefined {
  const [, day, time] = INSTANT.exec(text) ?? []
  const midnight = day === undefined ? undefined : parseDate(`${day}T00:00:00Z`)
  // The 30th of February would be read as the 2nd of March.
  if (day === undefined || !midnight?.toISOString().startsWith(day)) return undefined
  if (time !== undefined) return parseDate(text)
  return edge === 'start' ? midnight : addMs(midnight, DAY_MS)
}

function instantOf(fields: Fields, name: string, edge: 'start' | 'end'): Date {
  const value = fields[name]
  const instant = typeof value === 'string' ? findInstant(value, edge) : undefined
  if (instant === undefined) throw wrong(name, 'must be a date, or a time as in RFC 3339')
  return instant
}

function orgSlugOf(fields: Fields): string | null {
  const value = fields.org_slug
  if (value === null) return null
  if (typeof value === 'string' && SLUG.test(value)) return value
  throw wrong('org_slug', 'must be the slug of an org, or null for every org')
}

function tierOf(fields: Fields): Tier {
  const tier = TIERS.find((one) => one === fields.tier)
  if (tier === undefined) throw wrong('tier', `must be one of ${TIERS.join(', ')}`)
  return tier
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  if (isText(value)) return value
  throw wrong(name, `must be a text of 1 to ${TEXT_CHARS_MAX} printable characters`)
}

function listOf(fields: Fields, name: string): string[] {
  const value = fields[name]
  const texts = Array.isArray(value) ? value.filter(isText) : []
  if (Array.isArray(value) && texts.length === value.length && texts.length <= LIST_ITEMS_MAX) return texts
  throw wrong(name, `must be a list of at most ${LIST_ITEMS_MAX} texts`)
}

function integerOf(fields: Fields, name: string, min: number, max: number): number {
  const value = fields[name]
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw wrong(name, `must be a whole number from ${min} to ${max}`)
}

/** Control characters would reach terminals and logs. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= TEXT_CHARS_MAX && !/\p{Cc}/u.test(value)
}

function wrong(name: string, words: string): LicenseFault {
  return new LicenseFault('wrong_shape', `license.${name} ${words}.`, `license.${name}`)
}
