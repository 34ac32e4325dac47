import { oneLine, type RenderedMail, renderMailHtml, renderMailText } from './mail-body.tsx'

export type NoticeMailProps = Readonly<{
  orgName: string
  /** Without the org's name. */
  subject: string
  lines: readonly string[]
  url: string
}>

export function renderNoticeMail({ orgName, subject, lines, url }: NoticeMailProps): RenderedMail {
  const body = {
    title: subject,
    paragraphs: lines,
    action: { label: 'Open Honeyframe', url },
    notes: [`You get this mail as an admin of ${orgName}.`],
  }
  return { subject: oneLine(`${orgName}: ${subject}`), html: renderMailHtml(body), text: renderMailText(body) }
}
