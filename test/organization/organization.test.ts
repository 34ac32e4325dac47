import { afterAll, beforeAll, expect, test } from 'bun:test'
import { makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'
import { ORGANIZATION, patch, storedOf } from './arrange.ts'

let app: TestApp
beforeAll(async () => {
  app = await startTestApp()
})
afterAll(async () => app[Symbol.asyncDispose]())

async function orgWith(
  role: 'admin' | 'viewer' = 'admin',
): Promise<{ person: TestPerson; orgId: number; slug: string }> {
  const org = await makeOrg(app.ctx)
  return { ...org, person: await makePerson(app, org.orgId, role) }
}

const get = async (person: TestPerson) => {
  const answer = await app.fetch(ORGANIZATION, { headers: person.bearer })
  return { status: answer.status, body: await answer.json() }
}

test('an admin changes name and colour, everybody in the org reads them, and the audit log tells what changed', async () => {
  const { person, orgId, slug } = await orgWith()
  const viewer = await makePerson(app, orgId, 'viewer')
  const changed = { id: orgId, slug, name: 'Acme Analytics', color: '#0a5fb8', logo_url: null }
  expect(await patch(app, person, { name: '  Acme Analytics ', color: '#0A5FB8' })).toEqual({
    status: 200,
    body: changed,
  })
  expect(await get(viewer)).toEqual({ status: 200, body: changed })
  expect((await patch(app, person, { color: null })).body).toMatchObject({ name: 'Acme Analytics', color: null })
  expect((await storedOf(app, orgId)).audit).toEqual([
    { action: 'org.updated', detail: { fields: ['name', 'color'] }, actorLabel: person.email },
    { action: 'org.updated', detail: { fields: ['color'] }, actorLabel: person.email },
  ])
})

test('what stays as it was is not told', async () => {
  const { person, orgId, slug } = await orgWith()
  for (const body of [{}, { name: slug.toUpperCase() }, { color: null }]) {
    expect((await patch(app, person, body)).status).toBe(200)
  }
  expect((await storedOf(app, orgId)).audit).toEqual([])
})

test('a colour that is none is 422 invalid_color, and nothing of the request is done', async () => {
  const { person, orgId } = await orgWith()
  await patch(app, person, { color: '#123456' })
  const before = await storedOf(app, orgId)
  for (const color of ['red', '#12', '#fff', 'url(x)', '#123456;}', '#12345g', '', ' ', '#1234567', '#12345678\n']) {
    const { status, body } = await patch(app, person, { name: 'Other', color })
    expect([color, status, body.error, body.field]).toEqual([color, 422, 'invalid_color', 'color'])
  }
  for (const color of [5, ['#123456'], {}, true]) {
    const { status, body } = await patch(app, person, { color })
    expect([color, status, body.error, body.field]).toEqual([color, 422, 'invalid_body', 'color'])
  }
  expect(await storedOf(app, orgId)).toEqual(before)
})

test('a name that is none is 422 invalid_name, and members that are unknown are refused', async () => {
  const { person, orgId } = await orgWith()
  const before = await storedOf(app, orgId)
  for (const name of ['', ' ', '\n\t', 'x'.repeat(201)]) {
    const { status, body } = await patch(app, person, { name })
    expect([status, body.error, body.field]).toEqual([422, 'invalid_name', 'name'])
  }
  for (const body of [{ slug: 'mine' }, { logo_url: 'https://evil.example/x.png' }, { logo_hash: 'x' }, [], 'x']) {
    expect((await patch(app, person, body)).body.error).toBe('invalid_body')
  }
  expect(await storedOf(app, orgId)).toEqual(before)
})

test('who may not edit the org is refused, and a stranger reads nothing', async () => {
  const { person: viewer, orgId } = await orgWith('viewer')
  const { status, body } = await patch(app, viewer, { name: 'Mine' })
  expect([status, body.error, body.permission]).toEqual([403, 'permission_denied', 'org.edit'])
  expect((await app.fetch(ORGANIZATION)).status).toBe(401)
  expect((await storedOf(app, orgId)).audit).toEqual([])
  const admin = await makePerson(app, orgId)
  expect((await patch(app, admin, { name: 'Ours' })).status).toBe(200)
})
