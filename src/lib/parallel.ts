/** Works on the items, at most `width` at a time; the results come in the order of the items. The first failure rejects. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>()
  const queue = items.entries()
  const lane = async () => {
    for (const [at, item] of queue) results.set(at, await work(item))
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
  return [...results.entries()].sort(([a], [b]) => a - b).map(([, result]) => result)
}
