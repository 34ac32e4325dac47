import { describe, expect, test } from 'bun:test'
import { outcomeOf } from '#scripts/lane.ts'

const SUMMARY = '\n 12 pass\n 1 skip\n 2 fail\n 30 expect() calls\nRan 15 tests across 3 files. [1.00s]\n'

describe('the outcome of a test run', () => {
  test('is what its summary says', () => {
    expect(outcomeOf(SUMMARY, 1)).toEqual({ passed: 12, failed: 2 })
  })

  test('is a failure when the run crashed, whatever was printed before', () => {
    expect(outcomeOf('', 132)).toEqual({ passed: 0, failed: 1 })
    expect(outcomeOf(' 12 pass\n 0 fail\n', 1)).toEqual({ passed: 12, failed: 1 })
  })

  test('is read from the last summary, and a test that prints one does not count', () => {
    expect(outcomeOf(` 99 pass\n 0 fail\n${SUMMARY}`, 1)).toEqual({ passed: 12, failed: 2 })
  })
})
