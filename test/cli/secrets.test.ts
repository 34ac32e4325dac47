import { describe, expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import type { Context } from '#core/context.ts'
import { findDataKey } from '#core/vault/data-key.ts'
import { vaultKeys } from '#core/vault/tables.ts'
import { vaultOf } from '#core/vault/vault.ts'
import { jobs } from '#jobs/tables.ts'
import { systemRandom } from '#lib/random.ts'
import { SEALED_VALUES } from '#platform/sealed-values.ts'
import { start } from '#test/binary/executable.ts'
import { type Install, makeInstall, runVerb, startVerb, type Variables } from './operator.ts'

const OLD = 'the-secret-of-last-year-with-32-bytes'
const NEW = 'the-secret-of-this-year-with-32-bytes'
const STRANGE = 'a-secret-that-nobody-ever-used-before'
const CANARY = 'a token that only its job may see'
const KILLED = 128 + 9
const REKEY = join(import.meta.dir, 'children/rekey.ts')

async function status(install: Install, variables: Variables) {
  const { code, stdout } = await runVerb(['secrets', 'status', '--json'], { ...install.env, ...variables })
  return { code, ...JSON.parse(stdout) }
}

/** A job with a sealed payload; answers with its id. */
function enqueueSecret(ctx: Context): Promise<string> {
  const job = {
    kind: 'note.write',
    orgId: 3,
    payload: { token: CANARY },
    isSecret: true,
    runAt: new Date('2999-01-01'),
  }
  return ctx.db.transaction((tx) => ctx.jobs.enqueue(tx, job))
}

async function payloadWith(install: Install, secret: string, id: string): Promise<unknown> {
  await using ctx = await install.open({ JWT_SECRET: secret })
  const [row] = await ctx.db.select().from(jobs).where(eq(jobs.id, id))
  return row && ctx.jobs.payloadOf(row)
}

/** An install that was started with `OLD`, and holds one sealed value. */
async function usedInstall(variables: Variables = { JWT_SECRET: OLD }) {
  const install = await makeInstall()
  await using ctx = await install.open(variables)
  return { install, id: await enqueueSecret(ctx) }
}

const COUNTS = {
  ...{ readable: 1, unreadable: 0 },
  columns: SEALED_VALUES.map(({ name }) => ({
    column: name,
    readable: name === 'jobs.payload' ? 1 : 0,
    unreadable: 0,
  })),
}
const KEPT = { exists: false, is_used: false }

const STATES: [what: string, variables: Variables, expected: object][] = [
  ['the present secret', { JWT_SECRET: OLD }, { code: 0, vault: 'current', opened_by: 'JWT_SECRET', sealed: COUNTS }],
  [
    'a previous secret',
    { JWT_SECRET: NEW, JWT_SECRET_PREVIOUS: OLD },
    { code: 0, vault: 'previous', opened_by: 'JWT_SECRET_PREVIOUS', sealed: COUNTS },
  ],
  [
    'neither',
    { JWT_SECRET: NEW, JWT_SECRET_PREVIOUS: STRANGE },
    { code: 1, vault: 'neither', opened_by: null, sealed: null },
  ],
  ['no secret at all', {}, { code: 1, vault: 'neither', opened_by: null, sealed: null }],
]

describe('secrets status', () => {
  for (const [what, variables, expected] of STATES) {
    test(`says that ${what} opens the vault, shows none, and writes nothing`, async () => {
      const { install } = await usedInstall()
      await using _ = install
      const before = await install.db.select().from(vaultKeys)
      const made = before[0]?.createdAt.toISOString()
      const state = { kept_secret: KEPT, made_at: made, rewrapped_at: null, ...expected }
      expect(await status(install, variables)).toEqual(state)
      const { stdout, stderr } = await runVerb(['secrets', 'status'], { ...install.env, ...variables })
      for (const secret of [OLD, NEW, STRANGE, CANARY, before[0]?.sealed ?? '']) {
        expect(stdout + stderr).not.toContain(secret)
        expect(JSON.stringify(await status(install, variables))).not.toContain(secret)
      }
      expect(await install.db.select().from(vaultKeys)).toEqual(before)
      expect(await Bun.file(join(install.dataDir, 'jwt-secret')).exists()).toBe(false)
    }, 30_000)
  }

  test('of an install that never started says that there is no vault', async () => {
    await using install = await makeInstall()
    expect(await status(install, { JWT_SECRET: OLD })).toMatchObject({ code: 0, vault: 'none', made_at: null })
    expect(await install.db.$count(vaultKeys)).toBe(0)
  })

  test('counts what does not open, and ends with 1', async () => {
    const { install, id } = await usedInstall()
    await using _ = install
    const [row] = await install.db.select().from(jobs).where(eq(jobs.id, id))
    if (row) await install.db.insert(jobs).values({ ...row, id: systemRandom.uuid(), orgId: 4 })
    const { code, sealed } = await status(install, { JWT_SECRET: OLD })
    expect([code, sealed.readable, sealed.unreadable]).toEqual([1, 1, 1])
  })

  test('says whether the secret kept in DATA_DIR is still used', async () => {
    const { install } = await usedInstall({})
    await using _ = install
    expect(await status(install, {})).toMatchObject({ opened_by: 'jwt-secret', kept_secret: { is_used: true } })
    const named = { vault: 'previous', opened_by: 'jwt-secret', kept_secret: { is_used: true } }
    expect(await status(install, { JWT_SECRET: NEW })).toMatchObject(named)
    await using _opened = await install.open({ JWT_SECRET: NEW })
    expect(await status(install, { JWT_SECRET: NEW })).toMatchObject({ kept_secret: { exists: true, is_used: false } })
    const { stdout } = await runVerb(['secrets', 'status'], { ...install.env, JWT_SECRET: NEW })
    expect(stdout).toContain('no longer used: it can be deleted')
  }, 30_000)
})

describe('secrets rekey', () => {
  const rekey = (install: Install, variables: Variables, ...argv: string[]) =>
    runVerb(['secrets', 'rekey', ...argv], { ...install.env, ...variables })
  const both = { JWT_SECRET: NEW, JWT_SECRET_PREVIOUS: OLD }

  test('wraps the key under the present secret; a second time there is nothing to do', async () => {
    const { install, id } = await usedInstall()
    await using _ = install
    expect(await rekey(install, both, '--json')).toEqual({ code: 0, stdout: '{"rewrapped":true}\n', stderr: '' })
    const after = await install.db.select().from(vaultKeys)
    expect(after[0]?.rewrappedAt).toBeInstanceOf(Date)
    expect(await rekey(install, both, '--json')).toEqual({ code: 0, stdout: '{"rewrapped":false}\n', stderr: '' })
    expect(await install.db.select().from(vaultKeys)).toEqual(after)
    expect(await payloadWith(install, NEW, id)).toEqual({ token: CANARY })
    await expect(install.open({ JWT_SECRET: OLD })).rejects.toMatchObject({ code: 'vault_locked' })
  }, 30_000)

  test('runs while the program serves, which goes on with what it has open', async () => {
    const { install } = await usedInstall()
    await using _ = install
    await using serving = await install.open({ JWT_SECRET: OLD })
    expect((await rekey(install, both)).code).toBe(0)
    const id = await enqueueSecret(serving)
    expect(await payloadWith(install, NEW, id)).toEqual({ token: CANARY })
  })

  test('takes the secret kept in DATA_DIR for a previous one, even beside a wrong JWT_SECRET_PREVIOUS', async () => {
    const { install, id } = await usedInstall({})
    await using _ = install
    const { code } = await rekey(install, { JWT_SECRET: NEW, JWT_SECRET_PREVIOUS: STRANGE })
    expect(code).toBe(0)
    expect(await payloadWith(install, NEW, id)).toEqual({ token: CANARY })
  })

  test('with no secret that opens the key ends with 1 and one sentence, and overwrites nothing', async () => {
    const { install, id } = await usedInstall()
    await using _ = install
    const before = await install.db.select().from(vaultKeys)
    for (const variables of [{ JWT_SECRET: NEW }, { JWT_SECRET: NEW, JWT_SECRET_PREVIOUS: STRANGE }]) {
      const { code, stdout, stderr } = await rekey(install, variables)
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^honeyframe: [^\n]*JWT_SECRET_PREVIOUS[^\n]*\n$/)
    }
    expect(await install.db.select().from(vaultKeys)).toEqual(before)
    expect(await payloadWith(install, OLD, id)).toEqual({ token: CANARY })
  })

  test('of an install that never started ends with 1 and makes nothing', async () => {
    await using install = await makeInstall()
    expect((await rekey(install, both)).code).toBe(1)
    expect(await install.db.$count(vaultKeys)).toBe(0)
  })

  test('asked for something else is wrong usage', async () => {
    await using install = await makeInstall()
    for (const argv of [['secrets'], ['secrets', 'show'], ['secrets', 'status', '--all']]) {
      expect((await runVerb(argv, install.env)).code).toBe(2)
    }
  })
})

describe('a start', () => {
  test('with JWT_SECRET_PREVIOUS rewraps the key, and the next one needs the new secret only', async () => {
    const { install, id } = await usedInstall()
    await using _ = install
    const variables = { ...install.env, PORT: '0', JWT_SECRET: NEW, JWT_SECRET_PREVIOUS: OLD }
    await using server = startVerb(['serve'], variables)
    await server.says(/"message":"listening"/)
    server.kill('SIGTERM')
    expect(await server.ended()).toBe(0)
    expect(await status(install, { JWT_SECRET: NEW })).toMatchObject({ vault: 'current', sealed: COUNTS })
    expect(await payloadWith(install, NEW, id)).toEqual({ token: CANARY })
  }, 30_000)

  test('with a wrong secret is refused with one sentence that names JWT_SECRET_PREVIOUS, and overwrites nothing', async () => {
    const { install, id } = await usedInstall()
    await using _ = install
    await Bun.write(join(install.dataDir, 'jwt-secret'), `${STRANGE}\n`)
    const before = await install.db.select().from(vaultKeys)
    for (const variables of [{}, { JWT_SECRET: NEW }, { JWT_SECRET: NEW, JWT_SECRET_PREVIOUS: STRANGE }]) {
      const { code, stdout, stderr } = await runVerb(['serve'], { ...install.env, PORT: '0', ...variables })
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(/^honeyframe: [^\n]*JWT_SECRET_PREVIOUS[^\n]*\n$/)
    }
    expect(await install.db.select().from(vaultKeys)).toEqual(before)
    expect(await readFile(join(install.dataDir, 'jwt-secret'), 'utf8')).toBe(`${STRANGE}\n`)
    expect(await payloadWith(install, OLD, id)).toEqual({ token: CANARY })
  }, 30_000)
})

describe('a kill -9 during a rekey', () => {
  /** The one of the two that opens the vault; what was sealed must open, too. */
  async function opener(install: Install, envelope: string) {
    const found = await findDataKey(install.db, { secret: OLD, previousSecrets: [NEW] })
    if (!found?.dataKey) return 'neither'
    expect(vaultOf(found.dataKey, systemRandom).open(envelope, purpose)).toBe(CANARY)
    return found.openedBy === 0 ? OLD : NEW
  }

  const purpose = { orgId: 1, table: 'notes', column: 'text', row: 1 }

  async function sealedInstall() {
    const { install } = await usedInstall()
    await using ctx = await install.open({ JWT_SECRET: OLD })
    return { install, envelope: ctx.vault.seal(CANARY, purpose) }
  }

  for (const [moment, left] of [
    ['before the statement', OLD],
    ['after the statement', NEW],
  ] as const) {
    test(`${moment} leaves one whole key`, async () => {
      const { install, envelope } = await sealedInstall()
      await using _ = install
      await using child = start([process.execPath, REKEY, moment, OLD, NEW], { env: install.env })
      expect(await child.ended()).toBe(KILLED)
      expect(await opener(install, envelope)).toBe(left)
    })
  }

  test('at any moment leaves the old one or the new one, never half of either', async () => {
    const { install, envelope } = await sealedInstall()
    await using _ = install
    let secrets = [OLD, NEW]
    for (let round = 0; round < 8; round++) {
      await using child = start([process.execPath, REKEY, 'never', ...secrets], { env: install.env })
      await child.says(/turned/)
      await Bun.sleep((systemRandom.bytes(1)[0] ?? 0) / 4)
      child.kill('SIGKILL')
      await child.ended()
      const left = await opener(install, envelope)
      expect([OLD, NEW]).toContain(left)
      secrets = left === OLD ? [OLD, NEW] : [NEW, OLD]
    }
  }, 60_000)
})

test('every purpose in the source is on the list of sealed values', async () => {
  const listed = [...SEALED_VALUES.map(({ name }) => name), 'vault_keys.sealed']
  const found = new Set<string>()
  for await (const path of new Bun.Glob('src/**/*.{ts,tsx}').scan('.')) {
    for (const [, table, column] of (await Bun.file(path).text()).matchAll(/table: '(\w+)',\s*column: '(\w+)'/g)) {
      found.add(`${table}.${column}`)
    }
  }
  expect([...found].sort()).toEqual(listed.sort())
})
