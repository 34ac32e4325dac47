import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { users } from '#core/tenancy/tables.ts'
import { PASSWORD } from '#test/support/app.ts'
import { INVITE_TOKEN, KNOWN_INVITE_TOKEN, RESET_TOKEN, type Site, type Somebody } from './site.ts'

/** A page in one of its states: who sees it, and what he did to get there. */
export type State = Readonly<{
  name: string
  who: Somebody
  /** Every refusal on the way, the page's own included. */
  refusals?: readonly number[]
  reach: (page: Page, site: Site) => Promise<unknown>
}>

export const goto = (path: string) => (page: Page) => page.goto(path)

export const STATES: readonly State[] = [
  { name: 'the sign-in', who: 'nobody', reach: goto('/login?email=ada%40acme.test') },
  { name: 'a refused sign-in', who: 'nobody', refusals: [401], reach: (page) => signInWrongly(page) },
  { name: 'the form for a forgotten password', who: 'nobody', reach: goto('/forgot-password') },
  {
    name: 'a reset link on its way',
    who: 'nobody',
    reach: (page) => askForReset(page, 'ada@acme.test', 'Look in your inbox'),
  },
  {
    name: 'a reset link for no address',
    who: 'nobody',
    refusals: [422],
    reach: (page) => askForReset(page, `${'a'.repeat(65)}@acme.test`, 'This is not an e-mail address.'),
  },
  { name: 'a new password by mail', who: 'nobody', reach: goto(`/reset-password?token=${RESET_TOKEN}`) },
  { name: 'a reset link that is gone', who: 'nobody', refusals: [410], reach: goto('/reset-password?token=other') },
  { name: 'a setup link that is gone', who: 'nobody', refusals: [410], reach: goto('/setup?token=other') },
  { name: 'an invitation of somebody new', who: 'nobody', reach: goto(`/accept-invite?token=${INVITE_TOKEN}`) },
  {
    name: 'an invitation refused for its password',
    who: 'nobody',
    refusals: [422],
    reach: (page) => acceptWrongly(page),
  },
  { name: 'an invitation of somebody known', who: 'nobody', reach: goto(`/accept-invite?token=${KNOWN_INVITE_TOKEN}`) },
  { name: 'one’s own invitation, signed in', who: 'known', reach: goto(`/accept-invite?token=${KNOWN_INVITE_TOKEN}`) },
  { name: 'somebody else’s invitation', who: 'viewer', reach: goto(`/accept-invite?token=${KNOWN_INVITE_TOKEN}`) },
  { name: 'an invitation that is gone', who: 'nobody', refusals: [410], reach: goto('/accept-invite?token=other') },
  { name: 'the members', who: 'admin', reach: goto('/members') },
  { name: 'a member’s menu', who: 'admin', reach: (page) => pressOn(page, '/members', ['Actions for Vera Viewer']) },
  {
    name: 'an invitation’s menu',
    who: 'admin',
    reach: (page) => pressOn(page, '/members', ['Actions for rin@acme.test']),
  },
  {
    name: 'the dialog for a role',
    who: 'admin',
    reach: (page) => pressOn(page, '/members', ['Actions for Vera Viewer', 'Change role']),
  },
  {
    name: 'the dialog to remove a member',
    who: 'admin',
    reach: (page) => pressOn(page, '/members', ['Actions for Vera Viewer', /^Remove from/]),
  },
  {
    name: 'the dialog to revoke an invitation',
    who: 'admin',
    reach: (page) => pressOn(page, '/members', ['Actions for rin@acme.test', 'Revoke invitation']),
  },
  { name: 'the dialog to invite', who: 'admin', reach: (page) => openInvite(page) },
  { name: 'a refused invitation', who: 'admin', refusals: [409], reach: (page) => inviteAgain(page) },
  {
    name: 'a resend that failed',
    who: 'admin',
    reach: (page) => pressOn(page, '/members', ['Actions for gone@acme.test', 'Resend', 'Dismiss']),
  },
  { name: 'the expired invitations', who: 'admin', reach: goto('/members?filter=expired') },
  { name: 'a search for nobody', who: 'admin', reach: goto('/members?q=zzz') },
  { name: 'the mail server', who: 'admin', reach: goto('/smtp') },
  { name: 'a refused mail server', who: 'admin', refusals: [422], reach: (page) => saveServerWrongly(page) },
  { name: 'the groups', who: 'admin', reach: goto('/groups') },
  { name: 'a search for no group', who: 'admin', reach: goto('/groups?q=zzz') },
  { name: 'the dialog for a group', who: 'admin', reach: goto('/groups?create=1') },
  { name: 'a group’s menu', who: 'admin', reach: (page) => pressOn(page, '/groups', ['Actions for Sales']) },
  {
    name: 'the dialog to rename a group',
    who: 'admin',
    reach: (page) => pressOn(page, '/groups', ['Actions for Sales', 'Rename']),
  },
  {
    name: 'the dialog to delete a group',
    who: 'admin',
    reach: (page) => pressOn(page, '/groups', ['Actions for Sales', 'Delete']),
  },
  { name: 'a permission that does not exist', who: 'admin', refusals: [422], reach: (page) => giveWrongly(page) },
  { name: 'the people of a group', who: 'admin', reach: goto('/groups/1') },
  { name: 'the dialog to take somebody out', who: 'admin', reach: (page) => pressOn(page, '/groups/1', ['Remove']) },
  { name: 'nobody of that name', who: 'admin', refusals: [422], reach: (page) => addWrongly(page) },
  { name: 'the users', who: 'admin', reach: goto('/users') },
  {
    name: 'a user’s menu',
    who: 'admin',
    reach: (page) => pressOn(page, '/users', ['Actions for Vera Viewer']),
  },
  {
    name: 'the dialog to rename a user',
    who: 'admin',
    reach: (page) => pressOn(page, '/users', ['Actions for Vera Viewer', 'Rename']),
  },
  {
    name: 'the dialog to reset a user’s password',
    who: 'admin',
    reach: (page) => pressOn(page, '/users', ['Actions for Vera Viewer', 'Reset password']),
  },
  {
    name: 'the dialog to deactivate a user',
    who: 'admin',
    reach: (page) => pressOn(page, '/users', ['Actions for Vera Viewer', 'Deactivate']),
  },
  { name: 'no deactivated users', who: 'admin', reach: goto('/users?filter=deactivated') },
  { name: 'the health', who: 'admin', reach: (page) => showHealthData(page) },
  { name: 'the health of 90 days', who: 'admin', reach: goto('/health?range=90d') },
  { name: 'the alerts, switched on', who: 'admin', reach: (page) => switchAlertsOn(page) },
  { name: 'the audit log', who: 'admin', reach: goto('/audit-log') },
  { name: 'an event’s details', who: 'admin', reach: (page) => openDetails(page) },
  { name: 'a filter of the audit log', who: 'admin', reach: (page) => filterEvents(page) },
  { name: 'a refused filter', who: 'admin', refusals: [422], reach: goto('/audit-log?actor=ada&from=soon') },
  { name: 'no event of that kind', who: 'admin', reach: goto('/audit-log?action=audit.trimmed') },
  { name: 'the usage', who: 'admin', reach: goto('/usage') },
  {
    name: 'the usage of all time',
    who: 'admin',
    reach: (page) => pressOn(page, '/usage?period=all', ['Refresh storage']),
  },
  { name: 'the account menu', who: 'admin', reach: (page) => pressOn(page, '/account', [/^Account of/]) },
  { name: 'the theme menu', who: 'admin', reach: (page) => pressOn(page, '/account', ['Theme']) },
  { name: 'the account', who: 'viewer', reach: goto('/account') },
  {
    name: 'a refused change of password',
    who: 'admin',
    refusals: [403],
    reach: (page) => changePassword(page, 'not it', 'a new one for the day'),
  },
  {
    name: 'a password that is too short',
    who: 'admin',
    refusals: [422],
    reach: (page) => changePassword(page, PASSWORD, 'short'),
  },
  {
    name: 'the dialog to sign out everywhere',
    who: 'admin',
    reach: (page) => pressOn(page, '/account', ['Sign out everywhere']),
  },
  { name: 'a password that is due', who: 'viewer', reach: (page, site) => meetDuePassword(page, site) },
  { name: 'no tokens', who: 'newcomer', reach: goto('/tokens') },
  { name: 'the tokens', who: 'admin', reach: goto('/tokens') },
  { name: 'a token just made', who: 'newcomer', reach: (page) => makeToken(page) },
  { name: 'the dialog to revoke a token', who: 'admin', reach: (page) => pressOn(page, '/tokens', ['Revoke']) },
  { name: 'the organizations', who: 'admin', reach: goto('/orgs') },
  { name: 'every organization', who: 'operator', reach: goto('/orgs') },
  { name: 'a search for no organization', who: 'operator', reach: goto('/orgs?q=zzz') },
  { name: 'the dialog for a new organization', who: 'operator', reach: (page) => nameNewOrg(page) },
  { name: 'a slug that is taken', who: 'operator', refusals: [409], reach: (page) => takeSlug(page) },
  { name: 'the settings of the organization', who: 'admin', reach: goto('/settings/organization') },
  { name: 'a logo that is none', who: 'admin', refusals: [422], reach: (page) => uploadNonsense(page) },
  { name: 'a page that is not his', who: 'viewer', refusals: [403], reach: goto('/members') },
  { name: 'a page that is not there', who: 'admin', refusals: [404], reach: goto('/nowhere') },
]

/** What only an install without a relay shows. */
export const STATES_WITHOUT_RELAY: readonly State[] = [
  { name: 'a temporary password', who: 'admin', reach: (page) => resetPassword(page) },
  { name: 'an invitation as a link', who: 'admin', reach: (page) => inviteByLink(page) },
  { name: 'the form for a forgotten password, without mail', who: 'nobody', reach: goto('/forgot-password') },
]

/** Pages of an install in trouble: its clock stands, so a bucket once empty stays so, and its invitations cannot be read. */
export const STATES_IN_TROUBLE: readonly State[] = [
  {
    name: 'a body that is too large',
    who: 'nobody',
    refusals: [413],
    reach: (page) => send(page, '/login', 'x'.repeat(300_000)),
  },
  { name: 'too many requests', who: 'nobody', refusals: [429], reach: (page, site) => askTooOften(page, site) },
  { name: 'something broken', who: 'admin', refusals: [500], reach: (page, site) => breakInvites(page, site) },
]

export async function pressOn(page: Page, path: string, buttons: readonly (string | RegExp)[]): Promise<void> {
  await page.goto(path)
  for (const name of buttons) {
    const found = page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name })
    // The last press of a list may only be there to be seen.
    if (name === 'Dismiss') await found.first().waitFor()
    else await found.first().click()
  }
}

async function giveWrongly(page: Page): Promise<void> {
  await page.goto('/groups')
  await page.getByLabel('Permission', { exact: true }).fill('member.rule')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.locator('.hf-fault').waitFor()
}

async function addWrongly(page: Page): Promise<void> {
  await page.goto('/groups/1')
  await page.getByLabel('Name or e-mail', { exact: true }).fill('Nobody')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await page.locator('.hf-fault').waitFor()
}

async function signInWrongly(page: Page): Promise<void> {
  await page.goto('/login?next=%2Fmembers')
  await page.getByLabel('E-mail', { exact: true }).fill('ada@acme.test')
  await page.getByLabel('Password', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('alert').waitFor()
}

async function askForReset(page: Page, email: string, words: string): Promise<void> {
  await page.goto('/forgot-password')
  await page.getByLabel('E-mail', { exact: true }).fill(email)
  await page.getByRole('button', { name: 'Send reset link' }).click()
  await page.getByText(words).waitFor()
}

async function acceptWrongly(page: Page): Promise<void> {
  await page.goto(`/accept-invite?token=${INVITE_TOKEN}`)
  await page.getByLabel('Your name').fill('Rin')
  await page.getByLabel('Choose a password').fill('short')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.locator('.hf-fault').first().waitFor()
}

async function showHealthData(page: Page): Promise<void> {
  await page.goto('/health')
  await page.getByText('Show data', { exact: true }).click()
  await page.getByRole('table').waitFor()
}

async function switchAlertsOn(page: Page): Promise<void> {
  await page.goto('/health')
  await page.getByLabel('Mail the admins of this organization').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Admins get a mail when something fails.').waitFor()
}

async function openDetails(page: Page): Promise<void> {
  await page.goto('/audit-log')
  await page.getByText('Details', { exact: true }).first().click()
  await page.getByLabel('Id of the event').first().waitFor()
}

async function filterEvents(page: Page): Promise<void> {
  await page.goto('/audit-log')
  await page.getByLabel('Action', { exact: true }).selectOption('group.renamed')
  await page.waitForURL(/action=group.renamed/)
  await page.getByRole('searchbox').fill('vera')
  await page.waitForURL(/q=vera/)
  await page.getByText(/^Renamed the group/).waitFor()
}

async function openInvite(page: Page): Promise<void> {
  await page.goto('/members')
  await page.getByRole('link', { name: 'Invite people' }).click()
  await page.getByRole('dialog').waitFor()
}

async function inviteAgain(page: Page): Promise<void> {
  await openInvite(page)
  await page.getByRole('dialog').getByLabel('E-mail', { exact: true }).fill('rin@acme.test')
  await page.getByRole('button', { name: 'Send invitation' }).click()
  await page.locator('.hf-fault').waitFor()
}

async function inviteByLink(page: Page): Promise<void> {
  await openInvite(page)
  await page.getByRole('dialog').getByLabel('E-mail', { exact: true }).fill('linked@acme.test')
  await page.getByRole('button', { name: 'Make the link' }).click()
  await page.locator('#issued-link').waitFor()
}

async function resetPassword(page: Page): Promise<void> {
  await pressOn(page, '/users', ['Actions for Vera Viewer', 'Reset password'])
  await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click()
  await page.locator('#temporary-password').waitFor()
}

async function changePassword(page: Page, old: string, fresh: string): Promise<void> {
  await page.goto('/account')
  await page.getByLabel('Current password').fill(old)
  await page.getByLabel('New password').fill(fresh)
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.locator('.hf-fault, .alert').first().waitFor()
}

async function meetDuePassword(page: Page, { app, people }: Site): Promise<void> {
  const isDue = (mustResetPassword: boolean) =>
    app.ctx.db.update(users).set({ mustResetPassword }).where(eq(users.id, people.viewer.userId))
  await isDue(true)
  await page.goto('/account')
  await page.getByRole('heading', { name: 'Choose your own password' }).waitFor()
  await isDue(false)
}

async function makeToken(page: Page): Promise<void> {
  await page.goto('/tokens')
  await page.getByLabel('Name', { exact: true }).fill('laptop')
  await page.getByRole('button', { name: 'Make token' }).click()
  await page.getByLabel('Token', { exact: true }).waitFor()
}

async function nameNewOrg(page: Page): Promise<void> {
  await page.goto('/orgs')
  await page.getByRole('link', { name: 'New organization' }).click()
  const dialog = page.getByRole('dialog', { name: 'New organization' })
  await dialog.getByLabel('Name', { exact: true }).fill('Acme & Söhne')
  await dialog.getByLabel('Name', { exact: true }).blur()
  await dialog.locator('#new-org-slug[value="acme-sohne"]').waitFor()
}

async function takeSlug(page: Page): Promise<void> {
  await nameNewOrg(page)
  await page.getByLabel(/^Slug/).fill('acme')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByText('Another organization has this slug.').waitFor()
}

async function uploadNonsense(page: Page): Promise<void> {
  await page.goto('/settings/organization')
  const file = { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from('no picture') }
  await page.getByLabel('Picture').setInputFiles(file)
  await page.getByRole('button', { name: 'Upload' }).click()
  await page.locator('.hf-fault').waitFor()
}

/** Sends a form as a browser without htmx does. */
async function send(page: Page, path: string, text: string): Promise<void> {
  await page.goto('/login')
  const leaves = page.waitForEvent('framenavigated')
  await page.evaluate(
    ([action, value]) => {
      const form = document.createElement('form')
      Object.assign(form, { method: 'post', action })
      const field = Object.assign(document.createElement('input'), { type: 'hidden', name: 'username', value })
      form.append(field)
      document.body.append(form)
      form.submit()
    },
    [path, text] as const,
  )
  await leaves
  await page.waitForLoadState()
}

async function askTooOften(page: Page, { origin }: Site): Promise<void> {
  for (let count = 0; count < 20; count += 1) await fetch(`${origin}/theme`, { method: 'POST', redirect: 'manual' })
  await send(page, '/theme', '')
}

async function breakInvites(page: Page, { app }: Site): Promise<void> {
  await app.ctx.db.migration(async (run) => {
    await run('alter table invites rename to elsewhere')
  })
  await page.goto('/members')
}

async function saveServerWrongly(page: Page): Promise<void> {
  await page.goto('/smtp')
  await page.getByLabel('Host', { exact: true }).fill('https://mail.acme.test')
  for (const label of ['User name', 'Sender']) await page.getByLabel(label).fill('relay')
  await page.getByLabel('Password', { exact: true }).fill('anything')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('This is no name of a host').waitFor()
}
