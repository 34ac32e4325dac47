import { eq, ne } from 'drizzle-orm'
import type { Browser } from 'playwright-core'
import type { Environment } from '#config/environment.ts'
import { passwordResets, tokens } from '#core/access/tables.ts'
import { record } from '#core/audit/record.ts'
import type { Overrides } from '#core/context.ts'
import { orgs, users } from '#core/tenancy/tables.ts'
import { addMs, type Clock, DAY_MS, HOUR_MS } from '#lib/clock.ts'
import { sha256Hex } from '#lib/token.ts'
import { invites } from '#platform/invites/tables.ts'
import { addGrant, makeGroup } from '#test/groups/arrange.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { openVisitor, type Visitor, type VisitorOptions } from '#test/support/browser.ts'

export const INVITE_TOKEN = 'invitation-of-somebody-new'
export const KNOWN_INVITE_TOKEN = 'invitation-of-somebody-known'
export const RESET_TOKEN = 'reset-of-the-viewer'

/** Every text of the site that a person can choose, from outside or inside. */
export type Words = Readonly<{
  orgName: string
  adminName: string
  memberName: string
  inviteEmail: string
  mailError: string
  tokenName: string
  groupName: string
}>

export const PLAIN_WORDS: Words = {
  orgName: 'Acme',
  adminName: 'Ada Admin',
  memberName: 'Vera Viewer',
  inviteEmail: 'rin@acme.test',
  mailError: '550 5.1.1 nobody of that name here',
  tokenName: 'ci-pipeline',
  groupName: 'Sales',
}

export type Site = Awaited<ReturnType<typeof startSite>>
export type Somebody = 'nobody' | 'admin' | 'viewer' | 'newcomer' | 'known' | 'operator'

/**
 * The platform behind a real socket, with an org of three and everything a page can list. `newcomer` has nothing yet, `known` has an
 * account in another org and an open invitation to this one; `operator`, a superadmin, is admin there. Nothing sends: no worker runs, and the relay is a closed port.
 */
export async function startSite(
  options: {
    words?: Words
    hasRelay?: boolean
    clock?: Clock
    apexDomain?: string
    env?: Environment
    overrides?: Overrides
  } = {},
) {
  const words = options.words ?? PLAIN_WORDS
  let answer: TestApp['answer'] | undefined
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request, socket) =>
      answer?.(request, socket.requestIP(request)?.address ?? '') ?? new Response(null, { status: 503 }),
  })
  const origin = `http://localhost:${server.port}`
  const relay = { SMTP_HOST: '127.0.0.1', SMTP_PORT: '1', SMTP_TLS: 'none' }
  const app = await startTestApp({
    env: {
      PUBLIC_URL: origin,
      ...((options.hasRelay ?? true) && relay),
      ...(options.apexDomain !== undefined && { APEX_DOMAIN: options.apexDomain }),
      ...options.env,
    },
    overrides: { ...(options.clock && { clock: options.clock }), ...options.overrides },
  })
  answer = app.answer
  const people = await populate(app, words)
  return {
    ...{ app, origin, people },
    /** A browser of one of them. */
    async visit(browser: Browser, who: Somebody, options: Pick<VisitorOptions, 'scripts'> = {}): Promise<Visitor> {
      const session = who === 'nobody' ? undefined : people[who].jwt
      return await openVisitor(browser, origin, { ...options, ...(session !== undefined && { session }) })
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true)
      await app[Symbol.asyncDispose]()
    },
  }
}

async function populate(app: TestApp, words: Words) {
  const { ctx } = app
  const [{ orgId }, elsewhere] = [await makeOrg(ctx, 'acme'), await makeOrg(ctx, 'elsewhere')]
  await ctx.db.update(orgs).set({ name: words.orgName }).where(eq(orgs.id, orgId))
  const people = {
    admin: await makePerson(app, orgId, 'admin', 'ada@acme.test'),
    viewer: await makePerson(app, orgId, 'viewer', 'vera@acme.test'),
    newcomer: await makePerson(app, orgId, 'admin', 'nils@acme.test'),
    known: await makePerson(app, elsewhere.orgId, 'analyst', 'kim@elsewhere.test'),
    operator: await makePerson(app, elsewhere.orgId, 'admin', 'ona@elsewhere.test'),
  }
  await ctx.db.update(users).set({ isSuperadmin: true }).where(eq(users.id, people.operator.userId))
  await ctx.db.update(users).set({ name: words.adminName }).where(eq(users.id, people.admin.userId))
  await ctx.db.update(users).set({ name: words.memberName }).where(eq(users.id, people.viewer.userId))
  // Only the newcomer has the welcome tour before him.
  const seen = { tourEndedAt: ctx.clock.now() }
  await ctx.db.update(users).set(seen).where(ne(users.id, people.newcomer.userId))
  await addInvites(app, people.admin, words)
  await addTokens(app, people.admin, words.tokenName)
  const groupId = await makeGroup(app, orgId, ['audit.read'], [people.newcomer], words.groupName)
  await addGrant(app, orgId, groupId, `group.edit@group:${groupId}`)
  await addEvents(app, people.admin, words)
  const now = ctx.clock.now()
  const reset = { userId: people.viewer.userId, tokenHash: sha256Hex(RESET_TOKEN), createdAt: now }
  await ctx.db.insert(passwordResets).values({ ...reset, expiresAt: addMs(now, HOUR_MS) })
  return people
}

async function addInvites({ ctx }: TestApp, admin: TestPerson, words: Words): Promise<void> {
  const now = ctx.clock.now()
  const open = {
    orgId: admin.orgId,
    role: 'analyst',
    state: 'pending',
    invitedBy: admin.userId,
    createdAt: now,
    expiresAt: addMs(now, 6 * DAY_MS),
    mailState: 'sent',
  } as const
  await ctx.db.insert(invites).values([
    { ...open, email: words.inviteEmail, tokenHash: sha256Hex(INVITE_TOKEN) },
    { ...open, email: 'kim@elsewhere.test', tokenHash: sha256Hex(KNOWN_INVITE_TOKEN), mailState: 'queued' },
    { ...open, email: 'gone@acme.test', tokenHash: 'failed', mailState: 'failed', mailError: words.mailError },
    { ...open, email: 'old@acme.test', tokenHash: 'expired', expiresAt: addMs(now, -DAY_MS) },
  ])
}

async function addTokens({ ctx }: TestApp, { userId }: TestPerson, name: string): Promise<void> {
  const now = ctx.clock.now()
  await ctx.db.insert(tokens).values([
    { userId, name, tokenHash: 'fresh', tail: '4fQz', createdAt: addMs(now, -HOUR_MS), lastUsedAt: now },
    {
      userId,
      name: 'old',
      tokenHash: 'old',
      tail: 'k81B',
      createdAt: addMs(now, -9 * DAY_MS),
      expiresAt: addMs(now, -DAY_MS),
    },
  ])
}

async function addEvents({ ctx }: TestApp, { orgId, userId, email }: TestPerson, words: Words): Promise<void> {
  const actor = { kind: 'person', userId, email, name: words.adminName } as const
  const subject = { orgId, actor, address: '192.0.2.7', requestId: words.tokenName }
  const { inviteEmail, mailError: error } = words
  await ctx.db.transaction(async (tx) => {
    await record(ctx, tx, subject, 'group.renamed', { group_id: 1, from: words.orgName, to: words.memberName })
    await record(ctx, tx, subject, 'invite.mail_failed', { invite_id: 1, email: inviteEmail, error })
  })
}
