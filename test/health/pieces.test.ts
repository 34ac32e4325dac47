import { describe, expect, test } from 'bun:test'
import { DAY_MS, dateOfMs, HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { bandOf, uptimePercent } from '#platform/health/band.ts'
import { fillBuckets } from '#platform/health/buckets.ts'
import { type HistoryRow, installPieces, KNOWN_MS, knownMs, knownOf, orgPieces } from '#platform/health/pieces.ts'
import { gridOf, RANGES } from '#platform/health/range.ts'
import type { Status } from '#platform/health/reading.ts'
import { START } from './arrange.ts'

function sample(minute: number, status: Status = 'ok', message = ''): HistoryRow {
  const at = dateOfMs(START + minute * MINUTE_MS)
  return { span: 'sample', at, status, message, latencyMs: 1, okMs: null, warnMs: null, errorMs: null }
}

function hour(place: number, [okMs, warnMs, errorMs]: readonly [number, number, number], status: Status): HistoryRow {
  return { ...sample(place * 60, status), span: 'hour', okMs, warnMs, errorMs }
}

const minutes = (count: number) => count * MINUTE_MS
const until = (minute: number) => START + minutes(minute)

describe('what is known of the install', () => {
  test('is each sample until the next one, and seven minutes after the last', () => {
    const pieces = installPieces([sample(0), sample(5), sample(7, 'error'), sample(8)], until(60))
    expect(pieces.map(({ toMs, fromMs, ok, error }) => [(toMs - fromMs) / MINUTE_MS, ok > 0, error > 0])).toEqual([
      [5, true, false],
      [2, true, false],
      [1, false, true],
      [KNOWN_MS / MINUTE_MS, true, false],
    ])
  })

  test('reaches no further than now', () => {
    expect(installPieces([sample(0)], until(2)).map(({ ok }) => ok)).toEqual([minutes(2)])
  })

  test('counts no sample of an hour twice that was rolled up', () => {
    const rows = [hour(0, [HOUR_MS, 0, 0], 'ok'), sample(56), sample(59), sample(61)]
    const known = installPieces(rows, until(63)).reduce((sum, piece) => sum + knownMs(piece), 0)
    expect(known).toBe(HOUR_MS + minutes(3))
  })
})

describe('what is known of an org', () => {
  const beats = [...Array(13).keys()].map((place) => sample(place * 5))
  const known = knownOf(installPieces(beats, until(60)))
  const time = { fromMs: START, toMs: until(60) }

  test('is its last state before, until it flips', () => {
    const pieces = orgPieces([sample(-90_000, 'warn'), sample(20, 'ok')], time, known)
    expect(sums(pieces)).toEqual({ ok: minutes(40), warn: minutes(20), error: 0 })
  })

  test('is nothing before its first state', () => {
    expect(sums(orgPieces([sample(20, 'ok')], time, known))).toEqual({ ok: minutes(40), warn: 0, error: 0 })
  })

  test('is nothing where the install did not run', () => {
    const stopped = knownOf(installPieces([sample(0), sample(50)], until(60)))
    expect(sums(orgPieces([sample(-5, 'ok')], time, stopped))).toEqual({ ok: minutes(14), warn: 0, error: 0 })
  })

  test('goes on after an hour that was rolled up with the state at its end', () => {
    const hours = [...Array(5).keys()].map((place) => hour(place, [HOUR_MS, 0, 0], 'ok'))
    const long = { fromMs: START, toMs: START + 5 * HOUR_MS }
    const rows = [hour(1, [HOUR_MS / 2, 0, HOUR_MS / 2], 'error'), sample(4 * 60, 'ok')]
    const sum = sums(orgPieces(rows, long, knownOf(installPieces(hours, long.toMs))))
    expect(sum).toEqual({ ok: HOUR_MS / 2 + HOUR_MS, warn: 0, error: HOUR_MS / 2 + 2 * HOUR_MS })
  })

  test('is cut where a stretch that is known begins or ends, and holds again in the next one', () => {
    const gaps = [0, 20, 40].map((minute) => ({ fromMs: until(minute), toMs: until(minute + 10), share: 0.5 }))
    const rows = [sample(-5, 'ok'), sample(5, 'error'), sample(25, 'ok'), sample(26, 'warn')]
    expect(sums(orgPieces(rows, time, gaps))).toEqual({ ok: minutes(3), warn: minutes(7), error: minutes(5) })
  })

  function sums(pieces: ReturnType<typeof orgPieces>) {
    const [all] = fillBuckets(pieces, { fromMs: START - DAY_MS, bucketMs: 3 * DAY_MS, count: 1 })
    return { ok: all?.ok ?? 0, warn: all?.warn ?? 0, error: all?.error ?? 0 }
  }
})

describe('a band', () => {
  const grid = { fromMs: START, bucketMs: minutes(15), count: 4 }

  test('shows the worst of each stretch, with its words, and neighbours as one', () => {
    const rows = [...Array(12).keys()].map((place) => sample(place * 5, 'ok', 'fine'))
    rows.splice(4, 1, sample(20, 'error', 'it broke'))
    const { segments, uptimePercent } = bandOf(fillBuckets(installPieces(rows, until(60)), grid), grid, until(60))
    expect(segments.map(({ status, message, toMs }) => [status, message, (toMs - START) / MINUTE_MS])).toEqual([
      ['ok', 'fine', 15],
      ['error', 'it broke', 30],
      ['ok', 'fine', 60],
    ])
    expect(uptimePercent).toBe(91.66)
  })

  test('is unknown where nothing ran for a third of a stretch, and bad even then', () => {
    const rows = [sample(0), sample(15, 'warn'), sample(30), sample(35), sample(40)]
    const { segments } = bandOf(fillBuckets(installPieces(rows, until(60)), grid), grid, until(60))
    expect(segments.map(({ status }) => status)).toEqual(['unknown', 'warn', 'ok', 'unknown'])
  })

  test('ends now', () => {
    const { segments } = bandOf(fillBuckets([], grid), grid, until(20))
    expect(segments).toEqual([{ fromMs: START, toMs: until(20), status: 'unknown', message: '' }])
  })
})

describe('the uptime', () => {
  test('counts ok and warn over what is known, and never rounds up', () => {
    expect(uptimePercent([{ ok: 600_000, warn: 399_999, error: 1 }])).toBe(99.99)
    expect(uptimePercent([{ ok: 1, warn: 1, error: 0 }])).toBe(100)
    expect(uptimePercent([{ ok: 0, warn: 0, error: 0 }])).toBeNull()
  })
})

describe('every range', () => {
  for (const range of RANGES) {
    test(`${range} is as long as it says, in at most a hundred stretches, the last one under way`, () => {
      const now = dateOfMs(START + 123_456)
      const { fromMs, bucketMs, count } = gridOf(range, now)
      const unitMs = range.endsWith('h') ? HOUR_MS : DAY_MS
      expect(count * bucketMs).toBe(Number.parseInt(range, 10) * unitMs)
      expect(count).toBeLessThanOrEqual(100)
      expect(fromMs + (count - 1) * bucketMs).toBeLessThanOrEqual(now.getTime())
      expect(fromMs + count * bucketMs).toBeGreaterThan(now.getTime())
    })
  }
})
