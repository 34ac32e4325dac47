import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { eventually } from '#test/jobs/context.ts'
import { NARROW, openBrowser, type Visitor } from '#test/support/browser.ts'
import { type Site, startSite } from './site.ts'

let browser: Browser
let site: Site
beforeAll(async () => {
  browser = await openBrowser()
  site = await startSite()
})
afterAll(async () => {
  await browser.close()
  await site[Symbol.asyncDispose]()
})

describe('by keyboard alone', () => {
  test('the first Tab offers to skip to the content, where the primary action is the next stop', async () => {
    await using visitor = await adminAt('/members')
    const { page } = visitor
    await page.keyboard.press('Tab')
    await expectFocus(page, 'Skip to content')
    expect((await page.getByText('Skip to content').boundingBox())?.x).toBeGreaterThanOrEqual(0)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await expectFocus(page, 'Invite people')
    const outline = await page.locator(':focus').evaluate((one) => getComputedStyle(one).outlineStyle)
    expect(outline).not.toBe('none')
    expect(visitor.faults()).toEqual([])
  })

  test('the sign-in starts in its first field, and Tab goes down the form', async () => {
    await using visitor = await site.visit(browser, 'nobody')
    const { page } = visitor
    await page.goto('/login')
    const stops = [await focused(page)]
    for (let count = 0; count < 4; count += 1) {
      await page.keyboard.press('Tab')
      stops.push(await focused(page))
    }
    expect(stops).toEqual(['E-mail', 'Password', 'Show password', 'Sign in', 'Forgot password?'])
  })

  test('a dialog takes the focus, keeps it, and gives it back when it closes', async () => {
    await using visitor = await adminAt('/members')
    const { page } = visitor
    const dialog = page.getByRole('dialog')
    for (const close of [() => page.keyboard.press('Escape'), () => dialog.getByText('Cancel').press('Enter')]) {
      await page.getByRole('link', { name: 'Invite people' }).press('Enter')
      await dialog.waitFor()
      await expectFocus(page, 'E-mail')
      for (let count = 0; count < 12; count += 1) {
        await page.keyboard.press('Tab')
        const isInside = await page.evaluate(
          () => document.activeElement === document.body || Boolean(document.activeElement?.closest('dialog')),
        )
        expect(isInside).toBe(true)
      }
      await close()
      await dialog.waitFor({ state: 'hidden' })
      await expectFocus(page, 'Invite people')
    }
  })

  test('a menu opens, leads on to its dialog, and the focus comes back to its button', async () => {
    await using visitor = await adminAt('/members')
    const { page } = visitor
    const button = page.getByRole('button', { name: 'Actions for Vera Viewer' })
    await button.press('Enter')
    await page.keyboard.press('Tab')
    await expectFocus(page, 'Change role')
    await page.keyboard.press('Escape')
    await expectFocus(page, 'Actions for Vera Viewer')
    expect(await page.getByRole('button', { name: 'Change role' }).isVisible()).toBe(false)
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await expectFocus(page, 'Actions for Vera Viewer')
  })

  test('a role is changed, and the next Tab starts in the page and not at its top', async () => {
    await using visitor = await adminAt('/members')
    const { page } = visitor
    await page.getByRole('button', { name: 'Actions for Vera Viewer' }).press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('combobox').press('ArrowUp')
    await page.getByRole('dialog').getByRole('button', { name: 'Change role' }).press('Enter')
    await page.getByText('Vera Viewer has the role analyst now.').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    await page.keyboard.press('Tab')
    await expectFocus(page, 'Invite people')
  })

  test('the navigation of a narrow window opens, closes with Escape and gives the focus back', async () => {
    await using visitor = await adminAt('/members')
    const { page } = visitor
    await page.setViewportSize(NARROW)
    await page.getByRole('button', { name: 'Open navigation' }).press('Enter')
    await page.getByRole('dialog').getByRole('link', { name: 'Access tokens' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await expectFocus(page, 'Open navigation')
  })
})

describe('a chosen theme', () => {
  test('stays over reloads, on other pages and after signing out, until it is the system’s again', async () => {
    await using visitor = await adminAt('/members?filter=pending')
    const { page, context } = visitor
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const light = await ground()
    await page.getByRole('button', { name: 'Theme' }).press('Enter')
    await page.getByRole('button', { name: 'Dark' }).press('Enter')
    await page.waitForURL(/filter=pending/)
    await page.locator('html[data-bs-theme=dark]').waitFor()
    const dark = await ground()
    expect(dark).not.toBe(light)
    await page.reload()
    expect(await ground()).toBe(dark)
    await page.goto('/account')
    expect(await ground()).toBe(dark)
    await page.getByRole('button', { name: /^Account of/ }).click()
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.waitForURL('/login')
    expect(await ground()).toBe(dark)
    const cookies = await context.cookies()
    expect(cookies.find(({ name }) => name === 'hf_theme')).toMatchObject({ value: 'dark', sameSite: 'Lax' })
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('button', { name: 'Like the system' }).click()
    await page.locator('html[data-bs-theme=light]').waitFor()
    expect(await ground()).toBe(light)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('html[data-bs-theme=dark]').waitFor()
    expect(await ground()).toBe(dark)
    expect(visitor.faults()).toEqual([])
  })
})

async function adminAt(path: string): Promise<Visitor> {
  const visitor = await site.visit(browser, 'admin')
  await visitor.page.goto(path)
  return visitor
}

/** The element with the focus is called so, or soon is: a dialog gives the focus back in a task of its own after it has closed. */
async function expectFocus(page: Page, name: string): Promise<void> {
  await eventually(async () => (await focused(page)) === name).catch(() => {})
  expect(await focused(page)).toBe(name)
}

/** What the element with the focus is called. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    const one = document.activeElement
    const label = one instanceof HTMLInputElement ? one.labels?.[0]?.textContent : undefined
    const idle = one?.querySelector('.hf-busy-idle')?.textContent
    return (one?.getAttribute('aria-label') ?? label ?? idle ?? one?.textContent ?? '').trim()
  })
}
