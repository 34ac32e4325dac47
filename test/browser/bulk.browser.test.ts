import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { violations } from '#test/support/accessibility.ts'
import { NARROW, openBrowser, stickingOut, WIDE } from '#test/support/browser.ts'
import { startSite } from './site.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

test('the bar comes with the first tick, counts, and goes with the last, by the keyboard alone', async () => {
  await using site = await startSite()
  await using visitor = await site.visit(browser, 'admin')
  const { page } = visitor
  await page.goto('/members')
  const bar = page.locator('#bulk')
  expect(await bar.isVisible()).toBe(false)
  await page.getByLabel('Select the invitation for rin@acme.test').focus()
  await page.keyboard.press('Space')
  expect(await bar.getByRole('status').textContent()).toBe('1 of 3 pending selected')
  await page.keyboard.press('Enter')
  expect(await bar.getByRole('status').textContent()).toBe('1 of 3 pending selected')
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size)
    expect([size.width, await stickingOut(page)]).toEqual([size.width, []])
    expect(await violations(page)).toEqual([])
  }
  await page.getByLabel('Select every pending invitation shown').press('Space')
  expect(await bar.getByRole('status').textContent()).toBe('3 of 3 pending selected')
  await page.getByRole('button', { name: 'Clear' }).press('Enter')
  expect(await bar.isVisible()).toBe(false)
  await page.keyboard.press('Space')
  expect(await bar.getByRole('status').textContent()).toBe('3 of 3 pending selected')
  expect(visitor.faults()).toEqual([])
}, 60_000)

for (const scripts of [true, false]) {
  test(`ticked invitations are revoked after a question, ${scripts ? 'in place' : 'without scripts, too'}`, async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin', { scripts })
    const { page } = visitor
    await page.goto('/members')
    expect(await page.locator('#bulk').isVisible()).toBe(!scripts)
    await page.getByLabel('Select the invitation for rin@acme.test').check()
    await page.getByLabel('Select the invitation for gone@acme.test').check()
    await page.locator('#bulk').getByRole('button', { name: 'Revoke' }).click()
    const question = page.getByRole('dialog', { name: 'Revoke the selected invitations?' })
    if (scripts) expect(await question.textContent()).toContain('2 invitations')
    await question.getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('Revoked 2 of 2').waitFor()
    expect(await page.locator('[data-pick]').count()).toBe(1)
    expect(visitor.faults()).toEqual([])
  }, 60_000)
}
