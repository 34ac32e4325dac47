import { DAY_MS, HOUR_MS, MINUTE_MS } from '#lib/clock.ts'
import { STATUSES, type Status } from './reading.ts'
import type { healthSamples } from './tables.ts'

/** How long a sample of the install holds: the next one is due after five minutes. Beyond it nobody knows. */
export const KNOWN_MS = 7 * MINUTE_MS

export const SPAN_MS = { sample: 0, hour: HOUR_MS, day: DAY_MS } as const

export type HistoryRow = Readonly<
  Pick<
    typeof healthSamples.$inferSelect,
    'span' | 'at' | 'status' | 'message' | 'latencyMs' | 'okMs' | 'warnMs' | 'errorMs'
  >
>

/** Milliseconds in each state. */
export type Durations = Readonly<Record<Status, number>>

/** A stretch of time; what its durations lack to its length is unknown. */
export type Piece = Durations &
  Readonly<{
    fromMs: number
    toMs: number
    /** The state at its end. */
    closing: Status
    message: string
    latencyMs: number
  }>

const NONE: Durations = { ok: 0, warn: 0, error: 0 }

/** What rows of the install, oldest first, say about the time until `toMs`. */
export function installPieces(rows: readonly HistoryRow[], toMs: number): Piece[] {
  const pieces: Piece[] = []
  let rolledTo = Number.NEGATIVE_INFINITY
  for (const [place, row] of rows.entries()) {
    const at = row.at.getTime()
    if (row.span !== 'sample') {
      pieces.push(spanPiece(row))
      rolledTo = Math.max(rolledTo, at + SPAN_MS[row.span])
      continue
    }
    const next = rows[place + 1]?.at.getTime() ?? toMs
    const [from, to] = [Math.max(at, rolledTo), Math.min(at + KNOWN_MS, next, toMs)]
    if (to > from) pieces.push(steady(row, from, to, 1))
  }
  return pieces
}

/** A stretch of which one share is known. */
export type Known = Readonly<{ fromMs: number; toMs: number; share: number }>

/** What is known of the time at all, by the pieces of one component of the install: neighbours of one share are one stretch. */
export function knownOf(pieces: readonly Piece[]): Known[] {
  const known: Known[] = []
  for (const piece of pieces) {
    const { fromMs, toMs } = piece
    const share = knownMs(piece) / (toMs - fromMs)
    const last = known.at(-1)
    if (last?.toMs === fromMs && last.share === share) known[known.length - 1] = { ...last, toMs }
    else known.push({ fromMs, toMs, share })
  }
  return known
}

/**
 * What rows of an org, oldest first and beginning with the last one before `fromMs`, say about the time from there to `toMs`. A
 * state holds until the next row, wherever the install knew about itself.
 */
export function orgPieces(
  rows: readonly HistoryRow[],
  { fromMs, toMs }: Readonly<{ fromMs: number; toMs: number }>,
  known: readonly Known[],
): Piece[] {
  const pieces: Piece[] = []
  let cursor = fromMs
  let place = 0
  let current: HistoryRow | undefined
  const hold = (until: number) => {
    for (; current && place < known.length; place++) {
      const stretch = known[place]
      if (!stretch || stretch.fromMs >= until) break
      const [from, to] = [Math.max(cursor, stretch.fromMs), Math.min(until, stretch.toMs)]
      if (to > from) pieces.push(steady(current, from, to, stretch.share))
      // The next state may begin within it.
      if (stretch.toMs > until) break
    }
    cursor = Math.max(cursor, until)
  }
  for (const row of rows) {
    const at = row.at.getTime()
    hold(Math.min(at, toMs))
    current = row
    if (row.span === 'sample') continue
    pieces.push(spanPiece(row))
    cursor = Math.max(cursor, at + SPAN_MS[row.span])
  }
  hold(toMs)
  return pieces
}

/** The worst state there was; undefined where nothing is known. */
export function worstIn(durations: Durations): Status | undefined {
  return STATUSES.findLast((status) => durations[status] > 0)
}

export function knownMs({ ok, warn, error }: Durations): number {
  return ok + warn + error
}

function steady({ status, message, latencyMs }: HistoryRow, fromMs: number, toMs: number, share: number): Piece {
  return { ...NONE, [status]: (toMs - fromMs) * share, fromMs, toMs, closing: status, message, latencyMs }
}

function spanPiece({ span, at, status, message, latencyMs, okMs, warnMs, errorMs }: HistoryRow): Piece {
  const fromMs = at.getTime()
  const durations = { ok: okMs ?? 0, warn: warnMs ?? 0, error: errorMs ?? 0 }
  return { ...durations, fromMs, toMs: fromMs + SPAN_MS[span], closing: status, message, latencyMs }
}
