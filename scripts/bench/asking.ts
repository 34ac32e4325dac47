import { spreadOf } from './spread.ts'

const ASKED_A_ROUND = 25

/** The middle of some answers, in milliseconds, asked for one after the other. */
export async function medianMs({ url, headers }: { url: string; headers: Record<string, string> }): Promise<number> {
  const values: number[] = []
  for (let left = ASKED_A_ROUND; left > 0; left--) {
    const start = performance.now()
    const answer = await fetch(url, { headers })
    await answer.text()
    values.push(performance.now() - start)
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`)
  }
  return spreadOf(values).median
}
