import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decideConfig } from '#config/config.ts'
import { loadSecrets } from '#config/secrets.ts'
import { createContext } from '#core/context.ts'
import { engine } from '#db/columns.ts'
import { pathOf } from '#db/sqlite.ts'
import { start } from '#test/binary/executable.ts'
import { openTestDatabase } from '#test/support/database.ts'
import { PROGRAM } from '#test/support/program.ts'

export type Variables = Readonly<Record<string, string>>

/** A verb of the program in a process of its own, with these variables and none of ours. */
export function startVerb(argv: readonly string[], variables: Variables) {
  return start([...PROGRAM, ...argv], { env: { ...variables } })
}

/** The same, to its end. */
export async function runVerb(argv: readonly string[], variables: Variables) {
  const child = Bun.spawn([...PROGRAM, ...argv], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', ...variables },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [stdout = '', stderr = ''] = await Promise.all(
    [child.stdout, child.stderr].map((each) => new Response(each).text()),
  )
  return { code: await child.exited, stdout, stderr }
}

/** What an operator has: a folder for data and a migrated database of the lane's engine. `env` are the variables for both. */
export async function makeInstall() {
  const database = await openTestDatabase()
  if (engine === 'sqlite') await chmod(pathOf(database.url), 0o600)
  const root = await mkdtemp(join(tmpdir(), 'honeyframe-install-'))
  const env = { DATA_DIR: join(root, 'data'), DATABASE_URL: database.url }
  return {
    ...{ ...database, root, dataDir: env.DATA_DIR, env },
    /** The program's context, as every start makes it. */
    async open(variables: Variables = {}) {
      const config = decideConfig({ ...env, ...variables })
      const secrets = await loadSecrets({ ...env, ...variables }, config)
      return await createContext(config, secrets, { writeLog: () => {} })
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await rm(root, { recursive: true, force: true })
    },
  }
}

export type Install = Awaited<ReturnType<typeof makeInstall>>
