import { decideConfig } from '#config/config.ts'
import { environment } from '#config/environment.ts'
import { loadSecrets } from '#config/secrets.ts'
import { createContext } from '#core/context.ts'

/** The context of a verb that works on the database itself; its log goes to the terminal's error stream. */
export async function operatorContext() {
  const config = decideConfig(environment)
  const secrets = await loadSecrets(environment, config)
  return await createContext({ ...config, logLevel: 'warn' }, secrets, {
    writeLog: (line) => process.stderr.write(`${line}\n`),
  })
}
