import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import AxeBuilder from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { NARROW, openBrowser, openVisitor, RULES_OF_LOOKS, stickingOut, WIDE } from '#test/support/browser.ts'
import { gallery } from './gallery.tsx'
import { serveGallery } from './gallery-server.tsx'

setDefaultTimeout(300_000)

const HOSTILE = `"><img src=x onerror=alert(1)>' onfocus='alert(1)<hx-x hx-get=/stolen hx-trigger=load>`
const NAMES = [...gallery((text) => text, 'light').keys()].filter((name) => name !== 'fragment')

/** One page of each kind, in its fullest state: axe takes its time. */
const FULLEST = [
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
]

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
  for (const theme of ['light', 'dark'] as const) {
    test(`is free of what axe finds, in the ${theme} theme`, async () => {
      await using visitor = await openVisitor(browser, originOf(server))
      for (const name of FULLEST) {
        await visitor.page.goto(`/${theme}/${name}`)
        const axe = new AxeBuilder({ page: visitor.page }).setLegacyMode(true)
        const { violations } = await (theme === 'light' ? axe : axe.withRules(RULES_OF_LOOKS)).analyze()
        const found = violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
        )
        expect([name, found]).toEqual([name, []])
      }
      expect(visitor.faults()).toEqual([])
    })
  }

  test('fits a narrow window and a wide one in every state, whatever people are called', async () => {
    for (const one of [server, hostileServer]) {
      await using visitor = await openVisitor(browser, originOf(one))
      for (const name of NAMES) {
        await visitor.page.goto(`/light/${name}`)
        for (const size of [NARROW, WIDE]) {
          await visitor.page.setViewportSize(size)
          expect([name, size.width, await stickingOut(visitor.page)]).toEqual([name, size.width, []])
        }
      }
      expect(visitor.faults()).toEqual([])
    }
  })

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
