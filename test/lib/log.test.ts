import { expect, test } from 'bun:test'
import { sql } from 'drizzle-orm'
import { users } from '#core/tenancy/tables.ts'
import { systemClock } from '#lib/clock.ts'
import { createLog, type LogLevel, reduceError } from '#lib/log.ts'
import { openTestDatabase } from '#test/support/database.ts'

const CANARY = 'canary-5b1f'

function logTo(lines: string[], level: LogLevel = 'debug') {
  const clock = { ...systemClock, now: () => new Date('2026-03-01T09:00:00Z') }
  return createLog({ level, write: (line) => void lines.push(line), clock })
}

test('a message is one JSON line with its time, level and facts', () => {
  const lines: string[] = []
  logTo(lines).info('mail\nsent', { count: 3, big: 12n, none: undefined, text: 'a\r\nb' })
  expect(lines).toEqual([
    '{"time":"2026-03-01T09:00:00.000Z","level":"info","message":"mail\\nsent","count":3,"big":12,"text":"a\\r\\nb"}',
  ])
})

test('what is below the level is not written', () => {
  const lines: string[] = []
  const log = logTo(lines, 'warn')
  for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level)
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(['warn', 'error'])
})

test('a fact cannot pose as the head of a line', () => {
  const lines: string[] = []
  logTo(lines).error('real', { level: 'info', message: 'forged', time: 'never' })
  expect(JSON.parse(lines[0] ?? '')).toEqual({ time: '2026-03-01T09:00:00.000Z', level: 'error', message: 'real' })
})

test('texts under names of secrets are not written, numbers and other names are', () => {
  const lines: string[] = []
  logTo(lines).info('x', {
    password: CANARY,
    access_token: CANARY,
    Authorization: CANARY,
    setCookie: CANARY,
    tokenId: 7,
  })
  expect(lines[0]).not.toContain(CANARY)
  expect(lines[0]).toContain('"tokenId":7')
})

test('an error is reduced to its name, code and first line', () => {
  const error = Object.assign(new Error(`refused\nat ${CANARY}`, { cause: new Error('socket closed') }), {
    code: 'ECONNREFUSED',
    errno: -111,
    address: CANARY,
  })
  expect(reduceError(error)).toEqual({
    name: 'Error',
    code: 'ECONNREFUSED',
    errno: -111,
    message: 'refused',
    cause: 'socket closed',
  })
  expect(reduceError(CANARY.split('-')[0])).toEqual({ message: 'canary' })
  expect(reduceError({ secret: CANARY })).toEqual({ message: 'object' })
})

test('a failed query shows its code, and neither its parameters nor its text', async () => {
  await using test = await openTestDatabase()
  const user = { email: `${CANARY}@example.org`, name: CANARY, createdAt: new Date() }
  await test.db.insert(users).values(user)
  const failures = [
    test.db
      .insert(users)
      .values(user)
      .then(
        () => undefined,
        (error: unknown) => error,
      ),
    test.db
      .select()
      .from(users)
      .where(sql`no_such_function(${CANARY}) = 1`)
      .then(
        () => undefined,
        (error: unknown) => error,
      ),
  ]
  const lines: string[] = []
  for (const error of await Promise.all(failures)) {
    expect(error).toBeInstanceOf(Error)
    expect(String(error) + JSON.stringify(error)).toContain(CANARY)
    logTo(lines).error('failed', { error })
    logTo(lines).error('failed', { error: new Error('in a transaction', { cause: error }) })
  }
  expect(lines).toHaveLength(4)
  expect(lines.join('\n')).not.toContain(CANARY)
  expect(JSON.parse(lines[1] ?? '').error.code).toBe(JSON.parse(lines[0] ?? '').error.code)
  expect(JSON.parse(lines[0] ?? '').error.code).toMatch(/^(23505|SQLITE_CONSTRAINT_UNIQUE)$/)
})
