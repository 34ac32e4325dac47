import { afterAll, beforeAll, expect, test } from 'bun:test'
import { call, type Org, openOrg } from '#test/invites/arrange.ts'

let org: Org

beforeAll(async () => {
  org = await openOrg()
})
afterAll(async () => org[Symbol.asyncDispose]())

const SECRET = 'correct horse battery'
const SMTP = { host: 'mail.test', port: 25, tls: 'none', username: 'a', password: SECRET, from: 'a@b.test' }
const STORE = { endpoint: 'https://s3.test', region: 'eu', bucket: 'bbb', access_key_id: 'k', secret: SECRET }

const REFUSED: readonly (readonly [string, string, unknown, string, string])[] = [
  ['PUT', '/api/smtp', { ...SMTP, tls: 'ssl' }, 'tls', 'tls: expected one of starttls, tls, none.'],
  ['GET', '/api/system/health?refresh=x', undefined, 'refresh', 'refresh: expected one of true, false.'],
  ['PUT', '/api/backups/settings', { store: { ...STORE, hidden: SECRET } }, 'store.hidden', 'unexpected property.'],
  ['PUT', '/api/backups/settings', { store: { ...STORE, bucket: 5 } }, 'store.bucket', 'expected string.'],
  ['PUT', '/api/backups/settings', { store: SECRET }, 'store', 'store: expected object.'],
  ['POST', '/api/me/tour', {}, '', 'The body: fits none of the forms it may have.'],
]

test('a body or query that does not fit is told the allowed values, or what is wrong inside it, and no value', async () => {
  const { app, admin } = org
  for (const [method, path, body, field, words] of REFUSED) {
    const answer = await call(app, method, path, admin, body)
    expect([path, answer.status, answer.body.field]).toEqual([path, 422, field])
    expect(answer.body.message).toEndWith(words)
    expect(JSON.stringify(answer.body)).not.toContain(SECRET)
  }
})

test('null stands where it may, and what fits is taken', async () => {
  const { app, admin } = org
  expect((await call(app, 'PUT', '/api/backups/settings', admin, { store: null })).status).toBe(200)
  expect((await call(app, 'POST', '/api/me/tour', admin, { reset: true })).status).toBe(200)
})
