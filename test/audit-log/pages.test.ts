import { describe, expect, test } from 'bun:test'
import { users } from '#core/tenancy/tables.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { open } from '#test/members/visit.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { elementsOf, textOf, valuesOf } from '#test/views/markup.ts'
import { eventWords } from '#views/audit-log/event-words.ts'
import { fillLog, note, noteOne, openLog, START } from './arrange.ts'

describe('the audit page', () => {
  test('tells each event in words, with names in place of ids, and leads to it from the side bar', async () => {
    await using log = await openLog()
    const mate = await makePerson(log.app, log.orgId, 'viewer', 'mate@x.test')
    await note(log, log.admin, ['ann@x.test'])
    await noteOne(log.app, log.admin, 'member.role_changed', { user_id: mate.userId, from: 'viewer', to: 'analyst' })
    const { status, html } = await open(log.app, '/audit-log', { person: log.admin })
    const text = textOf(html)
    expect(status).toBe(200)
    expect(text).toContain('Invited ann@x.test as viewer')
    expect(text).toContain('Changed the role of mate@x.test from viewer to analyst')
    expect(text).toContain('are kept for 90 days')
    expect(valuesOf(html, 'time', 'title')).toContain('2026-03-01 09:00 UTC')
    expect(valuesOf(html, 'a', 'href')).toContain('/audit-log')
    expect((await open(log.app, '/audit-log', { person: mate })).status).toBe(403)
    expect((await open(log.app, '/members', { person: log.admin })).html).toContain('href="/audit-log"')
  })

  test('filters by what its form sends, keeps it in the form, in its links and in the download', async () => {
    await using log = await openLog()
    await note(log, log.admin, ['ann@x.test', 'ben@x.test'])
    await noteOne(log.app, log.admin, 'token.created', { token_id: 1, name: 'ben', expires_at: null })
    const query = `action=invite.created&actor=${log.admin.userId}&q=ben&from=2026-03-01&to=2026-03-01`
    const { html } = await open(log.app, `/audit-log?${query}`, { person: log.admin })
    expect(valuesOf(html, 'time', 'datetime')).toEqual([new Date(START + MINUTE_MS).toISOString()])
    for (const [name, value] of new URLSearchParams(query)) {
      const kept = elementsOf(html).some(
        ({ tag, attributes }) =>
          (tag === 'input' && attributes.get('name') === name && attributes.get('value') === value) ||
          (tag === 'option' && attributes.has('selected') && attributes.get('value') === value),
      )
      expect([name, kept]).toEqual([name, true])
    }
    const link = valuesOf(html, 'a', 'href').find((href) => href.startsWith('/audit-log/export.csv'))
    expect(Object.fromEntries(new URLSearchParams(link?.split('?')[1]))).toEqual(
      Object.fromEntries(new URLSearchParams(query)),
    )
    const empty = await open(log.app, '/audit-log?action=&actor=&q=&from=&to=', { person: log.admin })
    expect(valuesOf(empty.html, 'time', 'datetime').length).toBeGreaterThan(2)
  })

  test('leads on by pages of fifty, and back to the first', async () => {
    await using log = await openLog()
    await fillLog(log, 70, { orgId: log.orgId })
    const first = await open(log.app, '/audit-log?q=filler', { person: log.admin })
    const next = valuesOf(first.html, 'a', 'href').find((href) => href.includes('cursor='))
    expect(valuesOf(first.html, 'time', 'datetime')).toHaveLength(50)
    const second = await open(log.app, next ?? '', { person: log.admin })
    expect(valuesOf(second.html, 'time', 'datetime')).toHaveLength(20)
    expect(valuesOf(second.html, 'a', 'href')).toContain('/audit-log?q=filler')
    expect(textOf(second.html)).toContain('20 events on this page')
  })

  test('says beside the field what is wrong with a filter', async () => {
    await using log = await openLog()
    for (const [query, id] of [
      ['actor=ada', 'audit-actor-fault'],
      ['from=2026-02-31', 'audit-from-fault'],
      ['to=soon', 'audit-to-fault'],
      ['action=x', 'audit-action-fault'],
    ] as const) {
      const { status, html } = await open(log.app, `/audit-log?${query}`, { person: log.admin })
      expect([query, status, valuesOf(html, 'p', 'id').includes(id)]).toEqual([query, 422, true])
    }
    expect((await open(log.app, '/audit-log?cursor=x', { person: log.admin })).status).toBe(422)
  })

  test('answers htmx with the card alone, and announces how much it shows', async () => {
    await using log = await openLog()
    await note(log, log.admin, ['ann@x.test'])
    const { html } = await open(log.app, '/audit-log?q=ann', { person: log.admin, isPartial: true })
    expect(html).not.toContain('<html')
    expect(html).toContain('id="audit-log"')
    expect(textOf(html)).toContain('1 event shown')
  })

  test('says what to do when nothing is found, and when nothing happened', async () => {
    await using log = await openLog()
    const { orgId } = await makeOrg(log.app.ctx)
    const fresh = await makePerson(log.app, orgId)
    await open(log.app, '/audit-log', { person: fresh })
    const searched = await open(log.app, '/audit-log?q=zebra', { person: log.admin })
    expect(textOf(searched.html)).toContain('No event fits this filter.')
    expect(valuesOf(searched.html, 'a', 'href')).toContain('/audit-log')
  })

  test('has a tab for the install, for superadmins only', async () => {
    await using log = await openLog()
    const { app, admin } = log
    await noteOne(app, 'install', 'user.created', { user_id: 5, email: 'yak@x.test', is_superadmin: false })
    const refused = await open(app, '/audit-log?install=true', { person: admin })
    expect([refused.status, refused.html.includes('yak')]).toEqual([403, false])
    expect((await open(app, '/audit-log/export.csv?install=true', { person: admin })).status).toBe(403)
    expect((await open(app, '/audit-log', { person: admin })).html).not.toContain('install=true')
    await app.ctx.db.update(users).set({ isSuperadmin: true })
    const shown = await open(app, '/audit-log?install=true&q=yak', { person: admin })
    expect([shown.status, textOf(shown.html).includes('Created the account yak@x.test')]).toEqual([200, true])
    expect(valuesOf(shown.html, 'a', 'href')).toContain('/audit-log/export.csv?install=true&q=yak')
    const own = await open(app, '/audit-log', { person: admin })
    expect([textOf(own.html).includes('yak'), own.html.includes('install=true')]).toEqual([false, true])
  })
})

describe('the words of an event', () => {
  const emails = new Map([[7, 'grace@x.test']])
  const words = (action: string, detail: Record<string, unknown>) =>
    eventWords({ action, detail, fallback: 'F.' }, emails)

  test('name people by the detail, by the members or by their id', () => {
    expect(words('user.deactivated', { user_id: 7, email: 'then@x.test' })).toBe('Deactivated then@x.test')
    expect(words('password.changed', { user_id: 7 })).toBe('Changed the password of grace@x.test')
    expect(words('password.changed', { user_id: 8 })).toBe('Changed the password of user 8')
    expect(words('password.changed', {})).toBe('Changed the password of a user')
    expect(words('org.updated', { fields: ['name', 'color'] })).toBe('Changed the organization: name, color')
  })

  test('fall back to the sentence of the action, or its name', () => {
    expect(words('later.invented', {})).toBe('F.')
    expect(eventWords({ action: 'later.invented', detail: {}, fallback: '' }, emails)).toBe('later.invented')
    expect(words('toString', {})).toBe('F.')
  })

  test('are cut where a value is long', () => {
    expect(words('group.created', { name: 'n'.repeat(10_000) }).length).toBeLessThan(250)
  })
})
