import { describe, expect, test } from 'bun:test'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { auditLog } from '#core/audit/tables.ts'
import { orgFolder } from '#platform/usage/storage.ts'
import { makeGroup } from '#test/groups/arrange.ts'
import { open, submit } from '#test/members/visit.ts'
import { makePerson } from '#test/support/app.ts'
import { elementsOf, textOf, valuesOf } from '#test/views/markup.ts'
import { deltaWords } from '#views/usage/delta.ts'
import { openUsage, type Usage } from './arrange.ts'

const TODAY = '2026-03-15'

async function putFile({ app, orgId }: Usage, text: string): Promise<void> {
  await mkdir(orgFolder(app.ctx, orgId), { recursive: true })
  await writeFile(join(orgFolder(app.ctx, orgId), 'a'), text)
}

describe('the usage page', () => {
  test('shows every figure with its comparison and its course, by the period of the address', async () => {
    await using usage = await openUsage()
    await usage.count(TODAY, 41)
    await usage.count('2026-03-05', 20)
    await usage.count(TODAY, 3, { kind: 'dbt.run', source: '' })
    const { html, status } = await open(usage.app, '/usage', { person: usage.admin })
    const text = textOf(html)
    expect(status).toBe(200)
    for (const words of ['LLM calls', 'chat: 41', '105 % more than the 7 days before', '3 successful, 0 failed']) {
      expect(text).toContain(words)
    }
    expect(text).toContain('Datasets are counted once data is synced or uploaded.')
    expect(elementsOf(html).filter(({ tag }) => tag === 'title').length).toBeGreaterThan(20)
    expect(text).toContain('2026-03-15: 41 calls')
    expect(valuesOf(html, 'svg', 'role')).toContain('img')
    const today = textOf((await open(usage.app, '/usage?period=today', { person: usage.admin })).html)
    expect(today).toContain('Up from none')
    const all = textOf((await open(usage.app, '/usage?period=all', { person: usage.admin })).html)
    expect([all.includes('chat: 61'), all.includes(' than ')]).toEqual([true, false])
  })

  test('is for whoever holds usage.read: an admin, or by a group', async () => {
    await using usage = await openUsage()
    const { app, orgId, admin } = usage
    const analyst = await makePerson(app, orgId, 'analyst')
    expect((await open(app, '/usage', { person: analyst })).status).toBe(403)
    expect((await app.fetch('/api/usage', { headers: analyst.bearer })).status).toBe(403)
    expect((await submit(app, '/usage/refresh-storage', {}, { person: analyst })).status).toBe(403)
    expect((await open(app, '/members', { person: admin })).html).toContain('href="/usage"')
    await makeGroup(app, orgId, ['usage.read'], [analyst])
    expect((await open(app, '/usage', { person: analyst })).status).toBe(200)
    expect((await app.fetch('/api/usage', { headers: analyst.bearer })).status).toBe(200)
  })

  test('shows the usual period for one that there is none of, with the status of a refusal', async () => {
    await using usage = await openUsage()
    const { status, html } = await open(usage.app, '/usage?period=1y', { person: usage.admin })
    expect([status, textOf(html).includes('LLM calls')]).toEqual([422, true])
  })
})

describe('Refresh storage', () => {
  test('walks anew, leads back to the period it came from and says what it found', async () => {
    await using usage = await openUsage()
    const { app, admin } = usage
    expect(textOf((await open(app, '/usage', { person: admin })).html)).toContain('In 0 files')
    await putFile(usage, 'x'.repeat(1_500))
    expect(textOf((await open(app, '/usage', { person: admin })).html)).toContain('In 0 files')
    const sent = await submit(app, '/usage/refresh-storage', { period: '30d' }, { person: admin })
    expect([sent.status, sent.location]).toEqual([303, '/usage?period=30d'])
    expect(sent.toast).toBe('Storage holds 1.5 kB in 1 file.')
    expect(textOf((await open(app, '/usage', { person: admin })).html)).toContain('In 1 file')
  })

  test('answers htmx with the figures, and the API with what it found; nothing of it is an event', async () => {
    await using usage = await openUsage()
    const { app, admin } = usage
    const events = await app.ctx.db.$count(auditLog)
    await putFile(usage, 'x'.repeat(99))
    const { html, status } = await submit(
      app,
      '/usage/refresh-storage',
      { period: 'all' },
      { person: admin, isPartial: true },
    )
    expect([status, html.includes('<html'), html.includes('id="usage"')]).toEqual([200, false, true])
    expect(textOf(html)).toContain('99 B')
    const answer = await app.fetch('/api/usage/refresh-storage', { method: 'POST', headers: admin.bearer })
    expect([answer.status, await answer.json()]).toMatchObject([200, { bytes: 99, files: 1, is_complete: true }])
    expect(await app.ctx.db.$count(auditLog)).toBe(events)
  })

  test('is refused from another site, and leads nowhere else', async () => {
    await using usage = await openUsage()
    const { app, admin } = usage
    const foreign = await submit(app, '/usage/refresh-storage', {}, { person: admin, site: 'cross-site' })
    expect(foreign.status).toBe(403)
    const odd = await submit(app, '/usage/refresh-storage', { period: '//evil.test' }, { person: admin })
    expect([odd.status, odd.location]).toEqual([303, '/usage'])
  })
})

describe('the words of a comparison', () => {
  test('tell more, less, the same, and nothing where there is nothing to compare with', () => {
    const words = (total: number, previous: number | null) => deltaWords({ total, previous, series: [] }, 'before')
    expect([words(3, 2), words(1, 2), words(2, 2), words(5, 0), words(0, 0), words(5, null)]).toEqual([
      '50 % more than before',
      '50 % less than before',
      'The same as before',
      'Up from none',
      'The same as before',
      undefined,
    ])
    expect(words(1_001, 1_000)).toBe('Under 1 % more than before')
  })
})
