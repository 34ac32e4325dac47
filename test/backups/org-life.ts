import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import type { Role } from '#core/access/roles.ts'
import { groupGrants, groupMembers, groups, tokens } from '#core/access/tables.ts'
import type { Context } from '#core/context.ts'
import { smtpSettings } from '#core/mail/tables.ts'
import { orgLogos, orgs, userOrgs } from '#core/tenancy/tables.ts'
import { usageDays, usageEvents, usageLevels } from '#core/usage/tables.ts'
import { webhooks } from '#core/webhooks/tables.ts'
import { readSnapshot } from '#db/bulk.ts'
import { sha256Hex } from '#lib/token.ts'
import { instanceTables } from '#platform/backups/coverage.ts'
import { exportOrg } from '#platform/backups/export.ts'
import { healthSettings } from '#platform/health/tables.ts'
import { invites } from '#platform/invites/tables.ts'
import { webhookDeliveries } from '#platform/webhooks/tables.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { addEvents, textOf } from './content.ts'

export const AT = new Date('2026-02-03T04:05:06.789Z')
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export type Life = AsyncDisposable &
  Readonly<{
    app: TestApp
    ctx: Context
    acme: number
    beta: number
    ada: TestPerson
    /** Of acme: a designer, and a viewer who is in a group. */
    people: { bob: TestPerson; eve: TestPerson }
    webhookId: number
    groupId: number
    inviteId: number
  }>

/** Two orgs in use: acme has something in every table that a restore brings back, beta has its own. */
export async function openLife(options: Parameters<typeof startTestApp>[0] = {}): Promise<Life> {
  const app = await startTestApp(options)
  const { ctx } = app
  const { orgId: acme } = await makeOrg(ctx, 'acme')
  const { orgId: beta } = await makeOrg(ctx, 'beta')
  const ada = await makePerson(app, acme, 'admin', 'ada@example.com')
  const bob = await makePerson(app, acme, 'designer', 'bob@example.com')
  const eve = await makePerson(app, acme, 'viewer', 'eve@example.com')
  await makePerson(app, beta, 'admin', 'boss@beta.example')
  await addEvents(app.database.url, acme, 300)
  const ids = await furnish(ctx, acme, ada.userId, 'Acme')
  await furnish(ctx, beta, ada.userId, 'Beta')
  await addToGroup(ctx, acme, ids.groupId, eve.userId)
  await writeFiles(app, acme, { 'a/b.txt': 'of acme', 'c "d",\n.csv': '1,2' })
  await writeFiles(app, beta, { 'a/b.txt': 'of beta' })
  return {
    ...{ app, ctx, acme, beta, ada, people: { bob, eve }, ...ids },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

/** A row in each of the org's tables. */
async function furnish(ctx: Context, orgId: number, userId: number, word: string) {
  const { db } = ctx
  const logo = Buffer.from(PNG, 'base64')
  await db.insert(orgLogos).values({ orgId, mediaType: 'image/png', base64: PNG, updatedAt: AT })
  await db
    .update(orgs)
    .set({ color: '#0a5fb8', logoHash: sha256Hex(logo) })
    .where(eq(orgs.id, orgId))
  const group = { orgId, name: `${word} "crew",\nnight`, nameKey: `${word} crew`, createdAt: AT }
  const groupId = idOf(await db.insert(groups).values(group).returning({ id: groups.id }))
  const grants = [
    { permission: 'usage.read', target: '' },
    { permission: 'group.edit', target: `group:${groupId}` },
  ]
  await db.insert(groupGrants).values(grants.map((grant) => ({ orgId, groupId, createdAt: AT, ...grant })))
  const webhookId = await addWebhook(ctx, orgId, userId, `https://${word.toLowerCase()}.example/hook`)
  const delivery = { orgId, webhookId, eventId: ctx.random.uuid(), eventType: 'group.created', createdAt: AT }
  await db.insert(webhookDeliveries).values({ ...delivery, id: ctx.random.uuid(), origin: 'event', state: 'delivered' })
  await db.insert(smtpSettings).values({
    ...{ orgId, host: 'mail.example', port: 587, tls: 'starttls', username: word, from: `${word}@mail.example` },
    passwordSealed: ctx.vault.seal('hunter2', sealedAs(orgId, 'smtp_settings', 'password_sealed', orgId)),
    updatedAt: AT,
  })
  await db
    .insert(usageDays)
    .values({ orgId, day: '2026-01-01', kind: 'llm.call', source: 'chat', outcome: 'ok', events: 7 })
  await db.insert(usageLevels).values({ orgId, day: '2026-01-01', kind: 'members', value: 3 })
  await db.insert(healthSettings).values({ orgId, isAlerting: true, updatedAt: AT })
  const inviteId = await addInvite(ctx, orgId, `new@${word.toLowerCase()}.example`)
  await db
    .insert(tokens)
    .values({ userId, name: word, tokenHash: sha256Hex(`${word} token`), tail: 'abcd', createdAt: AT })
  return { groupId, webhookId, inviteId }
}

export async function addWebhook(ctx: Context, orgId: number, createdBy: number, url: string): Promise<number> {
  const row = {
    ...{ orgId, url, events: ['group.*', 'invite.created'], secretSealed: '-', secretTail: 'secret' },
    ...{ createdBy, createdAt: AT, updatedAt: AT },
  }
  const id = idOf(await ctx.db.insert(webhooks).values(row).returning({ id: webhooks.id }))
  const secretSealed = ctx.vault.seal(`whsec_of_${id}`, sealedAs(orgId, 'webhooks', 'secret_sealed', id))
  await ctx.db.update(webhooks).set({ secretSealed }).where(eq(webhooks.id, id))
  return id
}

export async function addInvite(ctx: Context, orgId: number, email: string): Promise<number> {
  const row = {
    orgId,
    email,
    role: 'viewer',
    tokenHash: sha256Hex(email),
    state: 'pending',
    mailState: 'sent',
  } as const
  const times = { createdAt: AT, expiresAt: new Date('2099-01-01T00:00:00Z') }
  return idOf(
    await ctx.db
      .insert(invites)
      .values({ ...row, ...times })
      .returning({ id: invites.id }),
  )
}

export async function addToGroup(ctx: Context, orgId: number, groupId: number, userId: number): Promise<void> {
  const [found] = await ctx.db
    .select({ id: userOrgs.id })
    .from(userOrgs)
    .where(and(eq(userOrgs.userId, userId), eq(userOrgs.orgId, orgId)))
  if (!found) throw new Error('he is no member')
  await ctx.db.insert(groupMembers).values({ orgId, groupId, membershipId: found.id, createdAt: AT })
}

export async function roleOf(ctx: Context, orgId: number, userId: number): Promise<Role | undefined> {
  const rows = await ctx.db
    .select({ role: userOrgs.role })
    .from(userOrgs)
    .where(and(eq(userOrgs.userId, userId), eq(userOrgs.orgId, orgId)))
  return rows[0]?.role
}

export function sealedAs(orgId: number, table: string, column: string, row: number) {
  return { orgId, table, column, row }
}

let made = 0

/** A backup of an org as it is now: its path. */
export async function backUp({ app }: Pick<Life, 'app'>, orgId: number): Promise<string> {
  const file = join(app.config.dataDir, `backup-${++made}.tar.gz`)
  await exportOrg(app.ctx, { orgId }, { file })
  return file
}

/** Acme loses much, and gets what its backup has not. */
export async function spoil({ app, ctx, acme }: Life): Promise<void> {
  await ctx.db.delete(usageEvents).where(eq(usageEvents.orgId, acme))
  await ctx.db.delete(groups).where(eq(groups.orgId, acme))
  await ctx.db.update(orgs).set({ name: 'Spoilt' }).where(eq(orgs.id, acme))
  await writeFiles(app, acme, { 'a/b.txt': 'spoilt', more: 'x' })
}

/** Every row of every table, as text: what must not change is compared with it. */
export async function everyRow({ app }: Pick<Life, 'app'>): Promise<Record<string, string[]>> {
  return await readSnapshot(app.config.databaseUrl, async (reader) => {
    const rows: Record<string, string[]> = {}
    for (const table of instanceTables()) rows[table.name] = linesOf(await textOf(reader.exportRows(table)))
    return rows
  })
}

/** Lines that are in one and not in the other, by table. */
export function differences(before: Record<string, string[]>, after: Record<string, string[]>): string[] {
  return Object.keys(before).flatMap((table) => {
    const [was, is] = [new Set(before[table]), new Set(after[table])]
    const gone = [...was].filter((line) => !is.has(line)).map((line) => `${table} - ${line}`)
    return [...gone, ...[...is].filter((line) => !was.has(line)).map((line) => `${table} + ${line}`)]
  })
}

export async function writeFiles({ config }: Pick<TestApp, 'config'>, orgId: number, files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    const full = join(config.dataDir, 'orgs', String(orgId), path)
    await mkdir(join(full, '..'), { recursive: true })
    await writeFile(full, text)
  }
}

export async function filesOf(
  { config }: { config: { dataDir: string } },
  orgId: number,
): Promise<Record<string, string>> {
  const root = join(config.dataDir, 'orgs', String(orgId))
  const found = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const entries = files.map(async (path) => [path.slice(root.length + 1), await Bun.file(path).text()] as const)
  return Object.fromEntries(await Promise.all(entries))
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

function idOf(rows: { id: number }[]): number {
  const [row] = rows
  if (!row) throw new Error('no row was added')
  return row.id
}
