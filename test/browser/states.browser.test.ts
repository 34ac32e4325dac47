import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { systemClock } from '#lib/clock.ts'
import { RULES_OF_COLOR, RULES_OF_SIZE, violations } from '#test/support/accessibility.ts'
import { NARROW, openBrowser, showTheme, stickingOut, type Visitor, WIDE } from '#test/support/browser.ts'
import { addOperations } from './operations.ts'
import { STATES_BEFORE_OPERATIONS, STATES_OF_OPERATIONS } from './operations-states.ts'
import { type Site, type Somebody, startSite } from './site.ts'
import { STATES, STATES_IN_TROUBLE, STATES_WITHOUT_RELAY, type State } from './states.ts'

const startedAt = systemClock.now()
const STOPPED_CLOCK = { ...systemClock, now: () => startedAt }

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

const SITES = [
  { what: 'an install', states: [...STATES, ...STATES_BEFORE_OPERATIONS], start: () => startSite() },
  { what: 'an install at work', states: STATES_OF_OPERATIONS, start: startAtWork },
  { what: 'an install without a relay', states: STATES_WITHOUT_RELAY, start: () => startSite({ hasRelay: false }) },
  { what: 'an install in trouble', states: STATES_IN_TROUBLE, start: () => startSite({ clock: STOPPED_CLOCK }) },
]

for (const { what, states, start } of SITES) {
  describe(`on ${what}, axe finds nothing and nothing sticks out at 360 px in`, () => {
    let site: Site
    const visitors = new Map<Somebody, Visitor>()
    beforeAll(async () => {
      site = await start()
    })
    afterAll(async () => {
      for (const visitor of visitors.values()) await visitor[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    })

    for (const state of states) {
      test(state.name, async () => {
        const visitor = visitors.get(state.who) ?? (await site.visit(browser, state.who))
        visitors.set(state.who, visitor)
        await inspect(state, visitor, site)
      })
    }
  })
}

async function startAtWork(): Promise<Site> {
  const site = await startSite()
  await addOperations(site, 'acme')
  return site
}

async function inspect(state: State, visitor: Visitor, site: Site): Promise<void> {
  const { page } = visitor
  const faultsBefore = visitor.faults().length
  await page.setViewportSize(WIDE)
  await page.emulateMedia({ colorScheme: 'light' })
  visitor.expectRefusal(...(state.refusals ?? []))
  await state.reach(page, site)
  expect(await page.title()).toMatch(/^.+ · Honeyframe$/)
  expect(await violations(page)).toEqual([])
  await showTheme(page, 'dark')
  expect(await violations(page, RULES_OF_COLOR)).toEqual([])
  await page.setViewportSize(NARROW)
  expect(await stickingOut(page)).toEqual([])
  expect(await violations(page, RULES_OF_SIZE)).toEqual([])
  expect(visitor.faults().slice(faultsBefore)).toEqual([])
}
