import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { localRunner } from '#lib/exec.ts'
import { EXECUTABLE } from '#test/binary/executable.ts'
import { NARROW, openBrowser, stickingOut, type Visitor } from '#test/support/browser.ts'
import { beginStory, MODES, type Story } from './story.ts'
import { choose, fill, invite, makeToken, menuOf, press, reads, row, setUp, signIn } from './visits.ts'

const ADA = { name: 'Ada Admin', email: 'ada@acme.test', password: 'nine grey herons wade' }
const TOM = { name: 'Tom Teammate', email: 'tom@acme.test', password: 'a kettle for the attic' }
const PIA = { name: 'Pia Pending', email: 'pia@acme.test', password: 'two spoons of thunder' }
const PIAS_OWN = 'seven lamps, one moth'
const NEW_SECRET = 'a-secret-that-the-operator-chose-on-a-quiet-evening'
const FIFTY = [TOM.email, PIA.email, ...Array.from({ length: 48 }, (_, place) => `person-${place + 1}@acme.test`)]
/** A red square of 2 by 2 pixels. */
const LOGO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==',
  'base64',
)
/** What must be the same before and after a change of `JWT_SECRET`. */
const LISTS = ['/api/me', '/api/members?limit=200', '/api/invites?limit=200', '/api/groups', '/api/organization']

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

for (const mode of MODES.slice(0, 2)) {
  describe(`the first hour of a team, ${mode.name}`, () => {
    let story: Story
    let ada: Visitor
    let tom: Visitor
    let token = ''
    let isBroken = false

    beforeAll(async () => {
      story = await beginStory(browser, mode, new Map())
    })
    afterAll(() => story[Symbol.asyncDispose]())

    /** A step needs those before it. After each, no browser may have anything to complain about. */
    function step(name: string, work: () => Promise<void>) {
      test(name, async () => {
        if (isBroken) throw new Error('an earlier step of this story failed')
        isBroken = true
        await work()
        expect(story.faults()).toEqual([])
        isBroken = false
      }, 60_000)
    }

    async function accept({ email, name, password }: typeof TOM): Promise<number> {
      const body = JSON.stringify({
        token: new URL(await story.linkTo(email)).searchParams.get('token'),
        name,
        password,
      })
      const headers = { 'content-type': 'application/json' }
      return (await story.ask('/api/invites/accept', { method: 'POST', body, headers })).status
    }

    async function asked(path: string): Promise<unknown> {
      const response = await story.ask(path, { headers: { authorization: `Bearer ${token}` } })
      expect([path, response.status]).toEqual([path, 200])
      return await response.json()
    }

    step('the first admin is led through the tour, which ends when told', async () => {
      const [, link = ''] = await story.server.says(/"setup_url":"([^"]+)"/)
      ada = await story.arrive()
      const { page } = ada
      await setUp(page, link, ADA)
      await reads(page, 'Welcome tour, step 1 of 3')
      await story.picture(page, 'tour')
      await press(page, 'Next: Members')
      await press(page, 'Next: Usage')
      await reads(page, 'Welcome tour, step 3 of 3')
      await reads(page, 'LLM calls')
      await page.goto('/members')
      await press(page, 'End the tour')
      await page.getByText(/^Welcome tour, step/).waitFor({ state: 'detached' })
      expect(new URL(page.url()).pathname).toBe('/members')
      token = await tokenOf(page)
      story.secrets.push(token, ADA.password, TOM.password, PIA.password, PIAS_OWN)
    })

    step('fifty people are invited with one pasted list, and each gets a mail', async () => {
      const { page } = ada
      await page.goto('/members?invite=many')
      const dialog = page.getByRole('dialog', { name: /^Invite several people to/ })
      await fill(dialog, { Addresses: [...FIFTY, 'no address', FIFTY[9]].join('\n') })
      await press(dialog, 'Send invitations')
      await page.getByRole('heading', { name: /^Invited 50 of 5\d addresses$/ }).waitFor()
      await reads(page, 'Not an address')
      await story.picture(page, 'members-many')
      for (const email of FIFTY) await story.mailTo(email)
      await page.goto('/members?filter=pending')
      expect(await page.getByRole('link', { name: /^Pending/ }).innerText()).toMatch(/50/)
    })

    step('of three ticked invitations the two that are still open are revoked', async () => {
      const { page } = ada
      await page.goto('/members?filter=pending&q=person-4')
      for (const place of [40, 41, 42])
        await page.getByLabel(`Select the invitation for person-${place}@acme.test`).check()
      expect(await accept({ email: 'person-41@acme.test', name: 'Person 41', password: 'a very plain password' })).toBe(
        201,
      )
      await press(page.locator('#bulk'), 'Revoke')
      await press(page.getByRole('dialog', { name: 'Revoke the selected invitations?' }), 'Revoke')
      await reads(page, 'Revoked 2 of 3 (1 already accepted)')
      expect(await story.statusOf(await story.linkTo('person-40@acme.test'))).toBe(410)
      expect(await story.statusOf(await story.linkTo('person-43@acme.test'))).toBe(200)
    })

    step('a group opens a page to a viewer, from his next click', async () => {
      expect([await accept(TOM), await accept(PIA)]).toEqual([201, 201])
      tom = await story.arrive()
      await tom.page.goto('/login')
      await signIn(tom.page, TOM)
      await tom.page.waitForURL('/account')
      await press(tom.page, 'End the tour')
      tom.expectRefusal(403)
      expect((await tom.page.goto('/members'))?.status()).toBe(403)
      const { page } = ada
      await page.goto('/groups?create=1')
      await story.picture(page, 'groups-create')
      await fill(page.getByRole('dialog', { name: 'New group' }), { Name: 'Stewards' })
      await press(page, 'Make group')
      await press(row(page, 'Stewards'), 'See members and invitations')
      await row(page, 'Stewards').locator('[aria-pressed=true]').waitFor()
      await story.picture(page, 'groups')
      await row(page, 'Stewards').getByRole('link', { name: 'Stewards' }).click()
      await fill(page, { 'Name or e-mail': TOM.email })
      await press(page, 'Add')
      await row(page, TOM.email).waitFor()
      await story.picture(page, 'group')
      expect((await tom.page.goto('/members'))?.status()).toBe(200)
      expect(await menuOf(tom.page)).toContain('Members')
      tom.expectRefusal(403)
      expect((await tom.page.goto('/groups'))?.status()).toBe(403)
    })

    step('the operator makes a second organization, which wears its own colour and logo', async () => {
      const { page } = ada
      await page.goto('/orgs?create=1')
      const dialog = page.getByRole('dialog', { name: 'New organization' })
      if (!(await dialog.isVisible())) await page.getByText('New organization').first().click()
      await story.picture(page, 'orgs-create')
      await fill(dialog, { Name: 'Beta Bakery' })
      await press(dialog, 'Create')
      await reads(page, 'Beta Bakery is made. You are its first admin.')
      await press(page.getByRole('region', { name: 'Your organizations' }).getByRole('row', { name: /Beta/ }), 'Switch')
      await reads(page, 'You are in Beta Bakery now.')
      await page.goto('/settings/organization')
      await page.getByLabel('Use Honeyframe’s own colour').uncheck()
      await page.getByLabel('Colour', { exact: true }).fill('#b3261e')
      await press(page, 'Save')
      await page.locator('link[href*="/branding/beta-bakery/"]').waitFor({ state: 'attached' })
      await page
        .getByLabel('Picture', { exact: true })
        .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: LOGO })
      await press(page, 'Upload')
      const logo = page.getByRole('img', { name: 'The logo of Beta Bakery' })
      await logo.waitFor()
      await story.picture(page, 'organization')
      const source = (await logo.getAttribute('src')) ?? ''
      const served = await story.ask(source.replace(story.origin, ''))
      expect([served.status, served.headers.get('content-type')]).toEqual([200, 'image/png'])
      const branding = await (await story.ask('/api/branding?slug=beta-bakery')).json()
      expect(branding).toMatchObject({ slug: 'beta-bakery', name: 'Beta Bakery', color: '#b3261e' })
    })

    step('a person of two organizations switches between them, and is somebody else in each', async () => {
      await ada.page.goto('/members')
      await invite(ada.page, TOM.email, 'Admin')
      await reads(ada.page, `The invitation for ${TOM.email} is on its way.`)
      const { page } = tom
      await page.goto(await story.linkTo(TOM.email, 2))
      await press(page, 'Join Beta Bakery')
      await page.waitForURL('/members')
      await page.goto('/orgs')
      await story.picture(page, 'orgs')
      await press(row(page, 'Beta Bakery'), 'Switch')
      await reads(page, 'You are in Beta Bakery now.')
      expect((await page.goto('/groups'))?.status()).toBe(200)
      expect(await page.getByText('Stewards').count()).toBe(0)
      await page.goto('/orgs')
      await press(row(page, 'Acme'), 'Switch')
      await reads(page, 'You are in Acme now.')
      tom.expectRefusal(403)
      expect((await page.goto('/groups'))?.status()).toBe(403)
      await ada.page.goto('/orgs')
      await press(
        ada.page.getByRole('region', { name: 'Your organizations' }).getByRole('row', { name: /Acme/ }),
        'Switch',
      )
      await reads(ada.page, 'You are in Acme now.')
    })

    step('a password is reset by an admin: the mail holds a temporary one, which must be changed', async () => {
      const { page } = ada
      await page.goto('/users?q=pia')
      await choose(page, PIA.name, 'Reset password')
      await story.picture(page, 'users-reset')
      await press(page.getByRole('dialog', { name: `Reset the password of ${PIA.name}?` }), 'Reset password')
      const mail = await story.mailTo(PIA.email, 2)
      const [, temporary = ''] = /one:\s+(\S+)\s/.exec(mail.parsed.text ?? '') ?? []
      story.secrets.push(temporary)
      expect(temporary.length).toBeGreaterThan(15)
      const pia = await story.arrive()
      await pia.page.goto('/login')
      pia.expectRefusal(401)
      await signIn(pia.page, PIA)
      await reads(pia.page, 'The e-mail or the password is wrong.')
      await signIn(pia.page, { ...PIA, password: temporary })
      await pia.page.waitForURL(/\/account\/password/)
      await fill(pia.page, { 'Password you signed in with': temporary, 'New password': PIAS_OWN })
      await press(pia.page, 'Change password')
      await pia.page.waitForURL('/account')
    })

    step('the audit log tells all of it, in the page and as CSV', async () => {
      const { page } = ada
      await page.goto('/audit-log')
      await story.picture(page, 'audit-log')
      await page.goto('/audit-log?action=group.permission_granted')
      expect(await page.getByRole('row').filter({ hasText: 'Stewards' }).count()).toBe(1)
      await page.goto('/audit-log?q=stewards')
      expect(await page.getByRole('row').filter({ hasText: 'Stewards' }).count()).toBe(3)
      const csv = await (await page.request.get('/audit-log/export.csv')).text()
      for (const words of ['invite.bulk_revoked', 'password.reset_by_admin', 'group.member_added'])
        expect(csv).toContain(words)
      for (const secret of story.secrets.filter((known) => known !== '')) expect(csv).not.toContain(secret)
    })

    step('the operator changes JWT_SECRET: sessions end, and nothing is lost', async () => {
      const before = await Promise.all(LISTS.map(asked))
      const server = await story.restart({ JWT_SECRET: NEW_SECRET })
      expect(await Promise.all(LISTS.map(asked))).toEqual(before)
      const { page } = ada
      await page.goto('/members')
      expect(new URL(page.url()).pathname).toBe('/login')
      await signIn(page, ADA)
      await page.waitForURL('/members')
      await page.goto('/audit-log?q=stewards')
      expect(await page.getByRole('row').filter({ hasText: 'Stewards' }).count()).toBe(3)
      const env = { ...story.settings, JWT_SECRET: NEW_SECRET }
      const status = await localRunner.run([EXECUTABLE, 'secrets', 'status', '--json'], {
        timeoutMs: 20_000,
        cwd: story.folder,
        env,
      })
      expect([status.code, status.stderr]).toEqual([0, ''])
      server.kill('SIGTERM')
      expect(await server.ended()).toBe(0)
      const log = story.server.said() + server.said()
      expect(log.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([])
      expect(story.secrets.filter((secret) => secret !== '' && log.includes(secret))).toEqual([])
    })
  })
}

/** A token of the first admin, made on the page. */
async function tokenOf(page: Page): Promise<string> {
  await page.goto('/tokens')
  const token = await makeToken(page, 'story')
  await page.setViewportSize(NARROW)
  expect(await stickingOut(page)).toEqual([])
  return token
}
