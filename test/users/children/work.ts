/** A second process on the same database: works through the mails of this room until it is killed. */
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { loadSecrets } from '#config/secrets.ts'
import { createContext } from '#core/context.ts'
import { startWorker } from '#jobs/worker.ts'
import { usersJobs } from '#platform/users/jobs.ts'

const config = decideConfig(environment)
await using ctx = await createContext(config, await loadSecrets(environment, config), { writeLog: () => {} })
startWorker(ctx, usersJobs, { pollMs: 20 })
await new Promise(() => {})
