/** Opens the database it is told and migrates it at the given time, as a starting node does. Prints the names it applied, as JSON. */
import { openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { migrations } from '#migrations/index.ts'

const [url = '', startAt = '0'] = process.argv.slice(2)
await Bun.sleep(Math.max(0, Number(startAt) - performance.timeOrigin - performance.now()))
await using db = await openDatabase({ url, poolMax: 2 })
process.stdout.write(JSON.stringify(await migrate(db, migrations)))
