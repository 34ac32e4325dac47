export type Spread = Readonly<{ min: number; median: number; max: number }>

/** The smallest, the middle and the largest of some measurements. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const median = (at(sorted, Math.floor(middle)) + at(sorted, Math.ceil(middle))) / 2
  return { min: at(sorted, 0), median, max: at(sorted, sorted.length - 1) }
}

/** What `values` are of `base`, round by round: what disturbs the machine disturbs both halves of a round. */
export function ratioOf(values: readonly number[], base: readonly number[]): Spread {
  return spreadOf(values.map((value, round) => value / at(base, round)))
}

/** Measures every subject once in each round, always in the same order; a round before the first one only warms them up. */
export async function alternate<Name extends string>(
  rounds: number,
  subjects: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[]
  const measured = Object.fromEntries(names.map((name): [Name, number[]] => [name, []])) as Record<Name, number[]>
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const value = await subjects[name]()
      if (round > 0) measured[name].push(value)
    }
  }
  return measured
}

/** How much `values`, taken at even distances, rise from one to the next: the slope of the least-squares line. */
export function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const [over, under] = values.reduce(
    ([sum, squares], value, place) => [sum + (place - middle) * (value - mean), squares + (place - middle) ** 2],
    [0, 0] as [number, number],
  )
  return over / under
}

function at(values: readonly number[], place: number): number {
  const value = values[place]
  if (value === undefined) throw new Error('a measurement is missing')
  return value
}
