import { describe, expect, test } from 'bun:test'
import { json, makeOrg, makePerson, startTestApp, type TestApp, type TestPerson } from '#test/support/app.ts'

const WELCOME = 'Welcome tour, step 1 of 3'

async function stage(role: 'admin' | 'viewer' = 'admin') {
  const app = await startTestApp()
  const { orgId } = await makeOrg(app.ctx)
  const person = await makePerson(app, orgId, role)
  return { app, orgId, person, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() }
}

async function move(app: TestApp, person: TestPerson, body: unknown) {
  const response = await app.fetch('/api/me/tour', json('POST', body, person.bearer))
  return { status: response.status, body: await response.json() }
}

async function pageOf(app: TestApp, person: TestPerson, path = '/account'): Promise<string> {
  return (await app.fetch(path, { headers: { cookie: `hf_session=${person.jwt}` } })).text()
}

function press(app: TestApp, person: TestPerson, form: Record<string, string>): Promise<Response> {
  const headers = { cookie: `hf_session=${person.jwt}`, 'sec-fetch-site': 'same-origin' }
  return app.fetch('/tour', { method: 'POST', headers, body: new URLSearchParams(form), redirect: 'manual' })
}

describe('the welcome tour', () => {
  test('is shown to a person who has never seen it, and to nobody else once it has ended', async () => {
    await using set = await stage()
    const other = await makePerson(set.app, set.orgId)
    expect(await pageOf(set.app, set.person)).toContain(WELCOME)
    expect((await press(set.app, set.person, { done: '1', next: '/account' })).headers.get('location')).toBe('/account')
    expect(await pageOf(set.app, set.person)).not.toContain('Welcome tour')
    expect(await pageOf(set.app, other)).toContain(WELCOME)
  })

  test('leads to the page of each step, back and on', async () => {
    await using set = await stage()
    const next = await press(set.app, set.person, { step: 'members', next: '/account' })
    expect(next.headers.get('location')).toBe('/members')
    const members = await pageOf(set.app, set.person, '/members')
    expect(members).toContain('Welcome tour, step 2 of 3')
    expect(members).toContain('Next: Usage')
    expect((await press(set.app, set.person, { step: 'usage' })).headers.get('location')).toBe('/usage')
    const usage = await pageOf(set.app, set.person, '/usage')
    expect(usage).toContain('Welcome tour, step 3 of 3')
    expect(usage).toContain('End the tour')
    expect((await press(set.app, set.person, { step: 'welcome' })).headers.get('location')).toBe('/')
  })

  test('begins again from the avatar menu', async () => {
    await using set = await stage()
    await press(set.app, set.person, { step: 'members' })
    await press(set.app, set.person, { done: '1' })
    expect(await pageOf(set.app, set.person)).toContain('Show the welcome tour again')
    await press(set.app, set.person, { reset: '1' })
    expect(await pageOf(set.app, set.person)).toContain(WELCOME)
  })

  test('has no step for a page that the person may not open', async () => {
    await using set = await stage('viewer')
    expect(await pageOf(set.app, set.person)).toContain('Welcome tour, step 1 of 1')
    expect(await move(set.app, set.person, { step: 'members' })).toMatchObject({
      status: 422,
      body: { error: 'unknown_step', field: 'step' },
    })
  })

  test('is moved through the API, which answers where one is', async () => {
    await using set = await stage()
    const at = await move(set.app, set.person, { step: 'members' })
    expect(at.body).toMatchObject({ step: 'members', done: false })
    expect(at.body.steps.map((step: { id: string }) => step.id)).toEqual(['welcome', 'members', 'usage'])
    expect((await move(set.app, set.person, { done: true })).body).toMatchObject({ done: true })
    expect((await move(set.app, set.person, { reset: true })).body).toMatchObject({ step: null, done: false })
  })

  test('refuses a step that there is none of, and two wishes at once, and stays where it is', async () => {
    await using set = await stage()
    await move(set.app, set.person, { step: 'members' })
    for (const body of [{ step: 'nowhere' }, { step: 'members', done: true }, { done: false }, {}, { step: 5 }]) {
      expect((await move(set.app, set.person, body)).status).toBe(422)
    }
    expect(await pageOf(set.app, set.person)).toContain('step 2 of 3')
  })

  test('that ends leads to a path of this site only', async () => {
    await using set = await stage()
    const away = await press(set.app, set.person, { done: '1', next: 'https://evil.test/' })
    expect(away.headers.get('location')).toBe('/')
  })
})
