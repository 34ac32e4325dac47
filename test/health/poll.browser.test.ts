import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { startSite } from '#test/browser/site.ts'
import { openBrowser } from '#test/support/browser.ts'

setDefaultTimeout(60_000)

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

describe('the page of the health', () => {
  test('asks again every 30 seconds while it can be seen, leaves the focus alone, and rests while it is hidden', async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin')
    const { page } = visitor
    await page.clock.install()
    const asked: string[] = []
    page.on(
      'request',
      (request) => void (request.headers()['hx-request-type'] === 'partial' && asked.push(request.url())),
    )
    await page.goto('/health')
    await page.evaluate(() => document.body.focus())
    const polled = page.waitForResponse((response) => response.url().endsWith('/health'))
    await page.clock.runFor(31_000)
    await polled
    await page.clock.runFor(1_000)
    expect(asked).toHaveLength(1)
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true)
    await page.evaluate(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }))
    await page.clock.runFor(120_000)
    expect(asked).toHaveLength(1)
    const back = page.waitForResponse((response) => response.url().endsWith('/health'))
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => false })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await back
    expect(asked).toHaveLength(2)
    expect(visitor.faults()).toEqual([])
  })

  test('refreshes in place, and says what came out', async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin')
    const { page } = visitor
    await page.goto('/health?range=7d')
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.locator('#live', { hasText: 'Checked. Needs attention: ' }).waitFor({ state: 'attached' })
    expect(new URL(page.url()).search).toBe('?range=7d')
    expect(visitor.faults()).toEqual([])
  })
})
