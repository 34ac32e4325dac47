import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { webhooks } from '#core/webhooks/tables.ts'
import { backupSettings, backups, restores } from '#platform/backups/tables.ts'
import { webhookDeliveries } from '#platform/webhooks/tables.ts'
import { openBrowser } from '#test/support/browser.ts'
import { addOperations } from './operations.ts'
import { type Site, startSite } from './site.ts'

/** Every form of the rooms of operations. */
const FORMS = [
  ...['/smtp', '/smtp/test', '/smtp/remove', '/health/alerts', '/usage/refresh-storage'],
  ...['', '/1', '/1/test', '/1/enable', '/1/disable', '/1/replay', '/1/delete'].map((path) => `/webhooks${path}`),
  ...['/1/rotate-secret', '/1/end-old-secret', '/1/deliveries/first/redeliver'].map((path) => `/webhooks${path}`),
  ...['', '/1/delete', '/1/prove', '/1/restore', '/schedule'].map((path) => `/backups${path}`),
  ...['/store', '/store/test', '/store/remove'].map((path) => `/backups${path}`),
]
const SCHEDULE = { path: '/backups/schedule', fields: { frequency: 'weekly', hour: '5', weekday: '3' } }

let browser: Browser
let site: Site
const stranger = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
})
beforeAll(async () => {
  browser = await openBrowser()
  site = await startSite()
  await addOperations(site, 'acme')
})
afterAll(async () => {
  await browser.close()
  await site[Symbol.asyncDispose]()
  await stranger.stop(true)
})

// Another port of the same name is the same site to a browser, so the session cookie goes along; another name is not.
for (const [who, host] of [
  ['a page at another port', 'localhost'],
  ['a page elsewhere', '127.0.0.1'],
] as const) {
  test(`${who} sends no form of these rooms in an admin’s name, and the page of the platform does`, async () => {
    await using visitor = await site.visit(browser, 'admin')
    const { page, responses } = visitor
    const before = await everything()
    await page.goto(`http://${host}:${stranger.port}/`)
    await post(page, FORMS)
    const answers = responses.map((each) => [new URL(each.url()).pathname, each.status()])
    expect(answers).toEqual(FORMS.map((path) => [path, 403]))
    await submit(page)
    const answer = responses.slice(answers.length).find((each) => each.url() === site.origin + SCHEDULE.path)
    expect([page.url(), answer?.status()]).toEqual([site.origin + SCHEDULE.path, 403])
    expect(await everything()).toEqual(before)

    await page.goto(`${site.origin}/account`)
    await submit(page)
    expect(page.url()).toBe(`${site.origin}/backups`)
    expect(await everything()).not.toEqual(before)
    await site.app.ctx.db.update(backupSettings).set({ frequency: 'daily', hour: 2, weekday: 0 })
  })
}

/** What the forms would change. */
async function everything() {
  const { db } = site.app.ctx
  const [settings] = await db.select().from(backupSettings)
  const { frequency, hour, weekday, s3Bucket } = settings ?? {}
  return [
    { frequency, hour, weekday, s3Bucket },
    await db.select().from(webhooks),
    ...[await db.$count(webhookDeliveries), await db.$count(backups), await db.$count(restores)],
  ]
}

/** As a script of the page can, without seeing what comes back. */
async function post(page: Page, paths: readonly string[]): Promise<void> {
  await page.evaluate(
    async ([origin, all]) => {
      const body = () => new URLSearchParams({ url: 'https://evil.example.test/', confirm: 'RESTORE acme' })
      for (const path of all) {
        await fetch(origin + path, { method: 'POST', mode: 'no-cors', credentials: 'include', body: body() })
      }
    },
    [site.origin, paths] as const,
  )
}

/** As a person who is led to press a button does. */
async function submit(page: Page): Promise<void> {
  const leaves = page.waitForEvent('framenavigated')
  await page.evaluate(
    ([action, fields]) => {
      const form = Object.assign(document.createElement('form'), { method: 'post', action })
      for (const [name, value] of Object.entries(fields)) {
        form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
      }
      document.body.append(form)
      form.submit()
    },
    [site.origin + SCHEDULE.path, SCHEDULE.fields] as const,
  )
  await leaves
  await page.waitForLoadState()
}
