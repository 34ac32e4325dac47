import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { localRunner } from '#lib/exec.ts'
import { EXECUTABLE } from '#test/binary/executable.ts'
import { NARROW, openBrowser, PLAIN_NAME, stickingOut, type Visitor } from '#test/support/browser.ts'
import { beginStory, MODES, type Story } from './story.ts'
import {
  choose,
  fill,
  giveRole,
  invite,
  makeToken,
  menuOf,
  openInvite,
  press,
  reads,
  row,
  signIn,
  signOut,
} from './visits.ts'

const ADA = { name: 'Ada Admin', email: 'ada@acme.test', password: 'nine grey herons wade' }
const TOM = { name: 'Tom Teammate', email: 'tom@acme.test', password: 'a kettle for the attic' }
const TOMS_SECOND = 'seven lamps, one moth'
const TOMS_THIRD = 'porridge without raisins'
const BOUNCING = 'gone@acme.test'
const REFUSAL = { code: 550, text: '5.1.1 <gone@acme.test>: nobody of that name here' }

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

for (const mode of MODES) {
  describe(`the first hour, ${mode.name}`, () => {
    let story: Story
    let ada: Visitor
    let tom: Visitor
    let phone: Visitor
    let token = ''
    let isBroken = false

    beforeAll(async () => {
      story = await beginStory(browser, mode, new Map([[BOUNCING, REFUSAL]]))
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
      })
    }

    step('the log and the data folder show one setup link, which makes the first admin and org, once', async () => {
      const [, link = ''] = await story.server.says(/"setup_url":"([^"]+)"/)
      const file = join(story.dataDir, 'setup-link')
      expect(link).toStartWith(`${story.origin}/setup?token=`)
      expect((await Bun.file(file).text()).trim()).toBe(link)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      ada = await story.arrive()
      const { page } = ada
      await page.goto(link)
      await story.picture(page, 'setup')
      await fill(page, { Organization: 'Acme', 'Your name': ADA.name, 'E-mail': ADA.email, Password: 'too short' })
      ada.expectRefusal(422)
      await press(page, 'Set up and sign in')
      await page.locator('#setup-password-fault').waitFor()
      expect(await page.getByLabel('Organization', { exact: true }).inputValue()).toBe('Acme')
      expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')
      await story.picture(page, 'setup-refused')
      await fill(page, { Password: ADA.password })
      await press(page, 'Set up and sign in')
      await page.waitForURL('/members')
      await reads(page, 'Acme is set up. Invite your team.')
      expect(await Bun.file(file).exists()).toBe(false)
      expect(await story.statusOf(link)).toBe(410)
      expect(await menuOf(page)).toEqual([
        ...['Members', 'Usage', 'Health', 'SMTP', 'Backups', 'Webhooks'],
        ...['Users', 'Groups', 'Organization', 'Licence', 'Audit log'],
        ...['Account', 'Organizations', 'Access tokens'],
      ])
    })

    step('the session is a cookie no script can read, and forms prove where they come from', async () => {
      const { context, responses } = ada
      const cookies = await context.cookies()
      expect(cookies.find(({ name }) => name === 'hf_session')).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
      const form = responses.find((response) => response.request().method() === 'POST')
      const headers = (await form?.request().allHeaders()) ?? {}
      expect(headers.origin).toBe(story.origin)
      expect(headers['sec-fetch-site']).toBe(mode.host === PLAIN_NAME ? undefined : 'same-origin')
    })

    step('the admin invites a teammate, and the mail arrives with its link whole on one line', async () => {
      const { page } = ada
      await story.picture(page, 'members-first')
      await openInvite(page)
      await story.picture(page, 'members-invite')
      await page.goto('/members')
      await invite(page, TOM.email, 'Viewer')
      await reads(page, `The invitation for ${TOM.email} is on its way.`)
      expect(await row(page, TOM.email).innerText()).toContain('Pending')
      const mail = await story.mailTo(TOM.email)
      expect(mail.recipients).toEqual([TOM.email])
      expect(mail.parsed.from?.value[0]?.address).toBe('no-reply@honeyframe.test')
      expect(mail.parsed.subject).toBe('Ada Admin invites you to Acme')
      expect(await story.linkTo(TOM.email)).toStartWith(`${story.origin}/accept-invite?token=`)
    })

    step('the same address cannot be invited twice: the form stays open and says why', async () => {
      const { page } = ada
      ada.expectRefusal(409)
      await invite(page, TOM.email, 'Analyst')
      await reads(page, 'This e-mail has an open invitation. Send it again, or revoke it first.')
      await story.picture(page, 'members-invite-refused')
      expect(await page.getByRole('dialog').getByLabel('E-mail', { exact: true }).inputValue()).toBe(TOM.email)
      await page.goto('/members')
      expect(await row(page, TOM.email).count()).toBe(1)
    })

    step('the teammate opens the link elsewhere, chooses name and password, and signs in', async () => {
      const link = await story.linkTo(TOM.email)
      tom = await story.arrive()
      const { page } = tom
      await page.goto(link)
      await story.picture(page, 'accept-invite')
      await fill(page, { 'Your name': TOM.name, 'Choose a password': TOM.password })
      await press(page, 'Join')
      await page.waitForURL(/\/login\?email=/)
      await reads(page, 'Welcome to Acme. Sign in with the password you chose.')
      tom.expectRefusal(401)
      await signIn(page, { ...TOM, password: 'not what he chose' })
      await reads(page, 'The e-mail or the password is wrong.')
      await story.picture(page, 'login-refused')
      await signIn(page, TOM)
      await page.waitForURL('/account')
      tom.expectRefusal(410)
      expect((await page.goto(link))?.status()).toBe(410)
      await story.picture(page, 'accept-invite-gone')
      await ada.page.goto('/members')
      expect(await row(ada.page, TOM.email).innerText()).toMatch(/Viewer\s+Active/)
    })

    step('a viewer sees his own pages only', async () => {
      const { page } = tom
      await page.goto('/')
      expect(new URL(page.url()).pathname).toBe('/account')
      expect(await menuOf(page)).toEqual(['Account', 'Organizations', 'Access tokens'])
      await story.picture(page, 'account')
      tom.expectRefusal(403)
      expect((await page.goto('/members'))?.status()).toBe(403)
      expect(await page.getByText(ADA.email).count()).toBe(0)
      await story.picture(page, 'error-403')
    })

    step('a new role counts from the next click, both ways', async () => {
      await giveRole(ada.page, TOM.name, 'admin')
      expect((await tom.page.goto('/members'))?.status()).toBe(200)
      expect(await menuOf(tom.page)).toContain('Members')
      await giveRole(ada.page, TOM.name, 'viewer')
      tom.expectRefusal(403)
      expect((await tom.page.goto('/members'))?.status()).toBe(403)
    })

    step('a revoked link is gone; a resend makes a new link and kills the old', async () => {
      const { page } = ada
      await invite(page, 'rin@acme.test', 'Analyst')
      await reads(page, 'The invitation for rin@acme.test is on its way.')
      const revoked = await story.linkTo('rin@acme.test')
      expect(await story.statusOf(revoked)).toBe(200)
      await choose(page, 'rin@acme.test', 'Revoke invitation')
      await story.picture(page, 'members-revoke')
      await press(page.getByRole('dialog'), 'Revoke')
      await reads(page, 'The invitation for rin@acme.test is revoked.')
      expect(await row(page, 'rin@acme.test').count()).toBe(0)
      expect(await story.statusOf(revoked)).toBe(410)
      await invite(page, 'sam@acme.test', 'Designer')
      const first = await story.linkTo('sam@acme.test')
      await choose(page, 'sam@acme.test', 'Resend')
      await reads(page, 'A new link is on its way to sam@acme.test.')
      expect([await story.statusOf(first), await story.statusOf(await story.linkTo('sam@acme.test', 2))]).toEqual([
        410, 200,
      ])
    })

    step('an address the mail server refuses is shown as not delivered, with the server’s words', async () => {
      const { page } = ada
      await invite(page, BOUNCING, 'Viewer')
      await reads(page, `The invitation for ${BOUNCING} is on its way.`)
      const bounced = row(page, BOUNCING)
      for (const end = performance.now() + 10_000; !(await bounced.innerText()).includes('Not delivered'); ) {
        if (performance.now() > end) throw new Error(`the row says ${await bounced.innerText()}`)
        await page.goto('/members')
      }
      expect(await bounced.innerText()).toContain(`550 ${REFUSAL.text}`)
      await press(page, `Actions for ${TOM.name}`)
      await story.picture(page, 'members')
    })

    step('a personal access token is shown once', async () => {
      const { page, context } = ada
      await page.goto('/tokens')
      await story.picture(page, 'tokens-empty')
      token = await makeToken(page, 'ci-pipeline')
      story.secrets.push(token)
      expect(token).toMatch(/^hf_[0-9A-Za-z]{40}$/)
      await story.picture(page, 'tokens-made')
      if (mode.scripts) {
        await context.grantPermissions(['clipboard-read', 'clipboard-write'])
        await press(page, 'Copy')
        await reads(page, 'Copied')
        await page.getByLabel('Name', { exact: true }).press('Control+V')
        expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe(token)
      } else {
        expect(await page.getByText('Copy', { exact: true }).isVisible()).toBe(false)
      }
      await page.goto('/tokens')
      expect(await page.content()).not.toContain(token)
      expect(await row(page, 'ci-pipeline').innerText()).toContain(`hf_…${token.slice(-4)}`)
    })

    step('a script with the token lists the members and invites another person', async () => {
      const headers = bearer(token)
      const members = await (await story.ask('/api/members', { headers })).json()
      expect(members.items.map(({ email }: { email: string }) => email).sort()).toEqual([ADA.email, TOM.email])
      const body = JSON.stringify({ email: 'scripted@acme.test', role: 'analyst' })
      const nobody = await story.ask('/api/invites', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
      expect(nobody.status).toBe(401)
      const made = await story.ask('/api/invites', { method: 'POST', body, headers })
      expect(made.status).toBe(201)
      expect(await made.json()).toMatchObject({ email: 'scripted@acme.test', role: 'analyst', status: 'pending' })
      expect(await story.statusOf(await story.linkTo('scripted@acme.test'))).toBe(200)
      await ada.page.goto('/members?filter=pending')
      expect(await row(ada.page, 'scripted@acme.test').innerText()).toContain('Invited by Ada Admin')
    })

    step('honeyframe pat mints, lists and revokes from the command line', async () => {
      const pat = async (argv: string[], env: Record<string, string>) => {
        const options = { timeoutMs: 20_000, cwd: story.folder, env: { HONEYFRAME_URL: story.localUrl, ...env } }
        const { code, stdout, stderr } = await localRunner.run([EXECUTABLE, 'pat', ...argv], options)
        return { code, stdout: stdout.trim(), stderr }
      }
      const login = ['--name', 'laptop', '--username', TOM.email]
      const wrong = await pat(['create', ...login], { HONEYFRAME_PASSWORD: 'not his password' })
      expect(wrong).toEqual({ code: 1, stdout: '', stderr: 'honeyframe: The e-mail or the password is wrong.\n' })
      const { stdout: own } = await pat(['create', ...login], { HONEYFRAME_PASSWORD: TOM.password })
      story.secrets.push(own)
      expect(own).toMatch(/^hf_[0-9A-Za-z]{40}$/)
      expect((await story.ask('/api/me', { headers: bearer(own) })).status).toBe(200)
      const refused = await story.ask('/api/members', { headers: bearer(own) })
      expect([refused.status, (await refused.json()).permission]).toEqual([403, 'member.read'])
      const { stdout: list } = await pat(['list', '--json'], { HONEYFRAME_TOKEN: own })
      const [item] = JSON.parse(list)
      expect(item).toMatchObject({ name: 'laptop', tail: own.slice(-4) })
      expect((await pat(['revoke', String(item.id)], { HONEYFRAME_TOKEN: own })).code).toBe(0)
      expect((await story.ask('/api/me', { headers: bearer(own) })).status).toBe(401)
    })

    step('a token revoked on the page is refused at once', async () => {
      const { page } = ada
      expect((await story.ask('/api/me', { headers: bearer(token) })).status).toBe(200)
      await page.goto('/tokens')
      await press(row(page, 'ci-pipeline'), 'Revoke')
      await press(page.getByRole('dialog'), 'Revoke')
      await reads(page, 'The token is revoked.')
      expect((await story.ask('/api/me', { headers: bearer(token) })).status).toBe(401)
    })

    step('a forgotten password is replaced by mail, which ends every session', async () => {
      phone = await story.arrive()
      await phone.page.goto('/login')
      await story.picture(phone.page, 'login')
      await signIn(phone.page, TOM)
      await phone.page.waitForURL('/account')
      await tom.page.goto('/account')
      await signOut(tom.page, TOM)
      const { page } = tom
      await page.getByRole('link', { name: 'Forgot password?' }).click()
      await story.picture(page, 'forgot-password')
      for (const address of ['ghost@acme.test', TOM.email]) {
        await fill(page, { 'E-mail': address })
        await press(page, 'Send reset link')
        await reads(page, 'Look in your inbox')
        await story.picture(page, 'forgot-password-sent')
        if (address !== TOM.email) await page.goto('/forgot-password')
      }
      const link = await story.linkTo(TOM.email, 2)
      expect(link).toStartWith(`${story.origin}/reset-password?token=`)
      await page.goto(link)
      await story.picture(page, 'reset-password')
      await fill(page, { 'New password': TOMS_SECOND })
      await press(page, 'Change password')
      await page.waitForURL('/login')
      await reads(page, 'Your password is changed. Sign in with it.')
      await phone.page.goto('/account')
      expect(new URL(phone.page.url()).pathname).toBe('/login')
      tom.expectRefusal(410, 401)
      expect((await page.goto(link))?.status()).toBe(410)
      await story.picture(page, 'reset-password-gone')
      await page.goto('/login')
      await signIn(page, TOM)
      await reads(page, 'The e-mail or the password is wrong.')
      await signIn(page, { ...TOM, password: TOMS_SECOND })
      await page.waitForURL('/account')
    })

    step('a changed password ends the other sessions and keeps this one', async () => {
      await signIn(phone.page, { ...TOM, password: TOMS_SECOND })
      await phone.page.waitForURL('/account')
      const { page } = tom
      tom.expectRefusal(403)
      await fill(page, { 'Current password': 'not it', 'New password': TOMS_THIRD })
      await press(page, 'Change password')
      await reads(page, 'The current password is wrong.')
      await story.picture(page, 'account-refused')
      await fill(page, { 'Current password': TOMS_SECOND, 'New password': TOMS_THIRD })
      await press(page, 'Change password')
      await reads(page, 'Your password is changed. Your other sessions ended.')
      await phone.page.goto('/account')
      expect(new URL(phone.page.url()).search).toBe('?next=%2Faccount')
      expect((await page.goto('/tokens'))?.url()).toEndWith('/tokens')
    })

    step('after signing out the page asks for a sign-in, and leads back to where one was', async () => {
      const { page, context } = ada
      const [session] = (await context.cookies()).filter(({ name }) => name === 'hf_session')
      await page.goto('/members')
      await signOut(page, ADA)
      const replayed = await story.ask('/members', { headers: { cookie: `hf_session=${session?.value}` } })
      expect([replayed.status, replayed.headers.get('location')]).toEqual([303, '/login?next=%2Fmembers'])
      await page.goto('/members')
      await signIn(page, ADA)
      await page.waitForURL('/members')
      ada.expectRefusal(404)
      await page.goto('/nowhere')
      await story.picture(page, 'error-404')
    })

    step('no page is wider than a phone', async () => {
      const { page } = ada
      await page.setViewportSize(NARROW)
      for (const path of ['/members', '/members?invite=1', '/account', '/tokens']) {
        await page.goto(path)
        expect(await stickingOut(page)).toEqual([])
      }
      await press(page, 'Open navigation')
      await page.getByRole('dialog').getByRole('link', { name: 'Members' }).click()
      await page.waitForURL('/members')
    })

    step('the program stops when told, and its log holds no secret and no error', async () => {
      const start = performance.now()
      story.server.kill('SIGTERM')
      expect(await story.server.ended()).toBe(0)
      expect(performance.now() - start).toBeLessThan(5000)
      const log = story.server.said()
      const lines = log
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      const errors = lines.filter(({ level }) => level === 'error')
      expect(errors.map(({ message, kind }) => [message, kind])).toEqual([['a job was given up', 'invite.mail']])
      const known = [ADA.password, TOM.password, TOMS_SECOND, TOMS_THIRD, ...story.secrets].filter(
        (secret) => secret !== '',
      )
      expect(known.filter((secret) => log.includes(secret))).toEqual([])
      expect(await readdir(story.folder)).toEqual([])
    })
  })
}

function bearer(secret: string): Record<string, string> {
  return { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
}
