import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Browser } from 'playwright-core'
import { violations } from '#test/support/accessibility.ts'
import { NARROW, openBrowser, stickingOut, WIDE } from '#test/support/browser.ts'
import { change, rowOf, signIn } from '#test/users/arrange.ts'
import { startSite } from './site.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

for (const scripts of [true, false]) {
  const how = scripts ? 'in place' : 'without scripts, too'
  test(`a password is reset after a question and shown once to pass on, ${how}`, async () => {
    await using site = await startSite({ hasRelay: false })
    await using visitor = await site.visit(browser, 'admin', { scripts })
    const { page } = visitor
    await page.goto('/users')
    await page.getByRole('button', { name: 'Actions for Vera Viewer' }).click()
    await page.getByRole('button', { name: 'Reset password', exact: true }).first().click()
    const question = page.getByRole('dialog', { name: 'Reset the password of Vera Viewer?' })
    expect(await question.textContent()).toContain('pass on to vera@acme.test')
    await question.getByRole('button', { name: 'Reset password' }).click()
    const password = await page.getByLabel('Temporary password').inputValue()
    expect(await page.getByRole('row', { name: /Vera Viewer/ }).textContent()).toContain('Reset due')
    for (const size of [NARROW, WIDE]) {
      await page.setViewportSize(size)
      expect([size.width, await stickingOut(page)]).toEqual([size.width, []])
      if (scripts) expect(await violations(page)).toEqual([])
    }
    expect((await signIn(site.app, 'vera@acme.test', password)).body).toMatchObject({ must_reset_password: true })
    await page.goto('/users')
    expect(await page.getByLabel('Temporary password').count()).toBe(0)
    expect(visitor.faults()).toEqual([])
  }, 60_000)

  test(`an account is renamed, deactivated after a question and activated again, ${how}`, async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin', { scripts })
    const { page } = visitor
    const { viewer } = site.people
    const menu = async (name: string, item: string) => {
      await page.getByRole('button', { name: `Actions for ${name}` }).click()
      await page.locator('.hf-popover:popover-open').getByRole('button', { name: item }).click()
    }
    await page.goto('/users?q=ver')
    await menu('Vera Viewer', 'Rename')
    const dialog = page.getByRole('dialog', { name: 'Rename Vera Viewer' })
    await dialog.getByLabel('Name').fill('Vera Verona')
    await dialog.getByRole('button', { name: 'Rename' }).click()
    await page.getByText('vera@acme.test is called Vera Verona now.').waitFor()
    await menu('Vera Verona', 'Deactivate')
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    await page.getByText('Vera Verona can no longer sign in.').waitFor()
    expect((await rowOf(site.app, viewer)).isActive).toBe(false)
    await menu('Vera Verona', 'Activate')
    await page.getByText('Vera Verona can sign in again.').waitFor()
    expect((await rowOf(site.app, viewer)).isActive).toBe(true)
    expect(new URL(page.url()).search).toBe('?q=ver')
    expect(visitor.faults()).toEqual([])
  }, 60_000)
}

test('the search narrows while one types, and the tabs lead to each state and to every organization', async () => {
  await using site = await startSite()
  await using visitor = await site.visit(browser, 'admin')
  const { page } = visitor
  await change(site.app, site.people.admin, { isSuperadmin: true })
  await page.goto('/users')
  await page.getByLabel('Search name or e-mail').pressSequentially('vera')
  await page.getByText('1 account', { exact: true }).first().waitFor()
  expect(await page.getByRole('row').count()).toBe(2)
  expect(await page.getByLabel('Search name or e-mail').inputValue()).toBe('vera')
  await page.goto('/users')
  await page.getByRole('link', { name: 'Every organization' }).click()
  await page.getByText('kim@elsewhere.test', { exact: true }).waitFor()
  await page.getByRole('link', { name: /^Deactivated/ }).click()
  await page.getByText('No deactivated accounts').waitFor()
  expect(visitor.faults()).toEqual([])
}, 60_000)
