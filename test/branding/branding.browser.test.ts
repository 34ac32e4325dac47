import { afterAll, beforeAll, expect, test } from 'bun:test'
import { deflateSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { addMember } from '#core/tenancy/org.ts'
import { type Site, startSite } from '#test/browser/site.ts'
import { patch, putLogo } from '#test/organization/arrange.ts'
import { RULES_OF_COLOR, violations } from '#test/support/accessibility.ts'
import { makeOrg, PASSWORD } from '#test/support/app.ts'
import { openBrowser, openVisitor, PLAIN_NAME, photograph, showTheme } from '#test/support/browser.ts'
import { noisyPng, pngOf, pngWith } from '#test/support/pictures.ts'

const SETTINGS = '/settings/organization'
const TILE = { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(pngOf(96, 32, [138, 28, 124, 255])) }
const MARKUP = '<script>alert("script")</script><img src=x onerror=alert("image")>'

let browser: Browser
let site: Site
beforeAll(async () => {
  browser = await openBrowser()
  site = await startSite({ apexDomain: PLAIN_NAME })
})
afterAll(async () => {
  await browser.close()
  await site[Symbol.asyncDispose]()
})

/** The address of an org of the site. */
function originOf(slug: string): string {
  return `http://${slug}.${PLAIN_NAME}:${new URL(site.origin).port}`
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('E-mail', { exact: true }).fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => !url.pathname.startsWith('/login'))
}

test('the sign-in at an org’s address shows its name, logo and colour, and leads in', async () => {
  const { app, people } = site
  await patch(app, people.admin, { name: 'Acme Analytics', color: '#8a1c7c' })
  await putLogo(app, people.admin, new Uint8Array(TILE.buffer))
  await using visitor = await openVisitor(browser, originOf('acme'))
  const { page } = visitor
  await page.goto('/login')
  const logo = page.locator('.hf-plain-top .hf-brand img')
  expect(await logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(96)
  expect(await page.locator('.hf-plain-top .hf-brand').textContent()).toBe('Acme Analytics')
  await showTheme(page, 'light')
  const button = page.getByRole('button', { name: 'Sign in', exact: true })
  expect(await button.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgb(138, 28, 124)')
  await photograph(page, 'branding-login')
  await signIn(page, people.admin.email)
  expect(new URL(page.url()).pathname).toBe('/members')
  await photograph(page, 'branding-members')
  expect(visitor.faults()).toEqual([])
})

for (const scripts of [true, false]) {
  test(`an admin sets name, colour and logo with scripts ${scripts ? 'on' : 'off'}, and takes the logo away again`, async () => {
    await using visitor = await site.visit(browser, 'admin', { scripts })
    const { page } = visitor
    await page.goto(SETTINGS)
    const own = page.getByLabel('Use Honeyframe’s own colour')
    await own.check()
    expect(await page.getByLabel('Colour', { exact: true }).isVisible()).toBe(false)
    await own.uncheck()
    await page.getByLabel('Colour', { exact: true }).fill('#0b6e4f')
    await page.getByLabel('Name', { exact: true }).fill(`Acme ${scripts}`)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Name and colour are saved.').waitFor()
    expect(await page.getByLabel('Colour', { exact: true }).inputValue()).toBe('#0b6e4f')

    visitor.expectRefusal(413)
    await page.getByLabel('Picture').setInputFiles({ ...TILE, buffer: Buffer.from(noisyPng(300 * 1024)) })
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByText('A logo has at most 256 KB.').waitFor()
    await page.getByLabel('Picture').setInputFiles(TILE)
    await page.getByRole('button', { name: 'Upload' }).click()
    await page.getByText('The logo is saved.').waitFor()
    await page.getByAltText(`The logo of Acme ${scripts}`).waitFor()
    if (scripts) await photograph(page, 'branding-settings')

    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: `Remove the logo of Acme ${scripts}?` })
    await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByText('The logo is removed.').waitFor()
    expect(await page.getByText('No logo yet.').isVisible()).toBe(true)
    expect(visitor.faults()).toEqual([])
  })
}

test('a picture that is also a page executes nothing where it is opened or linked as a page, a script or a sheet', async () => {
  const { app, people } = site
  const text = Buffer.concat([Buffer.from('Comment\0'), Buffer.from(MARKUP)])
  const polyglot = pngWith(1, 1, deflateSync(Buffer.from([0, 1, 2, 3, 255])), [['tEXt', text]])
  const { status, body } = await putLogo(app, people.admin, polyglot)
  expect(status).toBe(200)
  const url = String(body.logo_url)
  await using visitor = await openVisitor(browser, site.origin)
  const { page } = visitor
  await page.goto(url)
  expect(await page.evaluate(() => [document.contentType, document.scripts.length])).toEqual(['image/png', 0])
  // The browser's own page around a picture has styles of its own, which our policy stops as well.
  expect(visitor.faults().filter((fault) => !/inline style/.test(fault))).toEqual([])
  await page.goto('/login')
  const ran = await page.evaluate(async (src) => {
    const tried = (['script', 'link'] as const).map((tag) => {
      const element = document.createElement(tag)
      if (element instanceof HTMLScriptElement) element.src = src
      else Object.assign(element, { rel: 'stylesheet', href: src })
      const settled = new Promise((resolve) => {
        element.onload = () => resolve('loaded')
        element.onerror = () => resolve('refused')
      })
      document.head.append(element)
      return settled
    })
    return await Promise.all(tried)
  }, url)
  expect(ran).toEqual(['refused', 'refused'])
  expect(visitor.faults().filter((fault) => /dialog|elsewhere/.test(fault))).toEqual([])
})

test('whatever the colour is, axe finds every text readable, in both themes', async () => {
  await using visitor = await site.visit(browser, 'admin')
  const { page } = visitor
  for (const color of ['#ffffff', '#000000', '#ffff00', '#777777', '#00ff00', '#0000ff']) {
    await patch(site.app, site.people.admin, { color })
    for (const path of ['/members', SETTINGS, '/orgs']) {
      await page.goto(path)
      for (const theme of ['light', 'dark'] as const) {
        await showTheme(page, theme)
        const found = await violations(page, RULES_OF_COLOR)
        expect([color, path, theme, found]).toEqual([color, path, theme, []])
      }
    }
  }
  expect(visitor.faults()).toEqual([])
}, 120_000)

test('the switcher at an org’s address leads to the other org’s address, where a sign-in is due', async () => {
  const { app, people } = site
  const beta = await makeOrg(app.ctx, 'beta')
  await app.ctx.db.transaction((tx) => addMember(app.ctx, tx, beta.orgId, people.viewer.userId, 'admin'))
  await using visitor = await openVisitor(browser, originOf('acme'))
  const { page } = visitor
  await signIn(page, people.viewer.email)
  await page.getByRole('button', { name: /^Switch organization/ }).click()
  await page.getByRole('link', { name: /^B?\s*BETA/ }).click()
  await page.waitForURL(`${originOf('beta')}/login`)
  expect(await page.locator('.hf-plain-top .hf-brand').textContent()).toContain('BETA')
  await page.getByLabel('E-mail', { exact: true }).fill(people.viewer.email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(`${originOf('beta')}/members`)
  const faults = visitor.faults().filter((fault) => !fault.includes(`${originOf('beta')}/`))
  expect(faults).toEqual([])
})
