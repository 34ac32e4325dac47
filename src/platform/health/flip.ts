import { MINUTE_MS, SECOND_MS } from '#lib/clock.ts'
import { STATUSES, type Status } from './reading.ts'
import type { healthStates } from './tables.ts'

export type KnownState = Readonly<
  Pick<typeof healthStates.$inferSelect, 'status' | 'since' | 'checkedAt' | 'savedAt' | 'badInARow' | 'alertedAt'>
>

/** Two bad probes one after the other are news; a single one may be a hiccup. */
export const BAD_IN_A_ROW = 2
/** How often a component that does not change is written down. */
export const STEADY_MS = 5 * MINUTE_MS
/** A minute's job comes a little early or late. */
const JITTER_MS = 30 * SECOND_MS

export type Step = Readonly<{
  state: KnownState
  isFlip: boolean
  /** Whether a sample is due: at a flip, and every five minutes. */
  isSampleDue: boolean
  /** What people who asked for it should hear. */
  news: 'bad' | 'recovered' | undefined
}>

/**
 * The state of a component after one more probe. Bad is whatever is not ok. News is the second bad probe in a row, when a
 * component has failed or grown worse since the last news, and the second good one after that. What was bad when it was first
 * seen is no news. A probe within half a minute of the last one is the same one: a job may run twice, and an answer may serve
 * for longer than a minute.
 */
export function stepAfter(
  before: KnownState | undefined,
  { status, checkedAt }: Readonly<{ status: Status; checkedAt: Date }>,
  now: Date,
): Step {
  if (!before) return { state: firstState(status, now), isFlip: true, isSampleDue: true, news: undefined }
  const isFlip = before.status !== status
  const isAgain = !isFlip && checkedAt.getTime() - before.checkedAt.getTime() < JITTER_MS
  const badInARow = isAgain ? before.badInARow : countBad(before, status)
  const isBad = badInARow === BAD_IN_A_ROW && before.badInARow < BAD_IN_A_ROW
  const isRecovered = status === 'ok' && !isFlip && !isAgain && before.alertedAt !== null
  const isSampleDue = isFlip || now.getTime() - before.savedAt.getTime() >= STEADY_MS - JITTER_MS
  const state = {
    ...{ status, badInARow, checkedAt: isAgain ? before.checkedAt : checkedAt },
    since: isFlip ? now : before.since,
    savedAt: isSampleDue ? now : before.savedAt,
    alertedAt: isBad ? now : isRecovered ? null : before.alertedAt,
  }
  return { state, isFlip, isSampleDue, news: isBad ? 'bad' : isRecovered ? 'recovered' : undefined }
}

function firstState(status: Status, now: Date): KnownState {
  const badInARow = status === 'ok' ? 0 : BAD_IN_A_ROW
  return { status, badInARow, since: now, checkedAt: now, savedAt: now, alertedAt: null }
}

function countBad(before: KnownState, status: Status): number {
  if (status === 'ok') return 0
  const isWorse = STATUSES.indexOf(status) > STATUSES.indexOf(before.status)
  return isWorse ? 1 : Math.min(before.badInARow + 1, BAD_IN_A_ROW)
}
