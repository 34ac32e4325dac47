/**
 * Turns the vault's secret from one to the other and back, for ever or until it kills itself at the named moment. For tests
 * that end it with SIGKILL.
 */
import { environment } from '#config/environment.ts'
import { rewrapDataKey } from '#core/vault/data-key.ts'
import { openDatabase } from '#db/database.ts'
import { systemClock } from '#lib/clock.ts'
import { systemRandom } from '#lib/random.ts'

const [moment, one = '', other = ''] = process.argv.slice(2)

function dieAt(now: string) {
  if (moment === now) process.kill(process.pid, 'SIGKILL')
}

await using db = await openDatabase({
  url: environment.DATABASE_URL ?? '',
  poolMax: 1,
  onStatement: (sql) => {
    if (/^\s*update/i.test(sql)) dieAt('before the statement')
  },
})
for (let [secret, previous] = [other, one]; ; [secret, previous] = [previous, secret]) {
  await rewrapDataKey({ db, secret, previousSecrets: [previous], random: systemRandom, clock: systemClock })
  dieAt('after the statement')
  process.stdout.write('turned\n')
}
