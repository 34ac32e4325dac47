import { describe, expect, test } from 'bun:test'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { examine } from '#cli/doctor.ts'
import { examineLicense } from '#cli/examine-license.ts'
import type { Finding } from '#cli/finding.ts'
import { decideConfig } from '#config/config.ts'
import { DEVELOPMENT_LICENSE_KEYS } from '#config/development-license-key.ts'
import { licenseClock, orgLicenses } from '#core/license/tables.ts'
import { addMs, DAY_MS, systemClock } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'
import { documentFor, forged, putRow, subscribe } from '#test/license/arrange.ts'
import { makeOrg } from '#test/support/app.ts'
import { KEYS } from '#test/support/license.ts'
import { makeInstall, runVerb, type Variables } from './operator.ts'

const SECRET = { JWT_SECRET: 'the-secret-of-this-year-with-32-bytes' }
const like = (words: RegExp) => expect.stringMatching(words)

async function startedInstall() {
  const install = await makeInstall()
  const ctx = await install.open(SECRET)
  return {
    ...{ install, ctx },
    look: async (variables: Variables = {}): Promise<Finding[]> => {
      const findings = await examine({ ...install.env, ...SECRET, ...variables })
      return findings.filter(({ check }) => check === 'license')
    },
    async [Symbol.asyncDispose]() {
      await ctx[Symbol.asyncDispose]()
      await install[Symbol.asyncDispose]()
    },
  }
}

type Row = [what: string, days: number, status: Finding['status'], words: RegExp]

const TERMS: Row[] = [
  [
    '31 days before its end',
    31,
    'ok',
    /^The licence of \S+ \(its own document\) is valid for 31 days more, until 20\S+ /,
  ],
  ['30 days before its end', 30, 'warn', /is valid for 30 days more/],
  ['in its grace period', -3, 'warn', /expired at .* UTC; its grace period runs until .* UTC\.$/],
  ['after its grace period', -30, 'fail', /expired at .* UTC, and its grace period is over\.$/],
]

describe('of the licence the doctor says', () => {
  for (const [what, days, status, words] of TERMS) {
    test(`${status} ${what}, with what to do`, async () => {
      await using started = await startedInstall()
      const org = await makeOrg(started.ctx)
      await putRow(started, org, documentFor(org.slug, days))
      const [finding, ...more] = await started.look()
      expect(finding).toMatchObject({ status, message: like(words) })
      expect(finding?.fix?.includes('honeyframe license install')).toBe(status === 'ok' ? undefined : true)
      expect(more).toEqual([])
    })
  }

  test('nothing before there is an org, and asks for no licence where the install does not', async () => {
    await using started = await startedInstall()
    expect(await started.look()).toMatchObject([{ status: 'ok', message: like(/no organization/) }])
    await makeOrg(started.ctx)
    expect(await started.look()).toMatchObject([{ status: 'ok', message: like(/asks for none/) }])
    expect(await started.look({ LICENSE_ENFORCE: '1' })).toMatchObject([{ status: 'fail', message: like(/missing/) }])
  })

  test('a failure for one that is not valid, without the document, and a warning where nothing is enforced', async () => {
    await using started = await startedInstall()
    const org = await makeOrg(started.ctx)
    const document = forged(documentFor(org.slug))
    await putRow(started, org, document)
    expect(await started.look()).toMatchObject([
      { status: 'fail', message: like(/not valid: The signature does not fit/) },
    ])
    expect(await started.look({ LICENSE_ENFORCE: '0' })).toMatchObject([{ status: 'warn' }])
    const { code, stdout } = await runVerb(['doctor', '--json'], { ...started.install.env, ...SECRET })
    expect(code).toBe(1)
    const { checks } = JSON.parse(stdout)
    expect(checks.find(({ check }: Finding) => check === 'license').status).toBe('fail')
    expect(stdout).not.toContain(JSON.parse(document).signature)
  })

  test('what a file or LICENSE_KEY grants, and a text that would steer the terminal is made harmless', async () => {
    await using started = await startedInstall()
    await makeOrg(started.ctx)
    const key = { LICENSE_KEY: documentFor(null, 90) }
    expect(await started.look(key)).toMatchObject([{ status: 'ok', message: like(/the install's document.*90 days/) }])
    await mkdir(started.install.dataDir, { recursive: true })
    await Bun.write(join(started.install.dataDir, 'license.json'), documentFor(null, 90, { kid: 'x\u001b[2J\ny' }))
    const [finding] = await started.look()
    expect(finding).toMatchObject({ status: 'fail', message: like(/^[^\p{Cc}]+$/u) })
  })

  test('how many there are of each state, and the worst one', async () => {
    await using started = await startedInstall()
    const made = []
    for (const days of [400, 20, -3, -30, 60]) {
      const org = await makeOrg(started.ctx)
      await putRow(started, org, documentFor(org.slug, days))
      made.push(org)
    }
    await makeOrg(started.ctx)
    const paid = await makeOrg(started.ctx)
    await subscribe(started, paid, { periodEnd: started.ctx.clock.now() })
    const wanted = `Of 7 organizations 1 expired, 1 missing, 1 grace, 4 valid. The licence of ${made[3]?.slug} `
    const [finding] = await started.look()
    expect([finding?.status, finding?.message.startsWith(wanted)]).toEqual(['fail', true])
    for (const place of [3, 2]) await putRow(started, made[place] ?? paid, documentFor(null, 500))
    const [soonest] = await started.look()
    expect(soonest).toMatchObject({ status: 'warn', message: like(new RegExp(`${made[1]?.slug} .* 20 days more`)) })
  })

  test('that the clock was set back, and writes nothing where a file is gone', async () => {
    await using started = await startedInstall()
    const org = await makeOrg(started.ctx)
    const { db, clock } = started.ctx
    const document = documentFor(org.slug, 90)
    await putRow(started, org, document)
    await db.update(orgLicenses).set({ origin: 'file', sha256: sha256Hex(document) })
    await rm(join(started.install.dataDir, 'license.json'), { force: true })
    await db.insert(licenseClock).values({ name: 'largest', seenAt: addMs(clock.now(), 3 * DAY_MS) })
    const findings = await started.look()
    expect(findings).toMatchObject([{ status: 'ok' }, { status: 'warn', message: like(/clock was set back/) }])
    expect(await db.select().from(orgLicenses)).toHaveLength(1)
  })

  test('that a build knows only the key of development', async () => {
    await using started = await startedInstall()
    const environment = { ...started.install.env, ...SECRET }
    const subject = { config: decideConfig(environment), environment, clock: systemClock }
    const of = async (isExecutable: boolean, licenseKeys: Readonly<Record<string, string>>) => {
      const findings = await examineLicense(started.ctx.db, subject, { isExecutable, licenseKeys })
      return findings.map(({ status }) => status)
    }
    expect(await of(true, DEVELOPMENT_LICENSE_KEYS)).toEqual(['ok', 'warn'])
    expect(await of(true, KEYS)).toEqual(['ok'])
    expect(await of(false, DEVELOPMENT_LICENSE_KEYS)).toEqual(['ok'])
  })
})
