import { describe, expect, test } from 'bun:test'
import { chmod, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { examine } from '#cli/doctor.ts'
import type { Finding } from '#cli/finding.ts'
import { vaultKeys } from '#core/vault/tables.ts'
import { engine } from '#db/columns.ts'
import { addMs, type Clock, HOUR_MS, systemClock } from '#lib/clock.ts'
import { makeCertificate } from '#test/support/certificates.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { type Install, makeInstall, runVerb, startVerb, type Variables } from './operator.ts'

const SECRET = 'the-secret-of-this-year-with-32-bytes'
const OTHER = 'the-secret-of-next-year-with-32-bytes'
const CHECKS = [
  ...['settings', 'files', 'disk', 'database', 'migrations', 'clock'],
  ...['vault', 'sealed_values', 'license', 'relay', 'public_url', 'proxies'],
]

/** An install that was started once, with a folder as a start leaves it. */
async function usedInstall() {
  const install = await makeInstall()
  await using _ = await install.open({ JWT_SECRET: SECRET })
  return install
}

function look(install: Install, variables: Variables = {}, clock?: Clock): Promise<Finding[]> {
  return examine({ ...install.env, JWT_SECRET: SECRET, ...variables }, clock)
}

function only(findings: readonly Finding[], check: string): Finding | undefined {
  return findings.find((finding) => finding.check === check)
}

async function listing(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(names.sort().map((name) => stat(join(folder, name))))
  return names.map((name, at) => `${name} ${sizes[at]?.size} ${sizes[at]?.mtimeMs} ${sizes[at]?.mode}`)
}

const like = (words: RegExp) => expect.stringMatching(words)

describe('the doctor', () => {
  test('of an install in order finds nothing to mend but the mail server it lacks', async () => {
    await using install = await usedInstall()
    const findings = await look(install)
    expect(findings.map(({ check }) => check)).toEqual(CHECKS)
    const wanted = CHECKS.map((check) => (check === 'relay' ? 'warn' : 'ok'))
    expect(findings.map(({ status }) => status)).toEqual(wanted as Finding['status'][])
  })

  test('says for everything that is not in order what to do, in one sentence', async () => {
    await using install = await usedInstall()
    await chmod(install.dataDir, 0o755)
    const findings = await look(install, {
      PORT: 'x',
      SMTP_USERNAME: 'me',
      JWT_SECRET: OTHER,
      PUBLIC_URL: 'http://a.test',
    })
    expect(findings.filter(({ status }) => status !== 'ok').length).toBeGreaterThan(4)
    for (const { status, message, fix } of findings) {
      expect(message).toMatch(/^[^\n]+\.$/)
      expect(fix === undefined).toBe(status === 'ok')
      if (fix !== undefined) expect(fix).toMatch(/^[^\n]{8,}$/)
    }
  })

  test('runs while the program serves, and writes nothing', async () => {
    await using install = await usedInstall()
    await using server = startVerb(['serve'], { ...install.env, JWT_SECRET: SECRET, PORT: '0' })
    await server.says(/"message":"listening"/)
    const before = await listing(install.dataDir)
    const keys = await install.db.select().from(vaultKeys)
    const { code, stdout, stderr } = await runVerb(['doctor', '--json'], { ...install.env, JWT_SECRET: SECRET })
    expect([code, stderr]).toEqual([0, ''])
    const { status, checks } = JSON.parse(stdout)
    expect(status).toBe('warn')
    expect(checks.map(({ check }: { check: string }) => check)).toEqual(expect.arrayContaining(CHECKS))
    expect(await listing(install.dataDir)).toEqual(before)
    expect(await install.db.select().from(vaultKeys)).toEqual(keys)
  }, 30_000)

  test('runs where the program never ran, and makes nothing', async () => {
    await using install = await makeInstall()
    const dataDir = join(install.root, 'none')
    const { code, stdout } = await runVerb(['doctor'], { ...install.env, DATA_DIR: dataDir })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^warn {2}files {10}\S+ does not exist yet\.$/m)
    expect(await readdir(install.root)).toEqual([])
  })

  test.if(engine === 'sqlite')('makes no database, and leaves no journal beside one that nobody has open', async () => {
    await using install = await makeInstall()
    await mkdir(install.dataDir, { mode: 0o700 })
    const env = { DATA_DIR: install.dataDir }
    expect(only(await examine(env), 'database')?.status).toBe('ok')
    expect(await readdir(install.dataDir)).toEqual([])
    await (await install.open({ DATABASE_URL: `sqlite:${install.dataDir}/honeyframe.db` }))[Symbol.asyncDispose]()
    const before = await listing(install.dataDir)
    expect(only(await examine(env), 'sealed_values')?.status).toBe('ok')
    expect(await listing(install.dataDir)).toEqual(before)
  })

  test('shows no secret, whatever is wrong with it', async () => {
    await using install = await usedInstall()
    const hidden = {
      JWT_SECRET: 'canary-1',
      JWT_SECRET_PREVIOUS: OTHER,
      METRICS_TOKEN: 'canary-2',
      ADMIN_PASSWORD: 'canary-3',
    }
    const mail = { SMTP_HOST: '127.0.0.1', SMTP_PORT: '1', SMTP_USERNAME: 'u', SMTP_PASSWORD: 'canary-4' }
    const { code, stdout, stderr } = await runVerb(['doctor'], { ...install.env, ...hidden, ...mail })
    expect([code, stderr]).toEqual([1, ''])
    expect(stdout).not.toMatch(/canary|next-year/)
    expect(stdout).toContain('JWT_SECRET must be at least 32 bytes long.')
    expect(stdout).toContain('METRICS_TOKEN must be at least 16 bytes long.')
  })

  test('with an unknown option is wrong usage', async () => {
    expect((await runVerb(['doctor', '--mend'], {})).code).toBe(2)
  })
})

type Row = [what: string, variables: Variables, check: string, status: Finding['status'], words: RegExp]

const SETTINGS: Row[] = [
  ['a port that is none', { PORT: '70000' }, 'settings', 'fail', /^PORT must be/],
  ['an engine we do not know', { DATABASE_URL: 'mysql://x' }, 'settings', 'fail', /^DATABASE_URL must/],
  ['a level that is none', { LOG_LEVEL: 'loud' }, 'settings', 'fail', /^LOG_LEVEL must/],
  ['a range of proxies', { TRUSTED_PROXIES: '10.0.0.0/8' }, 'settings', 'fail', /^TRUSTED_PROXIES must/],
  ['an address with a path', { PUBLIC_URL: 'https://a.test/b' }, 'settings', 'fail', /^PUBLIC_URL must/],
  ['a mail server without its host', { SMTP_PORT: '25' }, 'settings', 'warn', /^SMTP_PORT is set without SMTP_HOST/],
  ['half a first admin', { ADMIN_EMAIL: 'a@b.test' }, 'settings', 'warn', /ADMIN_EMAIL and ADMIN_PASSWORD/],
  ['plain http beyond loopback', { PUBLIC_URL: 'http://a.test' }, 'public_url', 'warn', /not encrypted/],
  ['https', { PUBLIC_URL: 'https://a.test' }, 'public_url', 'ok', /https:\/\/a\.test/],
  ['plain http on loopback', { PUBLIC_URL: 'http://127.0.0.1:9000' }, 'public_url', 'ok', /127/],
  ['no address, but open to all', { HOST: '0.0.0.0' }, 'public_url', 'warn', /PUBLIC_URL is not set/],
  ['nobody as a proxy', { TRUSTED_PROXIES: '0.0.0.0' }, 'proxies', 'warn', /nobody's address/],
  [
    'a proxy here that is not trusted',
    { PUBLIC_URL: 'https://a.test', TRUSTED_PROXIES: '10.0.0.1' },
    'proxies',
    'warn',
    /no proxy on loopback is trusted/,
  ],
  [
    'a proxy elsewhere that is not trusted',
    { PUBLIC_URL: 'https://a.test', HOST: '0.0.0.0' },
    'proxies',
    'warn',
    /only proxies on this machine/,
  ],
  ['a previous secret that is done with', { JWT_SECRET_PREVIOUS: OTHER }, 'vault', 'warn', /still set/],
  [
    'a previous secret that is needed',
    { JWT_SECRET: OTHER, JWT_SECRET_PREVIOUS: SECRET },
    'vault',
    'warn',
    /Only a previous/,
  ],
  ['a wrong secret', { JWT_SECRET: OTHER }, 'vault', 'fail', /does not open the vault/],
]

describe('of the settings the doctor sees', () => {
  for (const [what, variables, check, status, words] of SETTINGS) {
    test(what, async () => {
      await using install = await usedInstall()
      const findings = await look(install, variables)
      expect(only(findings, check)).toMatchObject({ status, message: like(words) })
    })
  }

  test('every fault at once, and goes on with the rest', async () => {
    await using install = await usedInstall()
    const wrong = {
      PORT: 'x',
      LOG_LEVEL: 'x',
      JWT_ALGORITHM: 'none',
      JWT_EXPIRE_MINUTES: '0',
      CORS_ALLOWED_ORIGINS: 'x',
    }
    const findings = await look(install, wrong)
    const faults = findings.filter(({ check }) => check === 'settings').map(({ message }) => message.split(' ')[0])
    expect(faults.sort()).toEqual(Object.keys(wrong).sort())
    expect(only(findings, 'sealed_values')?.status).toBe('ok')
  })

  test('a kept secret that was cut short', async () => {
    await using install = await makeInstall()
    await (await install.open())[Symbol.asyncDispose]()
    await Bun.write(join(install.dataDir, 'jwt-secret'), 'short\n')
    const findings = await examine(install.env)
    expect(only(findings, 'settings')).toMatchObject({ status: 'fail', message: expect.stringContaining('cut short') })
  })
})

describe('of the files and the database the doctor sees', () => {
  test('a folder and a file that others may open', async () => {
    await using install = await usedInstall()
    const file = join(install.dataDir, 'jwt-secret')
    await Bun.write(file, SECRET)
    await chmod(file, 0o640)
    expect(only(await look(install), 'files')).toMatchObject({ status: 'fail', fix: `Run: chmod -R go= ${file}` })
    await chmod(file, 0o600)
    expect(only(await look(install), 'files')?.status).toBe('ok')
    await chmod(install.dataDir, 0o750)
    expect(only(await look(install), 'files')?.message).toContain(install.dataDir)
  })

  test('a folder that cannot be made', async () => {
    await using install = await usedInstall()
    await Bun.write(join(install.root, 'file'), '')
    const dataDir = join(install.root, 'file/data')
    expect(only(await look(install, { DATA_DIR: dataDir }), 'files')?.status).not.toBe('ok')
  })

  test('migrations that are pending, and those of a newer program', async () => {
    await using install = await usedInstall()
    const table = engine === 'postgres' ? 'honeyframe.applied_migrations' : 'applied_migrations'
    await install.db.migration((run) => run(`insert into ${table} (name, checksum) values ('9999_future', 'x')`))
    expect(only(await look(install), 'migrations')).toMatchObject({ status: 'fail', message: like(/newer/) })
    await install.db.migration((run) => run(`delete from ${table}`))
    const pending = only(await look(install), 'migrations')
    expect(pending).toMatchObject({ status: 'warn', message: like(/0001_first_light/) })
  })

  test.if(engine === 'postgres')('a database that does not answer, and looks no further there', async () => {
    await using install = await usedInstall()
    const findings = await look(install, { DATABASE_URL: 'postgres://u@127.0.0.1:1/x' })
    expect(only(findings, 'database')).toMatchObject({ status: 'fail', message: like(/ECONNREFUSED/) })
    expect(only(findings, 'vault')).toBeUndefined()
    expect(only(findings, 'proxies')).toBeDefined()
  })

  test.if(engine === 'sqlite')('a file that is no database', async () => {
    await using install = await usedInstall()
    const path = join(install.dataDir, 'honeyframe.db')
    await Bun.write(path, 'this is no database, though it is long enough to be looked at'.repeat(100))
    await chmod(path, 0o600)
    expect(only(await look(install, { DATABASE_URL: `sqlite:${path}` }), 'database')?.status).toBe('fail')
  })

  test.if(engine === 'postgres')('a clock that runs apart from the database’s', async () => {
    await using install = await usedInstall()
    const later = (ms: number): Clock => ({ ...systemClock, now: () => addMs(systemClock.now(), ms) })
    expect(only(await look(install, {}, later(0)), 'clock')?.status).toBe('ok')
    expect(only(await look(install, {}, later(10_000)), 'clock')).toMatchObject({
      status: 'warn',
      message: like(/behind/),
    })
    expect(only(await look(install, {}, later(-HOUR_MS)), 'clock')).toMatchObject({
      status: 'fail',
      message: like(/ahead/),
    })
  })
})

describe('of the mail server the doctor sees', () => {
  const host = { SMTP_HOST: '127.0.0.1', PUBLIC_URL: 'https://a.test' }
  const signIn = { SMTP_USERNAME: 'relay', SMTP_PASSWORD: 'right' }
  const relay = async (variables: Variables) => {
    await using install = await usedInstall()
    return only(await look(install, { ...host, ...variables }), 'relay')
  }

  test('that it answers and lets us in, without a mail', async () => {
    await using smtp = await startSmtp({ auth: { username: 'relay', password: 'right' } })
    const port = { SMTP_PORT: String(smtp.port), SMTP_TLS: 'none' }
    expect(await relay({ ...port, ...signIn })).toMatchObject({ status: 'ok', message: like(/lets relay in; no mail/) })
    expect(smtp.mails).toEqual([])
    const refused = await relay({ ...port, ...signIn, SMTP_PASSWORD: 'wrong' })
    expect(refused).toMatchObject({ status: 'fail', message: like(/535/), fix: like(/SMTP_PASSWORD/) })
  })

  test('that nobody listens there', async () => {
    expect(await relay({ SMTP_PORT: '1' })).toMatchObject({ status: 'fail', message: like(/ECONNREFUSED/) })
  })

  test('that it offers no encryption, or a certificate we do not trust', async () => {
    await using plain = await startSmtp()
    const missing = await relay({ SMTP_PORT: String(plain.port) })
    expect(missing).toMatchObject({ status: 'fail', message: like(/No encrypted connection/) })
    await using strange = await startSmtp({ tls: 'tls', certificate: await makeCertificate() })
    expect(await relay({ SMTP_PORT: String(strange.port), SMTP_TLS: 'tls' })).toMatchObject({ status: 'fail' })
  })

  test('that the sender is no address', async () => {
    const { status, fix } = (await relay({ SMTP_FROM: 'nobody' })) ?? {}
    expect([status, fix]).toEqual(['fail', 'Correct SMTP_FROM.'])
  })
})
