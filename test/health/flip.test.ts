import { describe, expect, test } from 'bun:test'
import { addMs, dateOfMs, MINUTE_MS } from '#lib/clock.ts'
import { type KnownState, type Step, stepAfter } from '#platform/health/flip.ts'
import type { Status } from '#platform/health/reading.ts'
import { START } from './arrange.ts'

/** What becomes of probes a minute apart. */
function follow(statuses: readonly Status[]): Step[] {
  let before: KnownState | undefined
  return statuses.map((status, minute) => {
    const now = addMs(dateOfMs(START), minute * MINUTE_MS)
    const step = stepAfter(before, { status, checkedAt: now }, now)
    before = step.state
    return step
  })
}

const newsOf = (steps: readonly Step[]) => steps.map(({ news }) => news ?? '-').join(' ')

describe('news', () => {
  const CASES: readonly [what: string, statuses: readonly Status[], news: string][] = [
    [
      'is the second bad probe in a row, and the second good one after that',
      ['ok', 'error', 'error', 'ok', 'ok'],
      '- - bad - recovered',
    ],
    ['is told once, however long it lasts', ['ok', 'warn', 'warn', 'warn', 'warn'], '- - bad - -'],
    ['is nothing that lasts for one probe', ['ok', 'error', 'ok', 'error', 'ok', 'ok'], '- - - - - -'],
    ['is nothing that was bad when it was first seen', ['error', 'error', 'error'], '- - -'],
    ['is a fault that was first seen bad and came back', ['error', 'ok', 'error', 'error'], '- - - bad'],
    ['is also what grows worse', ['ok', 'warn', 'warn', 'error', 'error', 'ok', 'ok'], '- - bad - bad - recovered'],
    ['is not what grows better and stays bad', ['ok', 'error', 'error', 'warn', 'warn'], '- - bad - -'],
  ]
  for (const [what, statuses, news] of CASES) {
    test(`${what}`, () => expect(newsOf(follow(statuses))).toBe(news))
  }

  test('is not the same probe twice', () => {
    const now = dateOfMs(START)
    const [, bad] = follow(['ok', 'error'])
    const again = stepAfter(
      bad?.state,
      { status: 'error', checkedAt: addMs(now, MINUTE_MS) },
      addMs(now, 2 * MINUTE_MS),
    )
    expect(again).toMatchObject({ news: undefined, isFlip: false, state: { badInARow: 1 } })
    const other = stepAfter(
      bad?.state,
      { status: 'error', checkedAt: addMs(now, 2 * MINUTE_MS) },
      addMs(now, 2 * MINUTE_MS),
    )
    expect(other.news).toBe('bad')
  })
})

describe('a sample is due', () => {
  test('at every flip, and else every five minutes', () => {
    const steps = follow(['ok', 'ok', 'ok', 'warn', 'warn', 'warn', 'warn', 'warn', 'warn', 'ok'])
    const due = steps.flatMap(({ isSampleDue }, minute) => (isSampleDue ? [minute] : []))
    expect(due).toEqual([0, 3, 8, 9])
  })

  test('at the fifth minute even when its job came a little early', () => {
    const [first] = follow(['ok'])
    const early = addMs(dateOfMs(START), 5 * MINUTE_MS - 400)
    expect(stepAfter(first?.state, { status: 'ok', checkedAt: early }, early).isSampleDue).toBe(true)
  })
})
