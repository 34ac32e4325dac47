import { describe, expect, test } from 'bun:test'
import type { Action } from '#core/audit/actions.ts'
import { dateOfMs } from '#lib/clock.ts'
import { exactTime } from '#lib/format.ts'
import type { AuditEvent } from '#platform/audit-log/event.ts'
import type { Place } from '#platform/audit-log/place.ts'
import { INDEXED_ROWS_MAX, WALKED_BELOW_MAX, WALKED_ROWS_MAX } from '#platform/audit-log/search.ts'
import { open } from '#test/members/visit.ts'
import { textOf, valuesOf } from '#test/views/markup.ts'
import { fillLog, type Log, openLog, START } from './arrange.ts'

/** So many rows a page of a search looks at when every word is frequent. */
const PAGE_ROWS = WALKED_ROWS_MAX + WALKED_BELOW_MAX
const PAGES_MAX = 400

type Typed = Parameters<Log['page']>[0]

/** Every page of a filter, the empty ones, too. */
async function pagesOf(log: Log, typed: Typed): Promise<(readonly AuditEvent[])[]> {
  const pages: (readonly AuditEvent[])[] = []
  let place: Place | undefined
  do {
    const { events, next } = await log.page({ ...typed, ...(place && { place }) })
    pages.push(events)
    if (next && place) expect([next.at <= place.at, next.id === place.id]).toEqual([true, false])
    place = next
  } while (place && pages.length < PAGES_MAX)
  expect(place).toBeUndefined()
  return pages
}

const placesOf = (events: readonly AuditEvent[]) => events.map(({ detail }) => Number(detail.user_id))

/** Two words, each in half of the rows, that meet in the three oldest rows only. */
function fillWithStrangers(log: Log, count: number): Promise<void> {
  return fillLog(log, count, (place) => ({
    searchText: place < 3 ? ' alpha beta' : place % 2 ? ' alpha' : ' beta',
  }))
}

describe('a search for frequent words that hardly meet', () => {
  test('looks through a stretch of the log a page, and leads on until it found all, once', async () => {
    await using log = await openLog()
    await fillWithStrangers(log, PAGE_ROWS + 100)
    const pages = await pagesOf(log, { q: 'alpha beta', limit: 2 })
    expect(pages.map(placesOf)).toEqual([[], [2, 1], [0]])
    const { next } = await log.page({ q: 'alpha beta' })
    expect(next?.at).toEqual(dateOfMs(START + 100))
  })

  test('is whole in the export', async () => {
    await using log = await openLog()
    await fillWithStrangers(log, PAGE_ROWS + 100)
    const path = '/api/audit-log/export.csv?q=alpha+beta'
    const text = await (await log.app.fetch(path, { headers: log.admin.bearer })).text()
    const found = (await pagesOf(log, { q: 'alpha beta' })).flat()
    expect(found).toHaveLength(3)
    const lines = text.split('\r\n').slice(1, -1)
    expect(lines.map((line) => line.slice(-36))).toEqual(found.map(({ eventId }) => eventId))
  })

  test('answers at the API with no items and a cursor, which leads to them', async () => {
    await using log = await openLog()
    await fillWithStrangers(log, PAGE_ROWS + 100)
    const ask = async (query: string) =>
      (await log.app.fetch(`/api/audit-log?q=alpha+beta${query}`, { headers: log.admin.bearer })).json()
    const first = await ask('')
    expect([first.items, typeof first.next_cursor]).toEqual([[], 'string'])
    const second = await ask(`&cursor=${first.next_cursor}`)
    expect([second.items.length, second.next_cursor]).toEqual([3, null])
  })

  test('says on the page how far it looked, and goes on by a link', async () => {
    await using log = await openLog()
    await fillWithStrangers(log, PAGE_ROWS * 2 + 100)
    const visit = (path: string, isPartial = false) => open(log.app, path, { person: log.admin, isPartial })
    const onward = (html: string) => valuesOf(html, 'a', 'href').find((href) => href.includes('cursor=')) ?? ''
    const first = await visit('/audit-log?q=alpha+beta')
    expect(textOf(first.html)).toContain(`Searched back to ${exactTime(dateOfMs(START + PAGE_ROWS + 100))}`)
    expect(textOf(first.html)).toContain('Search older events')
    expect(onward(first.html)).toContain('q=alpha+beta')
    const second = await visit(onward(first.html))
    expect(textOf(second.html)).toContain('Nothing found so far')
    const last = await visit(onward(second.html))
    expect(valuesOf(last.html, 'time', 'datetime')).toHaveLength(3)
    expect([onward(last.html), textOf(last.html).includes('Searched back')]).toEqual(['', false])
    const partial = await visit('/audit-log?q=alpha+beta', true)
    expect(textOf(partial.html)).toContain('0 events shown, searched back to')
  })

  test('tells of a short page how far it looked, too', async () => {
    await using log = await openLog()
    const count = PAGE_ROWS + 100
    const words = (place: number) => (place > count - 3 ? ' alpha beta' : place % 2 ? ' alpha' : ' beta')
    await fillLog(log, count, (place) => ({ searchText: words(place) }))
    const { html } = await open(log.app, '/audit-log?q=alpha+beta', { person: log.admin })
    expect(textOf(html)).toContain('2 events on this page. Searched back to')
    expect(textOf(html)).toContain('Search older events')
    const end = await open(log.app, '/audit-log?q=alpha&to=2026-02-01', { person: log.admin })
    expect(textOf(end.html)).not.toContain('Searched back')
  })
})

describe('a search with a rare word', () => {
  const rows = (rare: (place: number) => boolean, action: (place: number) => Action) => (place: number) => ({
    searchText: rare(place) ? ' quagga beta' : ' beta',
    action: action(place),
  })

  test('finds it far below on the first page, alone, beside a frequent word and beside an action', async () => {
    await using log = await openLog()
    const action = (place: number) => (place % 2 ? 'user.signed_in' : 'user.signed_out')
    await fillLog(
      log,
      PAGE_ROWS + 500,
      rows((place) => place === 7, action),
    )
    for (const typed of [
      { q: 'quagga' },
      { q: 'qua bet' },
      { q: 'beta quagga', action: 'user.signed_in' },
      { q: 'quagga', action: 'user.signed_in' },
    ] as const) {
      const { events, next } = await log.page(typed)
      expect([typed, placesOf(events), next]).toEqual([typed, [7], undefined])
    }
    expect((await log.page({ q: 'quagga', action: 'user.signed_out' })).events).toEqual([])
  })

  test('that stands in many rows of another action looks at some of them a page, and finds the one it is about', async () => {
    await using log = await openLog()
    const many = INDEXED_ROWS_MAX + 200
    await fillLog(log, many, { searchText: ' quagga' })
    await fillLog(log, 1, { searchText: ' quagga', action: 'token.created' }, START - 1)
    await fillLog(
      log,
      WALKED_ROWS_MAX * 2,
      (place) => ({ action: place % 2 ? 'token.created' : 'user.signed_in' }),
      START + many,
    )
    const pages = await pagesOf(log, { q: 'quagga', action: 'token.created' })
    expect(pages.map((events) => events.length)).toEqual([0, 1])
  })
})

describe('a search of any kind', () => {
  /** Of 997 rows. */
  const SHARES = { ant: 400, antler: 3, bee: 300, beetle: 12, cat: 1 }
  /** The same rows at every run: each word by a share of its own, many rows of one time. */
  const wordsAt = (place: number) =>
    Object.entries(SHARES).flatMap(([word, share], n) => ((place * 7_919 + n * 104_729) % 997 < share ? [word] : []))

  test('finds over its pages what reading every row finds, in that order', async () => {
    await using log = await openLog()
    const action = (place: number) => (place % 3 ? 'user.signed_in' : 'user.signed_out')
    const minute = (place: number) => Math.floor(place / 40)
    await fillLog(log, 4_000, (place) => ({
      searchText: ` ${['row', ...wordsAt(place)].join(' ')}`,
      action: action(place),
      at: dateOfMs(START + minute(place) * 60_000),
    }))
    for (const q of [
      'ant',
      'antler',
      'bee',
      'beetle',
      'cat',
      'ant bee',
      'antler bee',
      'beetle ant',
      'cat row',
      'antler beetle',
    ]) {
      for (const only of [undefined, 'user.signed_out'] as const) {
        const expected: number[] = []
        for (let place = 3_999; place >= 0; place--) {
          const words = wordsAt(place)
          const holds = q.split(' ').every((part) => part === 'row' || words.some((word) => word.startsWith(part)))
          if (holds && (only === undefined || action(place) === only)) expected.push(place)
        }
        for (const limit of [17, 200]) {
          const pages = await pagesOf(log, { q, limit, ...(only && { action: only }) })
          expect([q, only, limit, placesOf(pages.flat())]).toEqual([q, only, limit, expected])
        }
      }
    }
  })
})
