import type { Locator, Page } from 'playwright-core'

/** What people do on the pages. Each works with scripts and without, and waits for what a person would see happen. */

const SEEN_WAIT_MS = 20_000

export type Who = Readonly<{ name: string; email: string; password: string }>

/** Waits until the page shows a sentence. */
export async function reads(page: Page, words: string): Promise<void> {
  await page.getByText(words, { exact: true }).filter({ visible: true }).first().waitFor()
}

export async function fill(place: Page | Locator, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await place.getByLabel(label, { exact: true }).fill(value)
}

export async function press(place: Page | Locator, button: string): Promise<void> {
  await place.getByRole('button', { name: button, exact: true }).click()
}

/** Makes the first admin and the org Acme by the setup link. */
export async function setUp(page: Page, link: string, { name, email, password }: Who): Promise<void> {
  await page.goto(link)
  await fill(page, { Organization: 'Acme', 'Your name': name, 'E-mail': email, Password: password })
  await press(page, 'Set up and sign in')
  await page.waitForURL('/members')
}

export async function signIn(page: Page, { email, password }: Who): Promise<void> {
  await fill(page, { 'E-mail': email, Password: password })
  await press(page, 'Sign in')
}

export async function signOut(page: Page, { name }: Who): Promise<void> {
  await press(page, `Account of ${name}`)
  await press(page, 'Sign out')
  await reads(page, 'You are signed out.')
}

/** The links of the side bar. */
export async function menuOf(page: Page): Promise<string[]> {
  return await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts()
}

/** Opens the dialog on the members page, fills it in and sends it. */
export async function invite(page: Page, email: string, role: string): Promise<void> {
  const dialog = await openInvite(page)
  await fill(dialog, { 'E-mail': email })
  await dialog.getByRole('radio', { name: new RegExp(`^${role}`) }).check()
  await press(dialog, 'Send invitation')
}

export async function openInvite(page: Page): Promise<Locator> {
  await page.getByRole('link', { name: 'Invite people' }).first().click()
  const dialog = page.getByRole('dialog', { name: /^Invite someone to/ })
  await dialog.waitFor()
  return dialog
}

/** The row of a list that names somebody or something. */
export function row(page: Page, words: string): Locator {
  return page.getByRole('row').filter({ hasText: words })
}

/** Opens the menu at the end of a row and chooses from it. */
export async function choose(page: Page, who: string, action: string): Promise<void> {
  await press(page, `Actions for ${who}`)
  await press(row(page, who), action)
}

export async function giveRole(page: Page, who: string, role: string): Promise<void> {
  await choose(page, who, 'Change role')
  const dialog = page.getByRole('dialog', { name: `Change the role of ${who}` })
  await dialog.getByRole('combobox').selectOption(role)
  await press(dialog, 'Change role')
  await reads(page, `${who} has the role ${role} now.`)
}

export async function makeToken(page: Page, name: string): Promise<string> {
  await fill(page, { Name: name })
  await press(page, 'Make token')
  return await page.getByLabel('Token', { exact: true }).inputValue()
}

/** Looks at a page again until it shows a text. */
export async function seen(page: Page, path: string, words: string): Promise<void> {
  const end = performance.now() + SEEN_WAIT_MS
  for (;;) {
    await page.goto(path)
    if ((await page.getByText(words, { exact: true }).filter({ visible: true }).count()) > 0) return
    if (performance.now() > end) throw new Error(`${path} never showed ${words}`)
  }
}

export async function makeGroup(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'New group' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New group' })
  await fill(dialog, { Name: name })
  await press(dialog, 'Make group')
  await page.getByRole('link', { name }).first().waitFor()
}
