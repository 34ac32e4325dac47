import { describe, expect, test } from 'bun:test'
import { makeOrg, makePerson, startTestApp, type TestApp } from '#test/support/app.ts'
import { openBrowser, openVisitor } from '#test/support/browser.ts'
import { documentOf, operationsOf } from './documented.ts'

const DRAWING_TIMEOUT_MS = 60_000

function serve(app: TestApp) {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => app.fetch(request.url, request),
  })
  return { origin: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.stop(true) }
}

describe('the page of the API reference', () => {
  test('shows every operation and tries one, from our own files and under the strict CSP', async () => {
    await using app = await startTestApp()
    await using server = serve(app)
    const { orgId } = await makeOrg(app.ctx)
    const { jwt } = await makePerson(app, orgId)
    const operations = operationsOf(await documentOf(app))
    await using browser = await openBrowser()
    await using visitor = await openVisitor(browser, server.origin)
    const { page } = visitor
    // The whole reference is drawn at once, which takes a busy machine its time.
    page.setDefaultTimeout(DRAWING_TIMEOUT_MS)
    await page.goto('/api/docs')
    await page.waitForSelector('.opblock')
    expect(await page.title()).toBe('API reference · Honeyframe')
    expect(await page.locator('.opblock').count()).toBe(operations.length)

    await page.locator('.authorize').first().click()
    await page.locator('.auth-container input').fill(jwt)
    await page.locator('.auth-btn-wrapper .authorize').click()
    await page.locator('.auth-btn-wrapper .btn-done').click()
    await page.locator('#operations-Account-getMe .opblock-summary-control').click()
    await page.locator('#operations-Account-getMe .try-out__btn').click()
    await page.locator('#operations-Account-getMe .execute').click()
    const answer = page.locator('#operations-Account-getMe .live-responses-table .response')
    expect(await answer.locator('.response-col_status').innerText()).toStartWith('200')
    expect(await answer.innerText()).toContain('is_superadmin')
    expect(visitor.faults()).toEqual([])
    expect(new Set(visitor.responses.map((response) => new URL(response.url()).origin))).toEqual(
      new Set([server.origin]),
    )
  }, 120_000)
})
