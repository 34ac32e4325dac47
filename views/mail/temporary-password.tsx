import { exactTime } from '#lib/format.ts'
import { oneLine, type RenderedMail, renderMailHtml, renderMailText } from './mail-body.tsx'

export type TemporaryPasswordMailProps = Readonly<{
  /** Who reset the password. */
  resetBy: string
  password: string
  signInUrl: string
  expiresAt: Date
}>

export function renderTemporaryPasswordMail(props: TemporaryPasswordMailProps): RenderedMail {
  const body = {
    title: 'Your temporary password',
    paragraphs: [`${oneLine(props.resetBy)} reset the password of your Honeyframe account. Sign in with this one:`],
    code: props.password,
    action: { label: 'Sign in', url: props.signInUrl },
    notes: [
      `It works until ${exactTime(props.expiresAt)}, and the first thing you do with it is to choose your own.`,
      'Your old password and your open sessions no longer work. Keep this mail to yourself.',
    ],
  }
  return { subject: 'Your temporary Honeyframe password', html: renderMailHtml(body), text: renderMailText(body) }
}
