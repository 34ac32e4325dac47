const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const STEP = 1000

/** An amount of data for people, in decimal units (SI): `0 B`, `812 kB`, `1.4 GB`. */
export function plainBytes(bytes: number): string {
  let amount = bytes
  let unit = 0
  while (Math.round(amount) >= STEP && unit < UNITS.length - 1) {
    amount /= STEP
    unit += 1
  }
  const digits = unit === 0 || amount >= 10 ? 0 : 1
  return `${amount.toFixed(digits)} ${UNITS[unit]}`
}
