import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { RULES_OF_COLOR, RULES_OF_SIZE, violations } from '#test/support/accessibility.ts'
import { NARROW, openBrowser, openVisitor, stickingOut, type Visitor, WIDE, wear } from '#test/support/browser.ts'
import { gallery } from './gallery.tsx'
import { serveGallery } from './gallery-server.tsx'

setDefaultTimeout(300_000)

const HOSTILE = `"><img src=x onerror=alert(1)>' onfocus='alert(1)<hx-x hx-get=/stolen hx-trigger=load>`
const NAMES = [...gallery((text) => text, 'light').keys()].filter((name) => name !== 'fragment')

/** One page of each kind, in its fullest state: axe takes its time. */
const FULLEST = new Set([
  'members',
  'members-searched',
  'members-link',
  'members-many',
  'members-many-results',
  'members-refused',
  'members-not-found',
  'groups',
  'groups-partly',
  'groups-read-only',
  'groups-none',
  'group',
  'group-beyond',
  'backups',
  'backups-empty',
  'backups-restoring',
  'backups-dialog',
  'backups-dialog-refused',
  'backups-store',
  'backups-store-refused',
  'audit-log',
  'audit-log-filtered',
  'audit-log-searched',
  'audit-log-nothing-yet',
  'audit-log-refused',
  'usage',
  'usage-nothing',
  'usage-all-and-more',
  'account-refused',
  'tokens',
  'tokens-refused',
  'users',
  'users-everywhere',
  'users-issued',
  'users-refused',
  'orgs-every',
  'orgs-every-refused',
  'organization-branded',
  'organization-refused',
  'login-branded',
  'login-lettered',
  'health',
  'health-bare',
  'license',
  'license-grace',
  'license-refused',
  'license-invalid',
  'license-ends-soon',
  'license-in-grace',
  'license-has-ended',
  'smtp',
  'smtp-none',
  'smtp-refused',
  'smtp-not-sent',
  'webhooks',
  'webhooks-refused',
  'webhook',
  'webhook-disabled',
  'webhook-events',
  'setup-refused',
  'login-refused',
  'forgot-no-mail',
  'accept-new-account',
  'accept-someone-else',
  'error-500',
])

let browser: Browser
let server: ReturnType<typeof serveGallery>
let hostileServer: ReturnType<typeof serveGallery>

beforeAll(async () => {
  browser = await openBrowser()
  server = serveGallery((text) => text)
  hostileServer = serveGallery((text) => text + HOSTILE)
})

afterAll(async () => {
  await browser.close()
  await server.stop(true)
  await hostileServer.stop(true)
})

function originOf(one: ReturnType<typeof serveGallery>): string {
  return `http://localhost:${one.port}`
}

describe('every page', () => {
  const visitors = new Map<string, Visitor>()
  const visitAt = async (origin: string) => {
    const visitor = visitors.get(origin) ?? (await openVisitor(browser, origin))
    visitors.set(origin, visitor)
    await visitor.page.setViewportSize(WIDE)
    return visitor
  }
  afterAll(async () => {
    for (const visitor of visitors.values()) await visitor[Symbol.asyncDispose]()
  })

  for (const name of NAMES) {
    const isFull = FULLEST.has(name)
    test(`fits a narrow window and a wide one${isFull ? ', and is free of what axe finds' : ''}: ${name}`, async () => {
      const visitor = await visitAt(originOf(server))
      const { page } = visitor
      const faultsBefore = visitor.faults().length
      await page.goto(`/light/${name}`)
      expect(await stickingOut(page)).toEqual([])
      if (isFull) {
        expect(await violations(page)).toEqual([])
        await wear(page, 'dark')
        expect(await violations(page, RULES_OF_COLOR)).toEqual([])
      }
      await page.setViewportSize(NARROW)
      expect(await stickingOut(page)).toEqual([])
      if (isFull) expect(await violations(page, RULES_OF_SIZE)).toEqual([])
      expect(visitor.faults().slice(faultsBefore)).toEqual([])
    })
  }

  test('fits both windows, whatever people are called', async () => {
    const visitor = await visitAt(originOf(hostileServer))
    for (const [at, name] of NAMES.entries()) {
      await visitor.page.goto(`/light/${name}`)
      // The window that the page before left is the first of this one.
      for (const size of at % 2 === 0 ? [WIDE, NARROW] : [NARROW, WIDE]) {
        await visitor.page.setViewportSize(size)
        expect([name, size.width, await stickingOut(visitor.page)]).toEqual([name, size.width, []])
      }
    }
    expect(visitor.faults()).toEqual([])
  })

  test('is named as it is in the list of those that axe looks at', () => {
    expect([...FULLEST].filter((name) => !NAMES.includes(name))).toEqual([])
  })

  for (const name of ['members', 'groups', 'webhook', 'health', 'login-branded']) {
    test(`shows nothing in a narrow window alone that cannot be read: ${name}`, async () => {
      const { page } = await visitAt(originOf(server))
      await page.setViewportSize(NARROW)
      await page.goto(`/light/${name}`)
      expect(await violations(page, RULES_OF_COLOR)).toEqual([])
      await wear(page, 'dark')
      expect(await violations(page, RULES_OF_COLOR)).toEqual([])
    })
  }

  test('follows the system where no theme was chosen, with scripts and without', async () => {
    for (const scripts of [true, false]) {
      await using visitor = await openVisitor(browser, originOf(server), { scripts })
      for (const colorScheme of ['light', 'dark'] as const) {
        await visitor.page.emulateMedia({ colorScheme })
        await visitor.page.goto('/auto/login')
        const ground = await visitor.page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor)
        const [red = 0] = ground.match(/\d+/g)?.map(Number) ?? []
        expect([scripts, colorScheme, red > 128]).toEqual([scripts, colorScheme, colorScheme === 'light'])
      }
    }
  })
})

describe('the members page without scripts', () => {
  test('opens its menus, dialogs and drawer', async () => {
    await using visitor = await openVisitor(browser, originOf(server), { scripts: false })
    const { page } = visitor
    await page.goto('/light/members')
    await page.getByRole('button', { name: 'Actions for Ada Lovelace' }).nth(1).click()
    await page.getByRole('button', { name: 'Leave Acme Analytics' }).click()
    await expect(page.getByRole('dialog', { name: 'Leave Acme Analytics?' }).isVisible()).resolves.toBe(true)
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await page.setViewportSize(NARROW)
    await page.getByRole('button', { name: 'Open navigation' }).click()
    await expect(page.getByRole('dialog', { name: 'Navigation' }).isVisible()).resolves.toBe(true)
    expect(visitor.faults()).toEqual([])
  })
})

describe('the members page with scripts', () => {
  test('searches while a person types, and leaves the field alone', async () => {
    await using visitor = await openVisitor(browser, originOf(server))
    const { page } = visitor
    await page.goto('/light/members')
    await page.getByRole('searchbox').pressSequentially('grace')
    await page.getByText('Grace Hopper', { exact: true }).waitFor()
    await page.keyboard.type(' hop')
    expect(await page.getByRole('searchbox').inputValue()).toBe('grace hop')
    await page.waitForURL('**/members?q=grace+hop')
    expect(await page.locator('#live').textContent()).toBe('1 person shown')
    expect(visitor.faults()).toEqual([])
  })

  test('opens the invite form in place, and keeps it open with what was refused', async () => {
    await using visitor = await openVisitor(browser, originOf(server))
    const { page } = visitor
    visitor.expectRefusal(409)
    await page.goto('/light/members')
    await page.getByRole('link', { name: 'Invite people' }).click()
    expect(new URL(page.url()).pathname).toBe('/light/members')
    await page.getByRole('textbox', { name: 'E-mail' }).fill('grace@acme.test')
    await page.getByRole('button', { name: 'Send invitation' }).click()
    await page.getByText('This address is a member already.').waitFor()
    expect(await page.locator('#invite-dialog').evaluate((dialog) => dialog.matches(':modal'))).toBe(true)
    expect(await page.getByRole('textbox', { name: 'E-mail' }).inputValue()).toBe('grace@acme.test')
    expect(visitor.faults()).toEqual([])
  })

  test('gives the focus back to the menu that led to a dialog', async () => {
    await using visitor = await openVisitor(browser, originOf(server))
    const { page } = visitor
    await page.goto('/light/members')
    await page.getByRole('button', { name: 'Actions for rin@acme.test' }).first().click()
    await page.getByRole('button', { name: 'Revoke invitation' }).click()
    await page.keyboard.press('Escape')
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Actions for rin@acme.test')
    expect(visitor.faults()).toEqual([])
  })

  test('runs nothing that a name, an address or a search brought along', async () => {
    await using visitor = await openVisitor(browser, originOf(hostileServer))
    const { page } = visitor
    await page.goto('/light/members')
    await page.getByRole('searchbox').fill(HOSTILE)
    await page.waitForURL('**/members?q=*')
    await page.waitForTimeout(200)
    expect(await page.getByRole('searchbox').inputValue()).toBe(HOSTILE)
    expect(await page.locator('img, [onerror], [onfocus], [hx-get="/stolen"]').count()).toBe(0)
    expect(visitor.responses.some((response) => response.url().includes('/stolen'))).toBe(false)
    expect(visitor.faults()).toEqual([])
  })
})
