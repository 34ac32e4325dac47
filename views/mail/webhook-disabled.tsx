import { oneLine, type RenderedMail, renderMailHtml, renderMailText } from './mail-body.tsx'

export type WebhookDisabledMailProps = Readonly<{
  orgName: string
  /** Where deliveries went. */
  url: string
  /** A sentence. */
  reason: string
  pageUrl: string
}>

export function renderWebhookDisabledMail({ orgName, url, reason, pageUrl }: WebhookDisabledMailProps): RenderedMail {
  const body = {
    title: `A webhook of ${orgName} is disabled`,
    paragraphs: [
      `Honeyframe no longer sends events to ${url}. ${reason}`,
      'Mend the receiver, enable the webhook, and replay what it missed: events are kept for 30 days.',
    ],
    action: { label: 'Open the webhook', url: pageUrl },
    notes: [`You get this mail because you are an admin of ${orgName}.`],
  }
  return {
    subject: oneLine(`A webhook of ${orgName} is disabled`),
    html: renderMailHtml(body),
    text: renderMailText(body),
  }
}
