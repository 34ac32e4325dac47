/**
 * A process that restores a backup and kills itself with SIGKILL at the named moment: while it loads, before it swaps, within
 * the swap, right before its commit, or between the commit and the files.
 */
import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { loadSecrets } from '#config/secrets.ts'
import { createContext } from '#core/context.ts'
import { restoreOrg } from '#platform/backups/restore.ts'

let isCommitted = false
const [moment = '', file = '', orgId = '0'] = process.argv.slice(2)
const config = decideConfig(environment)
await using ctx = await createContext(config, await loadSecrets(environment, config), {
  onStatement(sql) {
    if (moment === 'swapping' && /^insert into .*"usage_events"/i.test(sql)) die()
  },
})

await restoreOrg(
  // Once the rows are committed the restore asks for a name that the org's former files step aside under.
  { ...ctx, random: { ...ctx.random, uuid: () => (isCommitted ? die() : ctx.random.uuid()) } },
  { orgId: Number(orgId) },
  {
    file,
    onStep(step, rowsDone) {
      if (moment === 'loading' && step === 'loading' && rowsDone > 0) die()
    },
    async beforeSwap() {
      if (moment === 'before') die()
    },
    async inSwap() {
      if (moment === 'committing') die()
      isCommitted = moment === 'committed'
    },
  },
)

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('it lives on')
}
