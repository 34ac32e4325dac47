import { afterEach, beforeEach, expect, test } from 'bun:test'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decideConfig } from '#config/config.ts'
import type { Environment } from '#config/environment.ts'
import { loadSecrets } from '#config/secrets.ts'
import { createContext } from '#core/context.ts'
import { vaultKeys } from '#core/vault/tables.ts'
import { makeEmptyDatabase } from '#test/support/database.ts'

const NEW = 'a new secret that is long enough, 40 bytes'
const OTHER = 'some other secret, long enough as well....'
const PURPOSE = { orgId: 1, table: 'webhooks', column: 'secret', row: 7 }

let folder: string
let dataDir: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'honeyframe-secrets-'))
  dataDir = join(folder, 'data')
})
afterEach(async () => rm(folder, { recursive: true, force: true }))

function load(environment: Environment = {}) {
  return loadSecrets(environment, decideConfig({ DATA_DIR: dataDir }))
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

test('without JWT_SECRET one is made once, in a file of mode 0600 in a folder of mode 0700', async () => {
  const first = await load()
  const path = join(dataDir, 'jwt-secret')
  expect([await modeOf(dataDir), await modeOf(path), await readdir(dataDir)]).toEqual([0o700, 0o600, ['jwt-secret']])
  expect(Buffer.byteLength(first.jwtSecret)).toBeGreaterThanOrEqual(32)
  expect((await readFile(path, 'utf8')).trim()).toBe(first.jwtSecret)
  const again = await load()
  expect([again.jwtSecret, again.jwtSecretsPrevious]).toEqual([first.jwtSecret, []])
})

test('a folder that was open to others is closed', async () => {
  await load()
  await chmod(dataDir, 0o755)
  await load()
  expect(await modeOf(dataDir)).toBe(0o700)
})

test('ten processes that start at once end with one secret and no litter', async () => {
  const all = await Promise.all(Array.from({ length: 10 }, () => load()))
  expect(new Set(all.map(({ jwtSecret }) => jwtSecret)).size).toBe(1)
  expect(await readdir(dataDir)).toEqual(['jwt-secret'])
})

test('a JWT_SECRET under 32 bytes is refused in a sentence that names it and not its value', async () => {
  for (const secret of ['canary', 'canary'.repeat(5), 'x'.repeat(31)]) {
    const message = await load({ JWT_SECRET: secret }).catch((error: Error) => error.message)
    expect(message).toBe('JWT_SECRET must be at least 32 bytes long.')
  }
  expect((await load({ JWT_SECRET: 'x'.repeat(32) })).jwtSecret).toBe('x'.repeat(32))
  expect((await load({ JWT_SECRET: 'é'.repeat(16) })).jwtSecret).toBe('é'.repeat(16))
  await writeFile(join(dataDir, 'jwt-secret'), 'short\n')
  expect(await load().catch((error: Error) => error.message)).toBe('JWT_SECRET must be at least 32 bytes long.')
})

test('once JWT_SECRET is set the kept one counts as previous, after JWT_SECRET_PREVIOUS', async () => {
  const kept = (await load()).jwtSecret
  expect((await load({ JWT_SECRET: NEW })).jwtSecretsPrevious).toEqual([kept])
  expect((await load({ JWT_SECRET: NEW, JWT_SECRET_PREVIOUS: OTHER })).jwtSecretsPrevious).toEqual([OTHER, kept])
  expect((await readFile(join(dataDir, 'jwt-secret'), 'utf8')).trim()).toBe(kept)
})

test('secrets show nothing of themselves', async () => {
  const secrets = await load({ JWT_SECRET: NEW, SMTP_PASSWORD: 'canary-smtp', ADMIN_PASSWORD: 'canary-admin' })
  for (const shown of [JSON.stringify({ secrets }), String(secrets), Bun.inspect({ secrets }), `${secrets}`]) {
    expect([shown.includes(NEW), shown.includes('canary')]).toEqual([false, false])
  }
})

test('a secret set after a generated one rewraps the vault once; what was sealed opens, and the kept one is no longer needed', async () => {
  await using place = await makeEmptyDatabase()
  const open = async (environment: Environment) => {
    const config = decideConfig({ DATA_DIR: dataDir, DATABASE_URL: place.url })
    return await createContext(config, await loadSecrets(environment, config), { writeLog: () => {} })
  }
  const first = await open({})
  const sealed = first.vault.seal('a secret of a tenant', PURPOSE)
  await first[Symbol.asyncDispose]()
  const second = await open({ JWT_SECRET: NEW })
  expect(second.vault.open(sealed, PURPOSE)).toBe('a secret of a tenant')
  const [row] = await second.db.select().from(vaultKeys)
  expect(row?.rewrappedAt).not.toBeNull()
  await second[Symbol.asyncDispose]()
  await rm(join(dataDir, 'jwt-secret'))
  const third = await open({ JWT_SECRET: NEW })
  expect(third.vault.open(sealed, PURPOSE)).toBe('a secret of a tenant')
  expect((await third.db.select().from(vaultKeys))[0]?.sealed).toBe(row?.sealed ?? '')
  await third[Symbol.asyncDispose]()
  const message = await open({ JWT_SECRET: OTHER }).catch((error: Error) => error.message)
  expect(message).toContain('JWT_SECRET_PREVIOUS')
  expect(message).not.toContain(OTHER)
  const rescued = await open({ JWT_SECRET: OTHER, JWT_SECRET_PREVIOUS: NEW })
  expect(rescued.vault.open(sealed, PURPOSE)).toBe('a secret of a tenant')
  await rescued[Symbol.asyncDispose]()
})

test('a wrong secret refuses to start, with JWT_SECRET_PREVIOUS in the sentence, and overwrites nothing', async () => {
  await using place = await makeEmptyDatabase()
  const config = decideConfig({ DATA_DIR: dataDir, DATABASE_URL: place.url })
  const right = await loadSecrets({ JWT_SECRET: NEW }, config)
  const first = await createContext(config, right, { writeLog: () => {} })
  const before = await first.db.select().from(vaultKeys)
  await first[Symbol.asyncDispose]()
  for (const environment of [{ JWT_SECRET: OTHER }, { JWT_SECRET: OTHER, JWT_SECRET_PREVIOUS: `${OTHER}x` }, {}]) {
    const secrets = await loadSecrets(environment, config)
    const failure = await createContext(config, secrets, { writeLog: () => {} }).catch((error: Error) => error.message)
    expect(failure).toBe(
      'JWT_SECRET does not open the vault of this database: set JWT_SECRET_PREVIOUS to the secret it had before.',
    )
  }
  const again = await createContext(config, right, { writeLog: () => {} })
  expect(await again.db.select().from(vaultKeys)).toEqual(before)
  await again[Symbol.asyncDispose]()
})
