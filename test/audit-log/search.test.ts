import { describe, expect, test } from 'bun:test'
import { searchTextOf } from '#core/audit/search-text.ts'
import { wordsOf } from '#lib/words.ts'
import { makeOrg, makePerson } from '#test/support/app.ts'
import { fillLog, type Log, names, note, noteOne, openLog } from './arrange.ts'

const REQUEST = '019c1a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b'

/** Twice: among the newest rows, which are read, and below them, where the index of words finds them. */
const PLACES = [
  ['among the newest', async () => {}],
  ['far below', (log: Log) => fillLog(log, 1_050, { action: 'invite.created' }, Date.UTC(2026, 2, 3))],
] as const

describe('words', () => {
  test('are letters, digits and marks, in lower case and one form, each once', () => {
    expect(wordsOf('Grace Hopper, GRACE_hopper@Example.com (ﬁne) Ａｄａ', 50)).toEqual([
      ...['grace', 'hopper', 'example', 'com', 'fine', 'ada'],
    ])
    expect(wordsOf('Straße ΑΘΉΝΑ 東京 naïve', 50)).toEqual(['straße', 'αθήνα', '東京', 'naïve'])
    expect(wordsOf('🙂 — "*:-', 50)).toEqual([])
    expect(wordsOf(`${REQUEST} 192.0.2.1 192.0`, 50)).toEqual([REQUEST.replaceAll('-', ''), '192x0x2x1', '192x0'])
    expect(wordsOf('x'.repeat(100), 50)).toEqual(['x'.repeat(40)])
    expect(wordsOf('a b c d', 2)).toEqual(['a', 'b'])
    expect(wordsOf('half \ud800 a pair', 9)).toEqual(['half', 'a', 'pair'])
  })

  test('of a row are those of its values at any depth, and are bounded', () => {
    expect(
      searchTextOf(['invite.created', { email: 'ada@x.test', ids: [1, { deep: 'Down' }], no: null }, undefined]),
    ).toBe(' invite created ada x test 1 down')
    const long = searchTextOf([Array.from({ length: 5_000 }, (_, n) => `word${n}`)])
    expect(long.split(' ').length).toBe(101)
  })
})

for (const [where, bury] of PLACES) {
  describe(`a search ${where}`, () => {
    test('finds whole words and beginnings of words in every part of a row, all of them together', async () => {
      await using log = await openLog()
      await note(log, log.admin, ['grace.hopper@navy.test', 'ada.lovelace@acme.test', 'Ängström@acme.test'])
      await noteOne(log.app, 'install', 'org.created', { org_id: 9, slug: 'beta', name: 'Beta Bakery' })
      await bury(log)
      for (const [q, found] of [
        ['grace', 'grace.hopper'],
        ['GRA', 'grace.hopper'],
        ['hopp gra', 'grace.hopper'],
        ['race', ''],
        ['acme', 'Ängström ada.lovelace'],
        ['ängström', 'Ängström'],
        ['ÄNGSTRÖM', 'Ängström'],
        ['created viewer', 'Ängström ada.lovelace grace.hopper'],
        ['192.0.2.7', 'Ängström ada.lovelace grace.hopper'],
        ['192.0', 'Ängström ada.lovelace grace.hopper'],
        ['192.0.2.8', ''],
        [log.admin.email, 'Ängström ada.lovelace grace.hopper'],
        ['bakery', ''],
        ['grace ada', ''],
        ['🙂', ''],
      ] as const) {
        const events = await log.list({ q, action: 'invite.created' })
        expect([q, names(events)]).toEqual([q, found])
      }
      expect(names(await log.list({ q: 'bak beta', install: true }))).toBe('Beta Bakery')
    })

    test('never finds a row of another org', async () => {
      await using log = await openLog()
      const other = await makePerson(log.app, (await makeOrg(log.app.ctx)).orgId)
      await note(log, other, ['zebra@x.test'])
      await note(log, log.admin, ['quagga@x.test'])
      await bury(log)
      expect(names(await log.list({ q: 'zebra' }))).toBe('')
      expect(names(await log.list({ q: 'x test' }))).toBe('quagga')
      const marks = [`o${other.orgId}xzebra`, `o${log.orgId}xquagga`, `" OR "o${other.orgId}xzebra`, `o${other.orgId}`]
      for (const q of marks) expect([q, names(await log.list({ q }))]).toEqual([q, ''])
    })

    test('takes what is typed as words and never as a query', async () => {
      await using log = await openLog()
      await note(log, log.admin, ['or@x.test', 'near@x.test', 'plain@x.test'])
      await bury(log)
      for (const [q, found] of [
        ['OR', 'or'],
        ['NEAR(', 'near'],
        ['NEAR(plain x)', ''],
        ['plain OR near', ''],
        ['plain*', 'plain'],
        ['"plain', 'plain'],
        ['"', ''],
        ['*', ''],
        ['-plain', 'plain'],
        ['!plain', 'plain'],
        ['words:plain', ''],
        ['plain:*', 'plain'],
        ["plain' | 'near", ''],
        ['pl%z', ''],
        ['p_z', ''],
        ['plain & near', ''],
        ['plain <-> x', 'plain'],
        ['^plain', 'plain'],
        ["'; drop table audit_log; --", ''],
        ['plain \\', 'plain'],
        ['🙂 plain', 'plain'],
        [`plain ${'y'.repeat(10_000)}`, ''],
        [`${'plain '.repeat(2_000)}`, 'plain'],
        ['\0', ''],
        ['plain\0', 'plain'],
      ] as const) {
        const events = await log.list({ q, action: 'invite.created' })
        expect([q.slice(0, 40), names(events)]).toEqual([q.slice(0, 40), found])
      }
    })
  })
}

describe('a search at a door', () => {
  test('neither fails nor finds for odd input, and finds for a plain word', async () => {
    await using log = await openLog()
    await note(log, log.admin, ['plain@x.test'])
    for (const q of ['"', '*', 'NEAR(', ':', 'OR', '🙂', 'z'.repeat(10_000), "'", '\\', '%', '-']) {
      for (const path of ['/api/audit-log', '/api/audit-log/export.csv']) {
        const response = await log.app.fetch(`${path}?q=${encodeURIComponent(q)}`, { headers: log.admin.bearer })
        expect([q.slice(0, 9), path, response.status]).toEqual([q.slice(0, 9), path, 200])
        expect(await response.text()).not.toContain('plain@x.test')
      }
    }
    const found = await log.app.fetch('/api/audit-log?q=plain', { headers: log.admin.bearer })
    expect(await found.text()).toContain('plain@x.test')
    expect((await log.app.fetch('/api/audit-log?q=%00', { headers: log.admin.bearer })).status).toBe(422)
  })
})
