import { expect, test } from 'bun:test'
import { loadInto, readSnapshot } from '#db/bulk.ts'
import { sha256Hex } from '#lib/token.ts'
import { bytesOf, declared, tableOf, textOf } from '#test/backups/content.ts'
import { openTestDatabase } from '#test/support/database.ts'

const AT = '2026-03-04T05:06:07.089Z'
const ORGS = `1,acme,"Acme, ""the"" one",${AT},"",\n2,beta,"two\nlines",${AT},#aabbcc,\\.\n`
const WEBHOOKS = [
  `7,1,https://example.com,"[""a"",""b""]",default,true,,s,t,,,,,${AT},${AT}`,
  `9,1,https://example.org,"{""a"":{""b"":[1,null],""c"":1.5},""z"":""é\u{1f41d}""}",long,false,why,s,t,,,${AT},,${AT},${AT}`,
  '',
].join('\n')

test('what is read into a table comes out again to the byte, and equal on both engines', async () => {
  await using place = await openTestDatabase()
  const counts = await loadInto(place.url, async (writer) => [
    await writer.importRows(tableOf('orgs'), bytesOf(ORGS)),
    await writer.importRows(tableOf('webhooks'), bytesOf(WEBHOOKS, 3)),
  ])
  expect(counts).toEqual([2, 2])
  await readSnapshot(place.url, async (reader) => {
    expect(await textOf(reader.exportRows(tableOf('orgs')))).toBe(ORGS)
    expect(await textOf(reader.exportRows(tableOf('orgs'), 'id = 2'))).toBe(ORGS.slice(ORGS.indexOf('2,beta')))
    expect(await textOf(reader.exportRows(tableOf('webhooks')))).toBe(WEBHOOKS)
  })
})

test('a load that fails leaves nothing behind, and the database goes on', async () => {
  await using place = await openTestDatabase()
  const failing = loadInto(place.url, async (writer) => {
    await writer.importRows(tableOf('orgs'), bytesOf(ORGS))
    throw new Error('in the middle')
  })
  await expect(failing).rejects.toThrow('in the middle')
  expect(await readSnapshot(place.url, (reader) => textOf(reader.exportRows(tableOf('orgs'))))).toBe('')
})

test('an export that is given up in the middle ends at once', async () => {
  await using place = await openTestDatabase()
  await fill(place.url, 20_000)
  const failing = readSnapshot(place.url, async (reader) => {
    for await (const _ of reader.exportRows(tableOf('usage_events'))) throw new Error('enough')
  })
  await expect(failing).rejects.toThrow('enough')
})

test('a snapshot does not see what is written after it began', async () => {
  await using place = await openTestDatabase()
  await fill(place.url, 3)
  const table = tableOf('usage_events')
  await readSnapshot(place.url, async (reader) => {
    const before = await textOf(reader.exportRows(table))
    await place.db.delete(declared('usage_events'))
    expect(await textOf(reader.exportRows(table))).toBe(before)
    expect(before.split('\n')).toHaveLength(4)
  })
})

test('20,000 rows have one sum, whichever way they are picked', async () => {
  await using place = await openTestDatabase()
  await fill(place.url, 20_000)
  const table = tableOf('usage_events')
  const [all, picked, none] = await readSnapshot(place.url, async (reader) => [
    await textOf(reader.exportRows(table)),
    await textOf(reader.exportRows(table, 'org_id = 1')),
    await textOf(reader.exportRows(table, 'org_id = 2')),
  ])
  expect(picked).toBe(all)
  expect(none).toBe('')
  expect(sha256Hex(all)).toMatchInlineSnapshot(`"a39c9c360342417d7d1a7acd514b1cde4b340bc0bafe342fed8177736fd1c9c8"`)
})

async function fill(url: string, rows: number): Promise<void> {
  const lines = Array.from({ length: rows }, (_, row) => `${row + 1},1,llm.call,chat,ok,${AT}\n`)
  await loadInto(url, async (writer) => {
    await writer.importRows(tableOf('orgs'), bytesOf(ORGS))
    await writer.importRows(tableOf('usage_events'), bytesOf(lines.join('')))
  })
}

test('exports of every length end, one after the other on one connection', async () => {
  await using place = await openTestDatabase()
  await fill(place.url, 6_000)
  const table = tableOf('usage_events')
  await readSnapshot(place.url, async (reader) => {
    for (let rows = 500; rows <= 6_000; rows += 250) {
      const text = await textOf(reader.exportRows(table, `id <= ${rows}`))
      expect(text.split('\n')).toHaveLength(rows + 1)
      expect(await reader.countRows(table, `id <= ${rows}`)).toBe(rows)
    }
  })
})

test('values that a column does not hold, and rows that break a rule, are refused and leave nothing', async () => {
  await using place = await openTestDatabase()
  const wrong = [
    `x,acme,Acme,${AT},,\n`,
    '1,acme,Acme,yesterday,,\n',
    `1,,Acme,${AT},,\n`,
    ORGS.replace('beta', 'acme'),
  ]
  for (const text of wrong) {
    const load = loadInto(place.url, (writer) => writer.importRows(tableOf('orgs'), bytesOf(text)))
    await expect(load).rejects.toMatchObject({ code: 'archive_invalid' })
  }
  await loadInto(place.url, (writer) => writer.importRows(tableOf('orgs'), bytesOf(ORGS)))
  expect(await readSnapshot(place.url, (reader) => textOf(reader.exportRows(tableOf('orgs'))))).toBe(ORGS)
})
