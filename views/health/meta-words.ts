type Value = string | number | boolean | null

const NAMES: Readonly<Record<string, string>> = {
  is_installed: 'Installed',
  exit_code: 'Exit code',
  heartbeat_age_seconds: 'Heartbeat',
  free_bytes: 'Free space',
  total_bytes: 'Whole space',
  openai: 'OpenAI',
  own_relay: 'Own relay',
  platform_relay: 'Platform’s relay',
  proven_age_hours: 'Last proof',
}
const UNIT = /_(bytes|percent|seconds|minutes|hours)$/
const SHORT: Readonly<Record<string, string>> = { percent: '%', seconds: 's', minutes: 'min', hours: 'h' }
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** A fact of a probe for people: its name without the unit, and its value with it. */
export function metaWords(key: string, value: Value): { name: string; text: string } {
  const bare = key.replace(UNIT, '').replaceAll('_', ' ')
  const name = NAMES[key] ?? bare.charAt(0).toUpperCase() + bare.slice(1)
  return { name, text: valueWords(UNIT.exec(key)?.[1], value) }
}

function valueWords(unit: string | undefined, value: Value): string {
  if (value === null) return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string' || unit === undefined) return String(value)
  return unit === 'bytes' ? bytesWords(value) : `${value} ${SHORT[unit] ?? unit}`
}

/** Three digits at most, in steps of a thousand. */
function bytesWords(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** step
  return `${value >= 100 || step === 0 ? Math.round(value) : value.toFixed(1)} ${BYTE_UNITS[step]}`
}
