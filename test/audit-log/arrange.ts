import type { ActionDetails } from '#core/audit/actions.ts'
import { record } from '#core/audit/record.ts'
import { auditLog } from '#core/audit/tables.ts'
import type { Scope } from '#core/scope.ts'
import { dateOfMs, MINUTE_MS } from '#lib/clock.ts'
import type { AuditEvent } from '#platform/audit-log/event.ts'
import { listEvents } from '#platform/audit-log/event-list.ts'
import type { EventPage } from '#platform/audit-log/event-page.ts'
import { filterOf } from '#platform/audit-log/filter.ts'
import type { Place } from '#platform/audit-log/place.ts'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

export const START = Date.UTC(2026, 2, 1, 9)

type Typed = Parameters<typeof filterOf>[0] & Readonly<{ install?: boolean; limit?: number; place?: Place }>

export function scopeOf({ userId, email, orgId }: TestPerson): Scope {
  const actor = { kind: 'person', userId, email, name: 'Ada' } as const
  return { orgId, actor, role: 'admin', permissions: new Set(['audit.read']), address: '192.0.2.7', requestId: 'req-1' }
}

/** An org with an empty log: what making it wrote has gone. */
export async function openLog(options: Parameters<typeof startTestApp>[0] = {}) {
  const app = await startTestApp(options)
  const { orgId, slug } = await makeOrg(app.ctx)
  const admin = await makePerson(app, orgId)
  await emptyLog(app)

  const page = (typed: Typed = {}): Promise<EventPage> => {
    const { install = false, limit = 50, place, ...filter } = typed
    return listEvents(app.ctx, scopeOf(admin), filterOf(filter, install), { limit, place })
  }
  return {
    ...{ app, orgId, slug, admin, page },
    /** The events of the first page. */
    list: async (typed: Typed = {}): Promise<readonly AuditEvent[]> => (await page(typed)).events,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  }
}

export type Log = Awaited<ReturnType<typeof openLog>>

/** The way that retention has, without a cutoff of its own. */
export async function emptyLog({ ctx }: Pick<TestApp, 'ctx'>): Promise<void> {
  const always = ctx.db.engine === 'postgres' ? "timestamptz '9999-01-01'" : '9999999999999'
  const name = (table: string) => (ctx.db.engine === 'postgres' ? `honeyframe.${table}` : table)
  await ctx.db.migration(async (run) => {
    await run(`delete from ${name('audit_retention')}`)
    await run(`insert into ${name('audit_retention')} (id, cutoff) values (1, ${always})`)
    await run(`delete from ${name('audit_log')}`)
    await run(`delete from ${name('audit_retention')}`)
  })
}

/** Writes events as a person of the org does, a minute apart unless `at` says when. */
export async function note(
  { app }: Pick<Log, 'app'>,
  who: TestPerson,
  emails: readonly string[],
  at = (place: number) => START + place * MINUTE_MS,
): Promise<string[]> {
  const ids: string[] = []
  for (const [place, email] of emails.entries()) {
    ids.push(await noteOne(app, who, 'invite.created', { invite_id: place + 1, email, role: 'viewer' }, at(place)))
  }
  return ids
}

export function noteOne<A extends keyof ActionDetails>(
  app: TestApp,
  who: TestPerson | 'install',
  action: A,
  detail: ActionDetails[A],
  ms = START,
): Promise<string> {
  const subject = who === 'install' ? { actor: { kind: 'operator' } as const } : scopeOf(who)
  const clock = { ...app.ctx.clock, now: () => dateOfMs(ms) }
  return app.ctx.db.transaction((tx) =>
    record({ clock, random: app.ctx.random, jobs: app.ctx.jobs }, tx, subject, action, detail),
  )
}

/** What tells the events apart: the beginnings of their e-mails. */
export function names(events: readonly Pick<AuditEvent, 'detail'>[]): string {
  return events.map(({ detail }) => String(detail.email ?? detail.name ?? '').split('@')[0]).join(' ')
}

type Row = Partial<typeof auditLog.$inferInsert>

/** Many rows at once, past `record`; `searchText` is what each is searched by. */
export async function fillLog(
  { app, orgId }: Pick<Log, 'app' | 'orgId'>,
  count: number,
  more: Row | ((place: number) => Row) = {},
  ms = START,
): Promise<void> {
  const rows = Array.from({ length: count }, (_, place) => ({
    eventId: app.ctx.random.uuid(),
    ...{ orgId, action: 'user.signed_in', actorKind: 'operator' as const, actorId: null, actorLabel: 'operator' },
    ...{ detail: { user_id: place }, at: dateOfMs(ms + place), searchText: ' filler' },
    ...(typeof more === 'function' ? more(place) : more),
  }))
  for (let from = 0; from < count; from += 500) await app.ctx.db.insert(auditLog).values(rows.slice(from, from + 500))
}
