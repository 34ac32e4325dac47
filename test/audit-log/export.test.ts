import { describe, expect, test } from 'bun:test'
import { orgs } from '#core/tenancy/tables.ts'
import { csvLine } from '#lib/csv.ts'
import { EXPORT_COLUMNS, EXPORTED_AT_ONCE_MAX } from '#platform/audit-log/export.ts'
import { eventually } from '#test/jobs/context.ts'
import { makeOrg, makePerson, type TestApp } from '#test/support/app.ts'
import { emptyLog, fillLog, note, noteOne, openLog, START } from './arrange.ts'

/** RFC 4180, read by its grammar: records of fields. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [[]]
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    records.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '\r\n') records.push([])
  }
  return records.slice(0, -1)
}

function recordsOf(text: string): Record<string, string>[] {
  const [head = [], ...rows] = parseCsv(text)
  return rows.map((cells) => Object.fromEntries(cells.map((cell, place) => [head[place] ?? '', cell])))
}

describe('a cell', () => {
  test('is quoted where RFC 4180 wants it, and left alone elsewhere', () => {
    expect(csvLine(['plain', 'a,b', 'say "hi"', 'two\r\nlines', '', ' spaced ', 'Ångström 🙂'])).toBe(
      'plain,"a,b","say ""hi""","two\r\nlines",, spaced ,Ångström 🙂\r\n',
    )
  })

  for (const start of ['=', '+', '-', '@', '\t', '\r', '\n']) {
    test(`that begins with ${JSON.stringify(start)} is no formula any more`, () => {
      const [[cell] = []] = parseCsv(csvLine([`${start}cmd|' /C calc'!A0`]))
      expect(cell).toBe(`'${start}cmd|' /C calc'!A0`)
    })
  }

  test('that holds such a sign further on stays as it is', () => {
    expect(csvLine(['a=1', '1-2', "'=1", 'x@y'])).toBe("a=1,1-2,'=1,x@y\r\n")
  })
})

async function exported(app: TestApp, headers: Record<string, string>, query = '', page = '/api/audit-log') {
  const response = await app.fetch(`${page}/export.csv${query}`, { headers })
  return { response, text: await response.text() }
}

describe('the export', () => {
  test('is the whole list, over any number of batches, in its order', async () => {
    await using log = await openLog()
    const count = EXPORTED_AT_ONCE_MAX * 2 + 3
    await fillLog(log, count)
    const { response, text } = await exported(log.app, log.admin.bearer)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="audit-log-${log.slug}-\\d{4}-\\d\\d-\\d\\d\\.csv"$`),
    )
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(text.startsWith(`${EXPORT_COLUMNS.join(',')}\r\n`)).toBe(true)
    const listed = await log.list({ limit: count + 1 })
    expect(recordsOf(text).map(({ id }) => id)).toEqual(listed.map(({ eventId }) => eventId))
  })

  test('has the columns of an event, and nothing of another org', async () => {
    await using log = await openLog()
    const other = await makePerson(log.app, (await makeOrg(log.app.ctx)).orgId)
    await note(log, other, ['zebra@x.test'])
    const [id] = await note(log, log.admin, ['grace@x.test'])
    const { text } = await exported(log.app, log.admin.bearer, '?action=invite.created')
    // PostgreSQL keeps the members of a detail in an order of its own.
    const records = recordsOf(text).map((record): object => ({ ...record, detail: JSON.parse(record.detail ?? '') }))
    expect(records).toEqual([
      {
        at: new Date(START).toISOString(),
        action: 'invite.created',
        what: 'A person was invited to the organization.',
        actor_kind: 'person',
        actor_user_id: String(log.admin.userId),
        actor: log.admin.email,
        detail: { invite_id: 1, email: 'grace@x.test', role: 'viewer' },
        address: '192.0.2.7',
        request_id: 'req-1',
        id: id ?? '',
      },
    ])
    expect((await exported(log.app, other.bearer)).text).toContain('zebra')
  })

  test('takes the filters of the list, and refuses as it does', async () => {
    await using log = await openLog()
    await note(log, log.admin, ['ann@x.test', 'ben@x.test'])
    await noteOne(log.app, log.admin, 'token.created', { token_id: 1, name: 'ben', expires_at: null })
    for (const [query, count] of [
      ['', 3],
      ['?q=ben', 2],
      ['?q=ben&action=token.created', 1],
      [`?actor=${log.admin.userId}&before=2026-03-01T09:01:00Z`, 2],
      ['?q=zebra', 0],
    ] as const) {
      const { text } = await exported(log.app, log.admin.bearer, query)
      expect([query, recordsOf(text).length]).toEqual([query, count])
    }
    const { response } = await exported(log.app, log.admin.bearer, '?action=x')
    expect([response.status, response.headers.get('content-disposition')]).toEqual([422, null])
    const viewer = await makePerson(log.app, log.orgId, 'viewer')
    expect((await exported(log.app, viewer.bearer)).response.status).toBe(403)
  })

  test('goes through the page’s session with what the page filters by, and by that alone', async () => {
    await using log = await openLog()
    await note(log, log.admin, ['ann@x.test', 'ben@x.test'])
    const cookie = { cookie: `hf_session=${log.admin.jwt}` }
    const { text } = await exported(log.app, cookie, '?action=&q=ben&from=2026-03-01&to=2026-03-01', '/audit-log')
    expect(recordsOf(text)).toHaveLength(1)
    expect(recordsOf((await exported(log.app, cookie, '?to=2026-02-28', '/audit-log')).text)).toHaveLength(0)
    expect((await exported(log.app, cookie)).response.status).toBe(401)
    expect((await exported(log.app, log.admin.bearer, '', '/audit-log')).response.status).toBe(303)
  })

  test('of hostile names runs nothing in a spreadsheet', async () => {
    await using log = await openLog()
    await fillLog(log, 1, { actorLabel: `=HYPERLINK("http://x.test","x")`, address: '@SUM(1)', requestId: '-2+3' })
    const { text } = await exported(log.app, log.admin.bearer)
    const [record] = recordsOf(text)
    expect(record?.actor).toBe(`'=HYPERLINK("http://x.test","x")`)
    expect([record?.address, record?.request_id]).toEqual(["'@SUM(1)", "'-2+3"])
    expect(record?.detail).toBe('{"user_id":0}')
  })
})

describe('a slow client', () => {
  /** Many rows, each as large as one may be. */
  async function openLarge() {
    const log = await openLog()
    await emptyLog(log.app)
    await fillLog(log, EXPORTED_AT_ONCE_MAX * 40, { detail: { note: 'x'.repeat(2_000) } })
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request) => log.app.answer(request, '127.0.0.1'),
    })
    const reads = () => log.app.statements.filter((sql) => /^select .*"audit_log"/.test(sql)).length
    return {
      ...{ ...log, reads },
      /** A client that reads what it asked for only when told. */
      async connect() {
        const gone = Promise.withResolvers<void>()
        const socket = await Bun.connect({
          hostname: '127.0.0.1',
          port: server.port ?? 0,
          socket: { data: (own) => void own.pause(), close: () => gone.resolve() },
        })
        socket.pause()
        socket.write(
          `GET /api/audit-log/export.csv HTTP/1.1\r\nHost: localhost:8000\r\nAuthorization: ${log.admin.bearer.authorization}\r\n\r\n`,
        )
        return { end: () => socket.terminate(), gone: gone.promise }
      },
      async [Symbol.asyncDispose]() {
        await server.stop(true)
        await log[Symbol.asyncDispose]()
      },
    }
  }

  test('that reads nothing makes the database stop, and one that goes away ends the work', async () => {
    await using log = await openLarge()
    log.app.statements.length = 0
    const client = await log.connect()
    await eventually(() => log.reads() > 0)
    let stopped: number
    do {
      stopped = log.reads()
      await Bun.sleep(700)
    } while (log.reads() > stopped)
    expect(stopped).toBeLessThan(30)
    client.end()
    await Bun.sleep(1_000)
    expect(log.reads()).toBeLessThanOrEqual(stopped + 1)
    expect(await log.app.ctx.db.$count(orgs)).toBe(1)
  })

  test('has a twin that reads all of it', async () => {
    await using log = await openLarge()
    log.app.statements.length = 0
    const { text } = await exported(log.app, log.admin.bearer)
    expect(text.split('\r\n').length).toBe(EXPORTED_AT_ONCE_MAX * 40 + 2)
    expect(log.reads()).toBe(40)
  })
})
