import type { Job } from './job.ts'
import { LANES, type Lane } from './lane.ts'
import { startWorker, type WorkerContext } from './worker.ts'

/** One worker for each lane that has jobs: what waits in one holds up no other. Disposing stops all at once. */
export function startWorkers<C extends WorkerContext>(ctx: C, list: readonly Job<C>[]): AsyncDisposable {
  const lanes = [...new Set<Lane>(list.map((job) => job.lane))]
  const workers = lanes.map((lane) =>
    startWorker(
      ctx,
      list.filter((job) => job.lane === lane),
      LANES[lane],
    ),
  )
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()))
    },
  }
}
