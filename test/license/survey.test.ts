import { expect, test } from 'bun:test'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { orgLicenses } from '#core/license/tables.ts'
import { orgs } from '#core/tenancy/tables.ts'
import { sha256Hex } from '#lib/token.ts'
import { makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'
import { readExposition, sampleValue } from '#test/support/exposition.ts'
import { documentFor, forged, install, putRow, subscribe } from './arrange.ts'

const STATES = ['valid', 'grace', 'expired', 'missing', 'invalid']
const DAYS = 'honeyframe_license_days_remaining'

async function scrape(app: TestApp) {
  const text = await (await app.fetch('/metrics')).text()
  const seen = readExposition(text)
  const counts = STATES.map((state) => sampleValue(seen, 'honeyframe_license_state', { state }))
  return { counts, days: sampleValue(seen, DAYS), text }
}

test('the metrics count organizations by the state of their licence, and tell the fewest days left', async () => {
  await using app = await startTestApp()
  expect(await scrape(app)).toMatchObject({ counts: [0, 0, 0, 0, 0], days: undefined })
  for (const days of [40, 7, 90]) {
    const org = await makeOrg(app.ctx)
    await putRow(app, org, documentFor(org.slug, days))
  }
  await makeOrg(app.ctx)
  const paid = await makeOrg(app.ctx)
  await subscribe(app, paid, { periodEnd: app.ctx.clock.now() })
  expect(await scrape(app)).toMatchObject({ counts: [4, 0, 0, 1, 0], days: 7 })
  for (const [days, change] of [
    [-3, (text: string) => text],
    [-30, (text: string) => text],
    [30, forged],
  ] as const) {
    const org = await makeOrg(app.ctx)
    await putRow(app, org, change(documentFor(org.slug, days)))
  }
  const { counts, days, text } = await scrape(app)
  expect([counts, days]).toEqual([[4, 1, 1, 1, 1], 0])
  expect(text).not.toMatch(/Acme Ltd|signature|chat_connector|hub_platform/)
})

test('the metrics take one statement for the licences, at any number of orgs whose documents are known', async () => {
  await using app = await startTestApp()
  const taken: number[] = []
  for (const count of [1, 120]) {
    for (let nth = 0; nth < count; nth++) {
      const org = await makeOrg(app.ctx)
      await putRow(app, org, documentFor(org.slug, 20))
    }
    await scrape(app)
    app.statements.length = 0
    await scrape(app)
    taken.push(app.statements.filter((statement) => statement.includes('org_licenses')).length)
  }
  expect(taken).toEqual([1, 1])
})

test('a look at the licences removes no row whose file is gone, and counts that org as it stands', async () => {
  await using app = await startTestApp()
  const org = await makeOrg(app.ctx)
  const admin = await makePerson(app, org.orgId)
  expect((await install(app, admin, documentFor(org.slug, 12))).status).toBe(200)
  expect(await scrape(app)).toMatchObject({ counts: [1, 0, 0, 0, 0], days: 12 })
  await rm(join(app.ctx.config.dataDir, 'license.json'))
  app.ctx.license.forgetFiles()
  expect(await scrape(app)).toMatchObject({ counts: [0, 0, 0, 1, 0], days: undefined })
  expect(await app.ctx.db.select().from(orgLicenses)).toHaveLength(1)
})

test('a stored document that is not the one of its hash is invalid each time', async () => {
  await using app = await startTestApp()
  const org = await makeOrg(app.ctx)
  await putRow(app, org, documentFor(org.slug, 12))
  await app.ctx.db.update(orgLicenses).set({ document: documentFor(org.slug, 900) })
  for (let time = 0; time < 2; time++) {
    expect(await scrape(app)).toMatchObject({ counts: [0, 0, 0, 0, 1], days: undefined })
  }
})

test('the metrics of 10,000 orgs with a document each come quickly once these are known', async () => {
  await using app = await startTestApp()
  const createdAt = app.ctx.clock.now()
  const text = documentFor(null, 20)
  for (let batch = 0; batch < 20; batch++) {
    const rows = Array.from({ length: 500 }, (_, at) => `many-${batch}-${at}`)
    const made = await app.ctx.db
      .insert(orgs)
      .values(rows.map((slug) => ({ slug, name: slug, createdAt })))
      .returning({ orgId: orgs.id })
    const sha256 = sha256Hex(text)
    const common = { document: text, sha256, origin: 'upload', installedAt: createdAt, installedBy: 'test' } as const
    await app.ctx.db.insert(orgLicenses).values(made.map(({ orgId }) => ({ orgId, ...common })))
  }
  await app.ctx.license.survey()
  const began = performance.now()
  const surveyed = await app.ctx.license.survey()
  expect([surveyed.length, performance.now() - began < 2000]).toEqual([10_000, true])
}, 120_000)
