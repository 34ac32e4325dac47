import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { NARROW, openBrowser, stickingOut, type Visitor } from '#test/support/browser.ts'
import { type SmtpPeer, startSmtp } from '#test/support/smtp.ts'
import { startReceiving } from './receiving.ts'
import { beginStory, MODES, type Story } from './story.ts'
import { choose, fill, invite, makeGroup, press, reads, seen, setUp } from './visits.ts'

const ADA = { name: 'Ada Admin', email: 'ada@acme.test', password: 'nine grey herons wade' }
const RELAY = { username: 'acme-relay', password: 'a relay that nobody guesses' }
const GUEST = 'guest@elsewhere.test'
const PAGES = ['/usage', '/health', '/smtp', '/webhooks', '/backups'] as const

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

for (const mode of MODES.slice(0, 2)) {
  describe(`the first hour of operations, ${mode.name}`, () => {
    let story: Story
    let relay: SmtpPeer
    let receiver: Awaited<ReturnType<typeof startReceiving>>
    let ada: Visitor
    let secret = ''
    let isBroken = false

    beforeAll(async () => {
      story = await beginStory(browser, mode, new Map())
      relay = await startSmtp({ auth: RELAY })
      receiver = startReceiving()
    })
    afterAll(async () => {
      await story[Symbol.asyncDispose]()
      await relay[Symbol.asyncDispose]()
      await receiver[Symbol.asyncDispose]()
    })

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

    step('the first admin finds every page of the workspace, and each fits a telephone', async () => {
      const [, link = ''] = await story.server.says(/"setup_url":"([^"]+)"/)
      ada = await story.arrive()
      const { page } = ada
      await setUp(page, link, ADA)
      await press(page, 'Skip the tour')
      await page.getByText(/^Welcome tour, step/).waitFor({ state: 'detached' })
      for (const path of PAGES) {
        await page.goto(path)
        await story.picture(page, `operations-empty${path.replace('/', '-')}`)
        await page.setViewportSize(NARROW)
        expect([path, await stickingOut(page)]).toEqual([path, []])
        await page.setViewportSize({ width: 1440, height: 900 })
      }
    })

    step('a webhook is made, its secret is shown once, and its test arrives', async () => {
      const { page } = ada
      await page.goto('/webhooks')
      await page.getByRole('link', { name: 'New webhook' }).first().click()
      const dialog = page.getByRole('dialog', { name: 'New webhook' })
      await fill(dialog, { Address: `${receiver.url}/hooks` })
      await press(dialog, 'Make webhook')
      secret = await page.getByLabel('Signing secret', { exact: true }).inputValue()
      expect(secret).toMatch(/^whsec_/)
      story.secrets.push(secret, secret.slice('whsec_'.length))
      await page.goto('/webhooks')
      expect(await page.content()).not.toContain(secret)
      await press(page, 'Send test')
      await receiver.arrived('webhook.test')
    })

    step("the org's own mail server carries an invitation, and the webhook hears of it, signed", async () => {
      const { page } = ada
      await page.goto('/smtp')
      await page.getByLabel('Encryption', { exact: true }).selectOption('none')
      await fill(page, {
        ...{ Host: '127.0.0.1', Port: String(relay.port), 'User name': RELAY.username },
        ...{ Password: RELAY.password, Sender: 'Acme team <team@acme.test>' },
      })
      await press(page, 'Save')
      await fill(page, { To: ADA.email })
      await press(page, 'Send test mail')
      await reads(page, `The server took the mail to ${ADA.email}`)
      story.secrets.push(RELAY.password)
      await page.goto('/members')
      await invite(page, GUEST, 'Viewer')
      const [, mail] = await relay.received(2)
      expect(mail).toMatchObject({ from: 'team@acme.test', recipients: [GUEST], username: RELAY.username })
      expect(mail?.parsed.subject).toContain('Acme')
      const { body, headers } = await receiver.arrived('invite.created')
      expect(new Webhook(secret).verify(body, headers)).toMatchObject({
        type: 'invite.created',
        data: { email: GUEST },
      })
    })

    step('usage and health show what there is', async () => {
      const { page } = ada
      await page.goto('/usage')
      await reads(page, 'Members')
      await story.picture(page, 'operations-usage')
      await page.goto('/health')
      await page.getByRole('heading', { name: 'Health' }).first().waitFor()
      await story.picture(page, 'operations-health')
    })

    step('a backup brings back a group that was deleted, once the phrase is typed', async () => {
      const { page } = ada
      await page.goto('/groups')
      await makeGroup(page, 'Night shift')
      await page.goto('/backups')
      await press(page, 'Create backup')
      await seen(page, '/backups', 'Complete')
      await page.goto('/groups')
      await choose(page, 'Night shift', 'Delete')
      await press(page.getByRole('dialog', { name: 'Delete the group Night shift?' }), 'Delete group')
      await page.getByRole('link', { name: 'Night shift' }).first().waitFor({ state: 'detached' })
      await page.goto('/backups')
      await page.getByRole('button', { name: /^Actions for the backup of/ }).click()
      await page.getByRole('link', { name: 'Restore', exact: true }).click()
      const dialog = page.getByRole('dialog', { name: /^Restore the backup of/ })
      await dialog.getByLabel('Type RESTORE acme to confirm').fill('RESTORE something else')
      ada.expectRefusal(400)
      await press(dialog, 'Restore backup')
      await reads(page, 'Type RESTORE acme to restore this backup.')
      await dialog.getByLabel('Type RESTORE acme to confirm').fill('RESTORE acme')
      await story.picture(page, 'operations-restore')
      await press(dialog, 'Restore backup')
      await dialog.waitFor({ state: 'detached' })
      await seen(page, '/groups', 'Night shift')
      await page.goto('/backups')
      await story.picture(page, 'operations-backups')
    })

    step('no secret is in the log', async () => {
      const said = story.server.said()
      for (const each of story.secrets) expect([each, said.includes(each)]).toEqual([each, false])
    })
  })
}
