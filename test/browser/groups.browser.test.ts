import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eq, like } from 'drizzle-orm'
import type { Browser, Page } from 'playwright-core'
import { groups } from '#core/access/tables.ts'
import { auditLog } from '#core/audit/tables.ts'
import { addGrant, grantsIn, makeGroup, peopleIn } from '#test/groups/arrange.ts'
import { NARROW, openBrowser, stickingOut, WIDE } from '#test/support/browser.ts'
import { startSite } from './site.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

function rowOf(page: Page, name: string) {
  return page.locator('tr', { has: page.getByRole('link', { name, exact: true }) })
}

function toggleOf(page: Page, group: string, words: string) {
  return rowOf(page, group).getByRole('button', { name: words, exact: true })
}

for (const scripts of [true, false]) {
  const how = scripts ? 'in place' : 'without scripts, too'

  test(`a permission is given and taken by its cell, ${how}`, async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin', { scripts })
    const { app, people } = site
    const [team, other] = [
      await makeGroup(app, people.admin.orgId, [], [people.viewer], 'Team'),
      await makeGroup(app, people.admin.orgId, ['audit.read'], [], 'Audit'),
    ]
    const { page } = visitor
    await page.goto('/groups')
    const cell = toggleOf(page, 'Team', 'See members and invitations')
    expect(await cell.getAttribute('aria-pressed')).toBe('false')
    await cell.press('Enter')
    await page.locator('.hf-grant-given').nth(2).waitFor()
    expect(await cell.getAttribute('aria-pressed')).toBe('true')
    expect([await grantsIn(app, team), await grantsIn(app, other)]).toEqual([['member.read'], ['audit.read']])
    if (scripts) {
      // The focus stays on the switch, and a reader hears what happened.
      expect(await cell.evaluate((button) => button === document.activeElement)).toBe(true)
      expect(await page.locator('#live').textContent()).toBe('Team may now see members and invitations.')
    } else {
      await page.getByText('Team may now see members and invitations.').waitFor()
    }
    await cell.click()
    await page.locator('.hf-grant-given').nth(2).waitFor({ state: 'detached' })
    expect([await grantsIn(app, team), await grantsIn(app, other)]).toEqual([[], ['audit.read']])
    expect(await app.ctx.db.$count(auditLog, like(auditLog.action, 'group.permission%'))).toBe(2)
    expect(visitor.faults()).toEqual([])
  }, 60_000)

  test(`a group is made, given a typed permission for one group, filled and deleted, ${how}`, async () => {
    await using site = await startSite()
    await using visitor = await site.visit(browser, 'admin', { scripts })
    const { app, people } = site
    const { page } = visitor
    await page.goto('/groups')
    await page.getByRole('link', { name: 'New group' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Leads')
    await page.getByRole('button', { name: 'Make group' }).click()
    await page.getByRole('link', { name: 'Leads', exact: true }).waitFor()
    visitor.expectRefusal(422)
    await page.getByLabel('Group', { exact: true }).selectOption({ label: 'Leads' })
    await page.getByLabel('Permission', { exact: true }).fill('group.edit.all')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByText('There is no such permission.').waitFor()
    expect(await page.getByLabel('Permission', { exact: true }).inputValue()).toBe('group.edit.all')
    await page.getByLabel('Permission', { exact: true }).fill('group.edit')
    await page.getByLabel('Only for').selectOption({ label: 'Group Leads' })
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await rowOf(page, 'Leads').getByText('Change the name and people of Leads').waitFor()
    await page.getByRole('link', { name: 'Leads', exact: true }).click()
    await page.getByLabel('Name or e-mail', { exact: true }).fill('vera@acme.test')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('cell', { name: 'Vera Viewer' }).waitFor()
    const [{ id } = { id: 0 }] = await app.ctx.db.select().from(groups).where(eq(groups.name, 'Leads'))
    expect([await grantsIn(app, id), await peopleIn(app, id)]).toEqual([
      [`group.edit@group:${id}`],
      [people.viewer.userId],
    ])
    await page.goto('/groups')
    await page.getByRole('button', { name: 'Actions for Leads' }).click()
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    const question = page.getByRole('dialog', { name: 'Delete the group Leads?' })
    expect(await question.textContent()).toContain('1 person loses what it gives')
    await question.getByRole('button', { name: 'Delete group' }).click()
    await page.getByText('The group Leads is deleted.').waitFor()
    expect(await page.getByRole('link', { name: 'Leads', exact: true }).count()).toBe(0)
    expect(visitor.faults()).toEqual([])
  }, 60_000)
}

test('the last way to org.admin stays, and the row says so', async () => {
  await using site = await startSite()
  await using visitor = await site.visit(browser, 'admin')
  const { app, people } = site
  const { admin, newcomer } = people
  const owners = await makeGroup(app, admin.orgId, ['org.admin', 'group.read'], [admin], 'Owners')
  for (const { userId } of [newcomer, admin]) {
    const asked = { method: 'PATCH', headers: { ...admin.bearer, 'content-type': 'application/json' } }
    await app.fetch(`/api/members/${userId}`, { ...asked, body: '{"role":"viewer"}' })
  }
  const { page } = visitor
  visitor.expectRefusal(409)
  await page.goto('/groups')
  await toggleOf(page, 'Owners', 'Everything in this organization').click()
  await page.getByText('An organization keeps at least one admin.').waitFor()
  expect(await toggleOf(page, 'Owners', 'Everything in this organization').getAttribute('aria-pressed')).toBe('true')
  expect(await grantsIn(app, owners)).toEqual(['group.read', 'org.admin'])
  expect(visitor.faults()).toEqual([])
}, 60_000)

test('whoever holds part of it moves these switches only, and a reader none; nothing sticks out', async () => {
  await using site = await startSite()
  await using visitor = await site.visit(browser, 'viewer')
  const { app, people } = site
  const { viewer } = people
  const own = await makeGroup(app, viewer.orgId, ['group.read'], [viewer], 'Readers')
  const { page } = visitor
  await page.goto('/groups')
  expect(await page.locator('.hf-matrix button').count()).toBe(0)
  await addGrant(app, viewer.orgId, own, 'group.edit')
  await page.reload()
  expect(await rowOf(page, 'Readers').locator('button.hf-grant:enabled').count()).toBe(2)
  const shut = toggleOf(page, 'Readers', 'Everything in this organization')
  expect([await shut.isDisabled(), await shut.getAttribute('title')]).toEqual([
    true,
    'Everything in this organization: you do not hold this yourself',
  ])
  for (const size of [WIDE, { width: 1000, height: 700 }, NARROW]) {
    await page.setViewportSize(size)
    expect([size.width, await stickingOut(page)]).toEqual([size.width, []])
  }
  // He takes his own way in from himself, and is led to a page that is still his.
  await toggleOf(page, 'Readers', 'See groups and their permissions').click()
  await page.waitForURL('**/account')
  expect(await grantsIn(app, own)).toEqual(['group.edit'])
  expect(visitor.faults()).toEqual([])
}, 60_000)
