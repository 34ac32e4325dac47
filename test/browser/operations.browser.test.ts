import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { eq } from 'drizzle-orm'
import type { Browser, Page } from 'playwright-core'
import { auditLog } from '#core/audit/tables.ts'
import { startWorkers } from '#jobs/workers.ts'
import { addMs } from '#lib/clock.ts'
import { backups, restores } from '#platform/backups/tables.ts'
import { platformJobs } from '#platform/platform.ts'
import { webhookDeliveries } from '#platform/webhooks/tables.ts'
import { putRealBackup } from '#test/backups/room.ts'
import { makeGroup } from '#test/groups/arrange.ts'
import { openBrowser } from '#test/support/browser.ts'
import { startListener } from '#test/support/listener.ts'
import { OPEN_LOOPBACK } from '#test/webhooks/arrange.ts'
import { makeWebhookOf } from '#test/webhooks/rows.ts'
import { type Site, startSite } from './site.ts'

setDefaultTimeout(60_000)

const EXCERPT = `<script>alert('receiver')</script>"><img src=x onerror=alert(1)> \u202egnp`
const HALF_WAY = { rowsDone: 600, rows: 1204 }

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

/** What is left of the page that stood here when this was called: nothing after a reload. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { isMarked: true }))
  return () => page.evaluate(() => 'isMarked' in window)
}

function orgOf({ app, people }: Site) {
  return { app, orgId: people.admin.orgId, slug: 'acme', admin: people.admin }
}

describe('on the page of the backups', () => {
  test('the progress of a backup is shown while it goes on, and its end, without a reload', async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin')
    const [{ page }, { ctx }] = [visitor, site.app]
    await page.goto('/backups')
    const isTheSame = await mark(page)
    await page.getByRole('button', { name: 'Create backup' }).click()
    const row = page.getByRole('row').nth(1)
    await row.getByText('Running', { exact: true }).waitFor()
    await ctx.db.update(backups).set(HALF_WAY)
    await row.getByText('600 of 1,204 rows').waitFor()
    await using _workers = startWorkers(ctx, platformJobs)
    await row.getByText('Complete', { exact: true }).waitFor()
    await row.getByRole('button', { name: /^Actions for the backup of/ }).waitFor()
    expect(await isTheSame()).toBe(true)
    // The row is the same element as before, and asks no more.
    const asked = page.waitForRequest(/\/row$/, { timeout: 1_500 }).catch(() => 'nothing')
    expect(await asked).toBe('nothing')
    expect(visitor.faults()).toEqual([])
  })

  test('a restore is previewed, refused without its phrase, and followed step by step to its end', async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin')
    const [{ page }, { ctx }, org] = [visitor, site.app, orgOf(site)]
    await putRealBackup(org)
    await makeGroup(site.app, org.orgId, [], [], 'Night shift')
    await page.goto('/backups')
    await page.getByRole('button', { name: /^Actions for the backup of/ }).click()
    await page.getByRole('link', { name: 'Restore', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: /^Restore the backup of/ })
    const groups = dialog.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'groups', exact: true }) })
    await groups.waitFor()
    expect(await groups.getByRole('cell').allTextContents()).toEqual(['0', '0', '1'])
    const isTyped = () => dialog.getByRole('textbox').evaluate((field) => field === document.activeElement)
    expect(await isTyped()).toBe(true)
    const isTheSame = await mark(page)
    visitor.expectRefusal(400)
    await dialog.getByLabel('Type RESTORE acme to confirm').fill('restore acme')
    await page.keyboard.press('Enter')
    await dialog.getByText('Type RESTORE acme to restore this backup.').waitFor()
    expect(await dialog.getByRole('textbox').inputValue()).toBe('restore acme')
    expect(await isTyped()).toBe(true)
    expect([await isTheSame(), await ctx.db.$count(restores)]).toEqual([true, 0])

    await dialog.getByRole('textbox').fill('RESTORE acme')
    await dialog.getByRole('button', { name: 'Restore backup' }).click()
    await page.getByRole('heading', { name: 'A backup is being restored' }).waitFor()
    const hasReloaded = await mark(page)
    await ctx.db.update(restores).set({ step: 'loading', ...HALF_WAY })
    await page.locator('[aria-current=step]', { hasText: 'Checking and loading the backup' }).waitFor()
    await page.getByText('600 of 1,204 rows').waitFor()
    await using _workers = startWorkers(ctx, platformJobs)
    await page.getByText('The backup is restored').waitFor()
    expect(await hasReloaded()).toBe(true)
    await page.goto('/groups')
    expect(await page.getByRole('link', { name: 'Night shift' }).count()).toBe(0)
    expect(visitor.faults()).toEqual([])
  })

  test('what goes on leaves an open menu open, and the focus where it is', async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin')
    const { page } = visitor
    await putRealBackup(orgOf(site))
    await page.goto('/backups')
    const actions = page.getByRole('button', { name: /^Actions for the backup of/ })
    await actions.click()
    await page.getByRole('button', { name: 'Prove now' }).click()
    await page.getByText('Being proven', { exact: true }).waitFor()
    await actions.click()
    await page.getByRole('button', { name: 'Delete', exact: true }).focus()
    for (let count = 0; count < 2; count += 1) await page.waitForResponse(/\/backups\/\d+\/row$/)
    expect(await page.locator('.hf-popover:popover-open :focus').allInnerTexts()).toEqual(['Delete'])
    expect(visitor.faults()).toEqual([])
  })
})

for (const scripts of [true, false]) {
  const how = scripts ? 'in place' : 'without scripts, too'

  test(`a webhook is tested, its answer shown as text, and its secret replaced and shown once, ${how}`, async () => {
    await using receiver = await startListener({
      answer: (_, response) => response.writeHead(404).end(EXCERPT),
    })
    await using site = await startSite({ env: OPEN_LOOPBACK })
    await using visitor = await site.visit(browser, 'admin', { scripts })
    const { page, context } = visitor
    const id = await makeWebhookOf(site.app, site.people.admin, `http://127.0.0.1:${receiver.port}/hook`)
    await page.goto(`/webhooks/${id}`)
    await page.getByRole('button', { name: 'Send test' }).click()
    await page.getByText(/^The receiver answered 404 in \d+ ms$/).waitFor()
    expect(await page.locator('.hf-webhook-excerpt').textContent()).toBe(EXCERPT)
    expect(await page.locator('#main img').count()).toBe(0)

    await page.getByRole('button', { name: 'Replace secret' }).click()
    const question = page.getByRole('dialog', { name: 'Replace the signing secret?' })
    await question.getByRole('button', { name: 'Replace secret' }).click()
    const secret = await page.getByRole('textbox', { name: 'Signing secret' }).inputValue()
    expect(secret).toMatch(/^whsec_/)
    const copy = page.getByRole('button', { name: 'Copy', exact: true })
    expect(await copy.isVisible()).toBe(scripts)
    if (scripts) {
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      await copy.click()
      await page.getByRole('button', { name: 'Copied' }).waitFor()
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret)
    }
    await page.goto(`/webhooks/${id}`)
    expect((await page.content()).includes(secret)).toBe(false)
    await page.getByText(`whsec_…${secret.slice(-6)}`).waitFor()
    expect(visitor.faults()).toEqual([])
  })

  test(`deliveries are paged, filtered and sent again, and usage changes its period, ${how}`, async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin', { scripts })
    const [{ page }, { ctx }, { admin }] = [visitor, site.app, site.people]
    const id = await makeWebhookOf(site.app, admin)
    const [{ eventId, total }, log] = [
      await addDeliveries(site, id),
      page.locator('section', { hasText: 'Deliveries' }),
    ]
    await page.goto(`/webhooks/${id}`)
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.getByText(`${total - 50} deliveries on this page`).waitFor()
    await page.getByRole('link', { name: 'First page' }).click()
    await page.getByText('50 deliveries on this page').waitFor()
    await log.getByRole('link', { name: 'Refused' }).click()
    await page.getByText('1 delivery', { exact: true }).waitFor()
    await page.getByLabel('Event', { exact: true }).selectOption('invite.created')
    if (!scripts) await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByText('No delivery fits this filter.').waitFor()
    expect(new URL(page.url()).search).toBe('?status=failed&event=invite.created')
    await page.getByRole('link', { name: 'Clear filter' }).click()
    await log.getByRole('link', { name: 'Refused' }).click()
    await page.getByRole('button', { name: 'Send again' }).click()
    await page.getByText('The event is sent again.').waitFor()
    const again = (await ctx.db.select().from(webhookDeliveries)).filter((row) => row.state === 'waiting')
    expect(again).toMatchObject([{ eventId, webhookId: id }])

    await page.goto('/usage')
    await page.getByRole('navigation', { name: 'Period' }).getByRole('link', { name: 'Today' }).click()
    await page.waitForURL('/usage?period=today')
    await page.locator('[aria-current=page]', { hasText: 'Today' }).waitFor()
    expect(visitor.faults()).toEqual([])
  })
}

/** More than a page of them, the oldest failed; all are of one event that is kept. */
async function addDeliveries({ app: { ctx }, people }: Site, webhookId: number) {
  const { orgId } = people.admin
  const [event] = await ctx.db.select().from(auditLog).where(eq(auditLog.orgId, orgId))
  const { eventId, action: eventType } = event ?? { eventId: '', action: '' }
  const total = 53
  const rows = Array.from({ length: total }, (_, at) => ({
    ...{ id: ctx.random.uuid(), orgId, webhookId, eventId, eventType, origin: `redelivery:${at}` },
    ...{ state: at === 0 ? ('failed' as const) : ('delivered' as const), createdAt: addMs(ctx.clock.now(), at) },
  }))
  await ctx.db.insert(webhookDeliveries).values(rows)
  return { eventId, total }
}
