import { exactTime } from '#lib/format.ts'
import { type RenderedMail, renderMailHtml, renderMailText } from './mail-body.tsx'

export type PasswordResetMailProps = Readonly<{ resetUrl: string; expiresAt: Date }>

export function renderPasswordResetMail(props: PasswordResetMailProps): RenderedMail {
  const body = {
    title: 'Choose a new password',
    paragraphs: ['Someone, most likely you, asked for a new password for your Honeyframe account.'],
    action: { label: 'Choose a new password', url: props.resetUrl },
    notes: [
      `The link works once, until ${exactTime(props.expiresAt)}. Only the newest link counts.`,
      'You did not ask for it? Then ignore this mail: your password stays as it is.',
    ],
  }
  return { subject: 'Choose a new Honeyframe password', html: renderMailHtml(body), text: renderMailText(body) }
}
