/**
 * A node of its own, for tests that kill one: works through `note.write` jobs on `DATABASE_URL`, and kills itself with
 * SIGKILL at the named moment. Its effect is a line at the end of a file. Ends by itself when no job is left.
 */
import { appendFile } from 'node:fs/promises'
import { and, inArray, lte } from 'drizzle-orm'
import { environment } from '#config/environment.ts'
import { openDatabase } from '#db/database.ts'
import { createQueue } from '#jobs/queue.ts'
import { jobs } from '#jobs/tables.ts'
import { startWorker } from '#jobs/worker.ts'
import { systemClock } from '#lib/clock.ts'
import { createLog } from '#lib/log.ts'
import { systemRandom } from '#lib/random.ts'
import { asJob } from './context.ts'

const [moment, path = ''] = process.argv.slice(2)
const clock = systemClock
const random = systemRandom
await using db = await openDatabase({ url: environment.DATABASE_URL ?? '' })
const log = createLog({ level: 'error', write: (line) => void process.stderr.write(`${line}\n`), clock })
const queue = createQueue({ clock, random, seal: (text) => text, open: (text) => text })

function dieAt(now: string) {
  if (moment === now) process.kill(process.pid, 'SIGKILL')
}

const job = asJob(
  'note.write',
  async (_, run) => {
    dieAt('before')
    await appendFile(path, `written ${run.attempt}\n`)
    dieAt('after')
  },
  { leaseMs: 300, attemptsMax: 2, onGivenUp: () => appendFile(path, 'given up\n') },
)

await using _worker = startWorker({ db, clock, random, log, jobs: queue }, [job], { pollMs: 20 })
while ((await db.$count(jobs, and(inArray(jobs.state, ['waiting', 'running']), lte(jobs.attempts, 9)))) > 0) {
  await clock.sleep(20)
}
