import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { orgLicenses, subscriptions } from '#core/license/tables.ts'
import { addMs, DAY_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'
import { developmentSigningKey } from '#scripts/license-signing.ts'
import { json, type TestApp, type TestPerson } from '#test/support/app.ts'
import { licenseText } from '#test/support/license.ts'

const KEY = developmentSigningKey()

type Changes = Readonly<Record<string, unknown>>
type Org = Readonly<{ orgId: number; slug: string }>

/** A document that the program of this source tree accepts, for the org and ending so many days from now. */
export function documentFor(slug: string | null, days = 30, changes: Changes = {}): string {
  const now = new Date()
  const terms = { expires: addMs(now, days * DAY_MS).toISOString(), issued_at: '2026-01-01T00:00:00Z' }
  return licenseText({ kid: 'development', org_slug: slug, features: [], ...terms, ...changes }, KEY)
}

/** The same document with a higher tier: the signature no longer fits. */
export function forged(text: string): string {
  return text.replace('"professional"', '"enterprise"')
}

/** What stands in an org's row, as an earlier upload left it. */
export async function putRow(app: Pick<TestApp, 'ctx'>, { orgId }: Pick<Org, 'orgId'>, document: string) {
  const installedAt = app.ctx.clock.now()
  const set = { document, sha256: sha256Hex(document), origin: 'upload', installedAt, installedBy: 'test' } as const
  await app.ctx.db
    .insert(orgLicenses)
    .values({ orgId, ...set })
    .onConflictDoUpdate({ target: orgLicenses.orgId, set })
}

export async function subscribe(
  { ctx }: Pick<TestApp, 'ctx'>,
  { orgId }: Org,
  changes: Partial<typeof subscriptions.$inferInsert> = {},
) {
  const createdAt = ctx.clock.now()
  const usual = { product: 'hub_platform', deploymentTier: 'shared', licenseTier: 'starter', status: 'active' } as const
  await ctx.db.insert(subscriptions).values({ ...usual, orgId, createdAt, ...changes })
}

export type Answer = Readonly<{ status: number; body: Readonly<Record<string, unknown>> }>

export async function call(
  app: TestApp,
  method: string,
  path: string,
  person: Pick<TestPerson, 'bearer'> | undefined,
  body?: unknown,
): Promise<Answer> {
  const headers = person?.bearer ?? {}
  const response = await app.fetch(path, body === undefined ? { method, headers } : json(method, body, headers))
  const text = await response.text()
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} }
}

export const install = (app: TestApp, person: TestPerson, license: string) =>
  call(app, 'POST', '/api/license', person, { license })

export const show = async (app: TestApp, person: TestPerson) => (await call(app, 'GET', '/api/license', person)).body

/** What a write that needs a licence answers; the positive control is 201. */
export async function write(app: TestApp, person: TestPerson): Promise<string> {
  const email = `${Bun.randomUUIDv7()}@example.test`
  const { status, body } = await call(app, 'POST', '/api/invites', person, { email, role: 'viewer' })
  return status === 201 ? 'open' : `${status} ${String(body.error)}`
}

export async function auditOf({ ctx }: Pick<TestApp, 'ctx'>, orgId: number) {
  const rows = await ctx.db.select().from(auditLog).where(eq(auditLog.orgId, orgId)).orderBy(auditLog.id)
  return rows.filter(({ action }) => action.startsWith('license.')).map(({ action, detail }) => ({ action, detail }))
}

export async function rowOf({ ctx }: Pick<TestApp, 'ctx'>, orgId: number) {
  const [row] = await ctx.db.select().from(orgLicenses).where(eq(orgLicenses.orgId, orgId))
  return row
}
