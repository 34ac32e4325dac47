import { expect, test } from 'bun:test'
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS, parseDate, systemClock } from '#lib/clock.ts'
import { nextCronTime } from '#lib/cron.ts'
import { exactTime, plural, relativeTime } from '#lib/format.ts'
import { systemRandom } from '#lib/random.ts'

const NOW = new Date('2026-03-01T09:30:15Z')

test('a sleep ends at once when it is aborted, before or during it', async () => {
  const startedAt = performance.now()
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 20)
  await systemClock.sleep(60_000, stop.signal)
  await systemClock.sleep(60_000, stop.signal)
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

for (const [ms, words] of [
  [0, 'just now'],
  [-59_000, 'just now'],
  [-MINUTE_MS, '1 minute ago'],
  [-5 * MINUTE_MS, '5 minutes ago'],
  [-3 * HOUR_MS, '3 hours ago'],
  [-DAY_MS, 'yesterday'],
  [DAY_MS, 'tomorrow'],
  [7 * DAY_MS, 'in 7 days'],
  [-40 * DAY_MS, 'last month'],
  [-800 * DAY_MS, '2 years ago'],
] as const) {
  test(`${ms} ms from now reads ${words}`, () => {
    expect(relativeTime(addMs(NOW, ms), NOW)).toBe(words)
  })
}

test('exact times are UTC and counts have their noun', () => {
  expect(exactTime(NOW)).toBe('2026-03-01 09:30 UTC')
  expect([plural(0, 'member'), plural(1, 'member'), plural(2, 'member')]).toEqual([
    '0 members',
    '1 member',
    '2 members',
  ])
  expect(plural(2, 'person', 'people')).toBe('2 people')
})

test('a text that names no instant is none', () => {
  expect(parseDate('2026-03-01T09:30:15Z')).toEqual(NOW)
  expect(parseDate('soon')).toBeUndefined()
})

test('cron patterns are read in UTC, over the change of summer time too', () => {
  expect(nextCronTime('30 3 * * *', new Date('2026-03-28T03:30:00Z'))).toEqual(new Date('2026-03-29T03:30:00Z'))
  expect(nextCronTime('*/15 * * * *', NOW)).toEqual(new Date('2026-03-01T09:45:00Z'))
  expect(() => nextCronTime('* * * * * *', NOW)).toThrow()
})

test('ids made later sort after ids made before', () => {
  const ids = Array.from({ length: 10_000 }, () => systemRandom.uuid())
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(10_000)
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
