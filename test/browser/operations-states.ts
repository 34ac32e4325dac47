import type { Page } from 'playwright-core'
import { goto, pressOn, type State } from './states.ts'

/** Before anything was set up. */
export const STATES_BEFORE_OPERATIONS: readonly State[] = [
  { name: 'no webhooks', who: 'admin', reach: goto('/webhooks') },
  { name: 'the dialog for a webhook', who: 'admin', reach: (page) => openWebhookForm(page) },
  { name: 'a refused webhook', who: 'admin', refusals: [422], reach: (page) => makeWebhookWrongly(page) },
  { name: 'no backups', who: 'admin', reach: goto('/backups') },
]

/** With webhooks, deliveries, backups and a mail server. */
export const STATES_OF_OPERATIONS: readonly State[] = [
  { name: 'the webhooks', who: 'admin', reach: goto('/webhooks') },
  { name: 'a test that did not arrive', who: 'admin', reach: (page) => testWebhook(page) },
  { name: 'the attempts of a delivery', who: 'admin', reach: (page) => openAttempts(page) },
  { name: 'a filter of the deliveries', who: 'admin', reach: goto('/webhooks/1?status=dropped') },
  { name: 'a disabled webhook', who: 'admin', reach: goto('/webhooks/2') },
  {
    name: 'the dialog to disable a webhook',
    who: 'admin',
    reach: (page) => pressOn(page, '/webhooks/1', ['Disable']),
  },
  { name: 'the dialog to delete a webhook', who: 'admin', reach: (page) => pressOn(page, '/webhooks/1', ['Delete']) },
  { name: 'the dialog to replay events', who: 'admin', reach: (page) => pressOn(page, '/webhooks/1', ['Replay']) },
  {
    name: 'the dialog to end the old secret',
    who: 'admin',
    reach: (page) => pressOn(page, '/webhooks/1', ['End old secret']),
  },
  {
    name: 'a secret just replaced',
    who: 'admin',
    reach: (page) => replaceSecret(page),
  },
  { name: 'an event with its sample', who: 'admin', reach: (page) => openEvent(page) },
  { name: 'the backups', who: 'admin', reach: goto('/backups') },
  {
    name: 'a backup’s menu',
    who: 'admin',
    reach: (page) => pressOn(page, '/backups', [/^Actions for the backup of/]),
  },
  {
    name: 'the dialog to delete a backup',
    who: 'admin',
    reach: (page) => pressOn(page, '/backups', [/^Actions for the backup of/, 'Delete']),
  },
  {
    name: 'the dialog to remove the object store',
    who: 'admin',
    reach: (page) => pressOn(page, '/backups', ['Remove store']),
  },
  { name: 'a mail server whose password is lost', who: 'admin', reach: goto('/smtp') },
  { name: 'the dialog to remove the mail server', who: 'admin', reach: (page) => pressOn(page, '/smtp', ['Remove']) },
  { name: 'the usage by source', who: 'admin', reach: goto('/usage?period=today') },
]

async function openWebhookForm(page: Page): Promise<void> {
  await page.goto('/webhooks')
  await page.getByRole('link', { name: 'New webhook' }).first().click()
  await page.getByRole('dialog', { name: 'New webhook' }).waitFor()
}

async function makeWebhookWrongly(page: Page): Promise<void> {
  await openWebhookForm(page)
  await page.getByText('Only some events').click()
  await page.getByLabel('Address').fill('javascript:alert(1)')
  await page.getByRole('button', { name: 'Make webhook' }).click()
  await page.locator('.hf-fault').waitFor()
}

async function testWebhook(page: Page): Promise<void> {
  await page.goto('/webhooks')
  await page.getByRole('button', { name: 'Send test' }).last().click()
  await page.getByText('The test did not arrive').waitFor()
}

async function openAttempts(page: Page): Promise<void> {
  await page.goto('/webhooks/1')
  for (const summary of await page.getByText('1 attempt', { exact: true }).all()) await summary.click()
  await page.locator('.hf-webhook-attempts').last().waitFor()
}

async function openEvent(page: Page): Promise<void> {
  await page.goto('/webhooks/events')
  await page.locator('summary').first().click()
  await page
    .getByLabel(/^Sample of/)
    .first()
    .waitFor()
}

async function replaceSecret(page: Page): Promise<void> {
  await pressOn(page, '/webhooks/2', ['Replace secret'])
  await page.getByRole('dialog').getByRole('button', { name: 'Replace secret' }).click()
  await page.getByRole('textbox', { name: 'Signing secret' }).waitFor()
}
