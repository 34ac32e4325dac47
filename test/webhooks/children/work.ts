/** A second process on the same database: works through events and deliveries until it is killed. */
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { loadSecrets } from '#config/secrets.ts'
import { createContext } from '#core/context.ts'
import { startWorker } from '#jobs/worker.ts'
import { webhooksJobs } from '#platform/webhooks/jobs.ts'

const config = decideConfig(environment)
await using ctx = await createContext(config, await loadSecrets(environment, config), { writeLog: () => {} })
startWorker(ctx, webhooksJobs, { pollMs: 20, concurrency: Number(process.argv[2] ?? '8') })
await new Promise(() => {})
