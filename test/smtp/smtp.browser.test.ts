import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startSite } from '#test/browser/site.ts'
import { NARROW, openBrowser, stickingOut, WIDE } from '#test/support/browser.ts'
import { startSmtp } from '#test/support/smtp.ts'
import { AUTH, HOST } from './arrange.ts'

const HOSTILE = `5.1.1 </p></script><script>alert('relay')</script><img src=x onerror=alert(1)> ${'w'.repeat(200)}`

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

for (const scripts of [true, false]) {
  test(`an admin sets a mail server, tries it and removes it, ${scripts ? 'with' : 'without'} scripts`, async () => {
    await using smtp = await startSmtp({
      auth: AUTH,
      rejectRcpt: (to) => (to.startsWith('nobody') ? { code: 550, text: HOSTILE } : undefined),
    })
    const egress = { EGRESS_ALLOW: '127.0.0.1/32' }
    await using site = await startSite({ env: egress, overrides: { resolve: async () => ['127.0.0.1'] } })
    await using visitor = await site.visit(browser, 'admin', { scripts })
    const { page } = visitor
    await page.goto('/smtp')
    await page.getByText('The platform’s mail server').waitFor()
    await page.getByLabel('Host', { exact: true }).fill(HOST)
    await page.getByLabel('Encryption').selectOption('none')
    await page.getByLabel('Port').fill(String(smtp.port))
    await page.getByLabel('User name').fill(AUTH.username)
    await page.getByLabel('Password', { exact: true }).fill(AUTH.password)
    await page.getByLabel('Sender').fill('Data Team <team@acme.test>')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Your own mail server').first().waitFor()
    await page.getByText('From: Acme via Data Team <team@acme.test>').waitFor()
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('')

    await page.getByLabel('To', { exact: true }).fill('nobody@example.test')
    await page.getByRole('button', { name: 'Send test mail' }).click()
    await page.getByText('The mail was not sent').waitFor()
    expect(await page.locator('.hf-smtp-words').textContent()).toContain(`550 ${HOSTILE}`)
    expect(await page.locator('#main img, #main script').count()).toBe(0)
    for (const size of [NARROW, WIDE]) {
      await page.setViewportSize(size)
      expect([size.width, await stickingOut(page)]).toEqual([size.width, []])
    }
    await page.getByLabel('To', { exact: true }).fill('grace@example.test')
    await page.getByRole('button', { name: 'Send test mail' }).click()
    await page.getByText('The server took the mail to grace@example.test').waitFor()
    expect((await smtp.received(1))[0]?.recipients).toEqual(['grace@example.test'])

    await page.getByRole('button', { name: 'Remove' }).click()
    const dialog = page.getByRole('dialog', { name: `Remove the mail server ${HOST}?` })
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('The platform’s mail server').waitFor()
    expect(visitor.faults()).toEqual([])
  }, 60_000)
}
