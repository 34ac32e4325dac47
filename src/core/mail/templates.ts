import { renderInviteMail } from '#views/mail/invite.tsx'
import { renderNoticeMail } from '#views/mail/notice.tsx'
import { renderPasswordResetMail } from '#views/mail/password-reset.tsx'
import { renderSmtpTestMail } from '#views/mail/smtp-test.tsx'
import { renderTemporaryPasswordMail } from '#views/mail/temporary-password.tsx'

/** A mail by its template, with what the template needs. */
export type MailContent =
  | Readonly<{ template: 'invite'; props: Parameters<typeof renderInviteMail>[0] }>
  | Readonly<{ template: 'notice'; props: Parameters<typeof renderNoticeMail>[0] }>
  | Readonly<{ template: 'password-reset'; props: Parameters<typeof renderPasswordResetMail>[0] }>
  | Readonly<{ template: 'smtp-test'; props: Parameters<typeof renderSmtpTestMail>[0] }>
  | Readonly<{ template: 'temporary-password'; props: Parameters<typeof renderTemporaryPasswordMail>[0] }>

export type RenderedMail = Readonly<{ subject: string; html: string; text: string }>

/** Every mail this program sends. */
export function renderMail(content: MailContent): RenderedMail {
  switch (content.template) {
    case 'invite':
      return renderInviteMail(content.props)
    case 'notice':
      return renderNoticeMail(content.props)
    case 'password-reset':
      return renderPasswordResetMail(content.props)
    case 'smtp-test':
      return renderSmtpTestMail(content.props)
    case 'temporary-password':
      return renderTemporaryPasswordMail(content.props)
  }
}
