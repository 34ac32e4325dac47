import { eq } from 'drizzle-orm'
import { auditLog } from '#core/audit/tables.ts'
import { orgLogos, orgs } from '#core/tenancy/tables.ts'
import { json, type TestApp, type TestPerson } from '#test/support/app.ts'

export const ORGANIZATION = '/api/organization'
export const LOGO = `${ORGANIZATION}/logo`

export type Answer = Readonly<{ status: number; body: Record<string, unknown> }>

/** Changes name or colour through the API. */
export async function patch(app: TestApp, person: TestPerson, body: unknown): Promise<Answer> {
  return answerOf(await app.fetch(ORGANIZATION, json('PATCH', body, person.bearer)))
}

/** Uploads a logo through the API. */
export async function putLogo(
  app: TestApp,
  person: Pick<TestPerson, 'bearer'>,
  body: Uint8Array<ArrayBuffer>,
  type = 'image/png',
): Promise<Answer> {
  return answerOf(await app.fetch(LOGO, { method: 'PUT', body, headers: { ...person.bearer, 'content-type': type } }))
}

/** What is stored of an org: its row, its logo and what the audit log tells, oldest first. */
export async function storedOf({ ctx }: TestApp, orgId: number) {
  const [org] = await ctx.db.select().from(orgs).where(eq(orgs.id, orgId))
  const [logo] = await ctx.db.select().from(orgLogos).where(eq(orgLogos.orgId, orgId))
  const audit = await ctx.db.select().from(auditLog).where(eq(auditLog.orgId, orgId)).orderBy(auditLog.id)
  return { org, logo, audit: audit.map(({ action, detail, actorLabel }) => ({ action, detail, actorLabel })) }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}
