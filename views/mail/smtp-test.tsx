import { oneLine, type RenderedMail, renderMailHtml, renderMailText } from './mail-body.tsx'

export type SmtpTestMailProps = Readonly<{ sentBy: string; url: string }>

export function renderSmtpTestMail({ sentBy, url }: SmtpTestMailProps): RenderedMail {
  const body = {
    title: 'The mail server works',
    paragraphs: [
      `${oneLine(sentBy)} sent this mail to try a mail server. It has come to you, so invitations and password resets will, too.`,
    ],
    action: { label: 'Open the settings', url },
    notes: ['You know nothing of this? Then ignore this mail: it asks nothing of you.'],
  }
  return { subject: 'Test of the mail server', html: renderMailHtml(body), text: renderMailText(body) }
}
