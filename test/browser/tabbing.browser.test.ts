import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser, type Visitor } from '#test/support/browser.ts'
import { addOperations } from './operations.ts'
import { type Site, startSite } from './site.ts'

const PATHS = [
  ...['/members', '/groups', '/groups/1', '/orgs', '/tokens', '/account', '/audit-log', '/settings/organization'],
  ...[
    '/smtp',
    '/webhooks',
    '/webhooks/1',
    '/webhooks/2',
    '/webhooks/events',
    '/backups',
    '/health',
    '/usage',
    '/license',
  ],
]
/** What takes the focus by Tab. Of radio buttons with one name it is the chosen one. */
const STOPS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
const PRESSES_MAX = 300

let browser: Browser
let site: Site
let visitor: Visitor
beforeAll(async () => {
  browser = await openBrowser()
  site = await startSite()
  await addOperations(site, 'acme')
  visitor = await site.visit(browser, 'admin')
  // Or the page is still moving to what has the focus.
  await visitor.page.emulateMedia({ reducedMotion: 'reduce' })
})
afterAll(async () => {
  await browser.close()
  await site[Symbol.asyncDispose]()
})

describe('Tab visits every control in the order of the page, each with a mark to be seen, on', () => {
  for (const path of PATHS) {
    test(path, async () => {
      const { page } = visitor
      await page.goto(path)
      const count = await numberStops(page)
      const visited: number[] = []
      const unseen: string[] = []
      for (let presses = 0; presses < PRESSES_MAX && visited.length < count; presses += 1) {
        await page.keyboard.press('Tab')
        const { number, fault } = await stopNow(page)
        // The parts of a date are stops inside of one control, which the browser marks itself.
        if (number === visited.at(-1)) continue
        visited.push(number)
        if (fault) unseen.push(fault)
      }
      expect(visited).toEqual(Array.from({ length: count }, (_, place) => place))
      expect(unseen).toEqual([])
      expect(visitor.faults()).toEqual([])
    })
  }
})

/** Numbers what should take the focus, in the order of the page, and answers how many these are. */
async function numberStops(page: Page): Promise<number> {
  return await page.evaluate((selector) => {
    const isStop = (one: Element) => {
      const isOff = one.matches(':disabled, [tabindex="-1"], [inert] *') || !one.checkVisibility()
      const isOtherRadio = one instanceof HTMLInputElement && one.type === 'radio' && !one.checked
      return !isOff && !isOtherRadio
    }
    const stops = [...document.querySelectorAll(selector)].filter(isStop)
    for (const [place, one] of stops.entries()) one.setAttribute('data-stop', String(place))
    return stops.length
  }, STOPS)
}

/** Where the focus is, -1 for nowhere, and what is wrong with how it is shown. */
async function stopNow(page: Page): Promise<{ number: number; fault: string | undefined }> {
  return await page.evaluate(() => {
    const one = document.activeElement
    const number = Number(one?.getAttribute('data-stop') ?? -1)
    if (!one) return { number, fault: 'nothing has the focus' }
    const isMarked = getComputedStyle(one).outlineStyle !== 'none'
    const box = one.getBoundingClientRect()
    const isInView = box.width > 0 && box.bottom > 0 && box.top < innerHeight
    const name = one.getAttribute('aria-label') ?? one.textContent?.trim() ?? one.id
    const fault = isMarked && isInView ? undefined : `${name}: ${isMarked ? 'out of view' : 'no mark'}`
    return { number, fault }
  })
}
