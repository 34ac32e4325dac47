/** A second process on the same database: works through the queue until it is killed, or sends one invitation again. */
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { loadSecrets } from '#config/secrets.ts'
import { createContext } from '#core/context.ts'
import { startWorker } from '#jobs/worker.ts'
import { invitesJobs } from '#platform/invites/jobs.ts'
import { resendInvite } from '#platform/invites/resend.ts'

const [doer = '', orgId = '', inviteId = ''] = process.argv.slice(2)
const config = decideConfig(environment)
await using ctx = await createContext(config, await loadSecrets(environment, config), { writeLog: () => {} })
const scope = { orgId: Number(orgId), actor: { kind: 'operator' }, permissions: new Set<never>() } as const
if (doer === 'resend') await resendInvite(ctx, scope, Number(inviteId))
else {
  startWorker(ctx, invitesJobs, { pollMs: 20 })
  await new Promise(() => {})
}
