import type { Role } from '#core/access/roles.ts'
import { exactTime } from '#lib/format.ts'
import { ROLE_WORDS, roleSentence } from '#views/members/role.tsx'
import { oneLine, type RenderedMail, renderMailHtml, renderMailText } from './mail-body.tsx'

export type InviteMailProps = Readonly<{
  orgName: string
  inviterName: string
  role: Role
  acceptUrl: string
  expiresAt: Date
}>

export function renderInviteMail(props: InviteMailProps): RenderedMail {
  const { orgName, inviterName } = props
  const label = ROLE_WORDS[props.role].label.toLowerCase()
  const body = {
    title: `Join ${orgName} on Honeyframe`,
    paragraphs: [`${inviterName} invites you to ${orgName} as ${label}. ${roleSentence(props.role)}`],
    action: { label: 'Accept the invitation', url: props.acceptUrl },
    notes: [
      `The link works until ${exactTime(props.expiresAt)}.`,
      'You know nobody there? Then ignore this mail: without the link nothing happens.',
    ],
  }
  return {
    subject: oneLine(`${inviterName} invites you to ${orgName}`),
    html: renderMailHtml(body),
    text: renderMailText(body),
  }
}
