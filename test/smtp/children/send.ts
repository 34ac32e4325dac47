/** A second process on the same database: works through the queue until it is killed, or sends one test mail. */
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { loadSecrets } from '#config/secrets.ts'
import { createContext } from '#core/context.ts'
import { mailJobs } from '#core/mail/jobs.ts'
import { startWorker } from '#jobs/worker.ts'
import { sendTestMail } from '#platform/smtp/test-mail.ts'

const [doer = '', orgId = ''] = process.argv.slice(2)
const config = decideConfig(environment)
await using ctx = await createContext(config, await loadSecrets(environment, config), { writeLog: () => {} })
const scope = { orgId: Number(orgId), actor: { kind: 'operator' }, permissions: new Set<never>() } as const
if (doer === 'test') await sendTestMail(ctx, scope, { to: 'grace@example.test' })
else {
  startWorker(ctx, mailJobs, { pollMs: 20 })
  await new Promise(() => {})
}
