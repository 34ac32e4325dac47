import type { Clock } from './clock.ts'

type Round<T, R> = Readonly<{ asked: T[]; answerOf: Promise<(one: T) => Promise<R>> }>

/**
 * A function whose calls of one context gather for `pauseMs` and are then worked on together; `work` answers with how to get
 * at the answer to each. What it throws, all callers of that round get.
 */
export function gathering<C extends Readonly<{ clock: Clock }>, T, R>(
  pauseMs: number,
  work: (ctx: C, asked: readonly T[]) => (one: T) => Promise<R>,
): (ctx: C, one: T) => Promise<R> {
  const rounds = new WeakMap<C, Round<T, R>>()

  async function ask(ctx: C, one: T): Promise<R> {
    const { asked, answerOf } = rounds.get(ctx) ?? begin(ctx)
    asked.push(one)
    return await (await answerOf)(one)
  }

  function begin(ctx: C): Round<T, R> {
    const asked: T[] = []
    const answerOf = ctx.clock.sleep(pauseMs).then(() => {
      rounds.delete(ctx)
      return work(ctx, asked)
    })
    const round = { asked, answerOf }
    rounds.set(ctx, round)
    return round
  }

  return ask
}
