import type { Outcome } from './lane.ts'

/** A run of some files of a lane. */
export type Part = Readonly<{ lane: string; run: () => Promise<Outcome> }>
export type Row = Outcome & Readonly<{ name: string; seconds: number }>

/** Files in parts of so many, each of which is a run of its own. */
export function partsOf(
  lane: string,
  files: readonly string[],
  size: number,
  run: (files: string[]) => Promise<Outcome>,
) {
  const starts = Array.from({ length: Math.ceil(files.length / size) }, (_, place) => place * size)
  return starts.map((from): Part => ({ lane, run: () => run(files.slice(from, from + size)) }))
}

/**
 * Works through the tracks beside each other; a track that is through goes on with the last parts of the one that has most left.
 * Answers a row for each lane, whose `seconds` are those of its parts.
 */
export async function runTracks(tracks: readonly (readonly Part[])[]): Promise<Row[]> {
  const left = tracks.map((parts) => [...parts])
  const rows: Row[] = []
  const follow = async (own: Part[]) => {
    for (let part = own.shift(); part; part = own.shift() ?? longest(left)?.pop()) {
      rows.push(await measured(part.lane, part.run))
    }
  }
  await Promise.all(left.map(follow))
  return [...new Set(tracks.flat().map(({ lane }) => lane))].map((name) => sumOf(name, rows))
}

function longest(queues: readonly Part[][]): Part[] | undefined {
  return queues.toSorted((a, b) => b.length - a.length)[0]
}

function sumOf(name: string, rows: readonly Row[]): Row {
  const own = rows.filter((row) => row.name === name)
  const sum = (key: 'passed' | 'failed' | 'seconds') => own.reduce((total, row) => total + row[key], 0)
  return { name, passed: sum('passed'), failed: sum('failed'), seconds: sum('seconds') }
}

/** What a stage cannot do counts as one failure, and stops no other. */
export async function measured(name: string, run: () => Promise<Outcome>): Promise<Row> {
  const start = performance.now()
  const outcome = await run().catch((error) => {
    console.log(error instanceof Error ? error.message : 'The stage failed.')
    return { passed: 0, failed: 1 }
  })
  return { name, ...outcome, seconds: (performance.now() - start) / 1000 }
}
