let ending: Promise<void> | undefined

/** Resolves when everything that became ready in this turn of the event loop has had its turn; for all who wait, at once. */
export function endOfTurn(): Promise<void> {
  ending ??= new Promise((resolve) => {
    setImmediate(() => {
      ending = undefined
      resolve()
    })
  })
  return ending
}
