import { ErrorContent, type ErrorStatus } from '#views/errors/error-page.tsx'
import { AcceptInviteContent, InviteGoneContent } from '#views/members/accept-invite.tsx'
import { ForgotPasswordContent } from '#views/sessions/forgot-password.tsx'
import { LoginContent } from '#views/sessions/login.tsx'
import { PasswordDueContent } from '#views/sessions/password-due.tsx'
import { ResetPasswordContent, ResetPasswordGoneContent } from '#views/sessions/reset-password.tsx'
import { SetupContent, SetupGoneContent } from '#views/setup/setup.tsx'
import { invitation, type Say } from './gallery-data.tsx'

type Pages = Record<string, JSX.Element>

export function setupPages(say: Say): Pages {
  const values = { org: say('Acme'), name: say('Ada'), email: say('ada@acme.test') }
  const faults = {
    org: say('Too long.'),
    name: say('Too short.'),
    email: say('Malformed.'),
    password: say('Too short.'),
  }
  return {
    setup: <SetupContent token={say('tok')} />,
    'setup-refused': <SetupContent token={say('tok')} values={values} faults={faults} fault={say('Look again.')} />,
    'setup-gone': <SetupGoneContent />,
  }
}

export function sessionPages(say: Say): Pages {
  const due = { old_password: say('Wrong.'), new_password: say('Too short.') }
  return {
    login: <LoginContent />,
    'login-refused': (
      <LoginContent
        email={say('ada@acme.test')}
        next={say('/tokens?a=1&b=2')}
        fault={say('The e-mail or the password is wrong.')}
        reason={say('Sign in to join Acme.')}
      />
    ),
    forgot: <ForgotPasswordContent canSendMail={true} />,
    'forgot-sent': (
      <ForgotPasswordContent canSendMail={true} isSent email={say('ada@acme.test')} fault={say('Malformed.')} />
    ),
    'forgot-no-mail': <ForgotPasswordContent canSendMail={false} />,
    reset: <ResetPasswordContent token={say('tok')} passwordFault={say('Too common.')} fault={say('Look again.')} />,
    'reset-gone': <ResetPasswordGoneContent />,
    'password-due': (
      <PasswordDueContent email={say('ada@acme.test')} next={say('/members')} faults={due} fault={say('Look again.')} />
    ),
  }
}

export function invitePages(say: Say): Pages {
  const invited = invitation(say)
  const faults = { name: say('Too short.'), password: say('Too short.') }
  return {
    'accept-new-account': (
      <AcceptInviteContent
        invitation={invited}
        case={{ kind: 'new-account', name: say('Rin'), faults }}
        fault={say('Look again.')}
      />
    ),
    'accept-signed-in': <AcceptInviteContent invitation={invited} case={{ kind: 'signed-in' }} />,
    'accept-sign-in-first': (
      <AcceptInviteContent invitation={{ ...invited, invitedBy: undefined }} case={{ kind: 'sign-in-first' }} />
    ),
    'accept-someone-else': (
      <AcceptInviteContent invitation={invited} case={{ kind: 'someone-else', viewerEmail: say('bob@beta.test') }} />
    ),
    'accept-gone': <InviteGoneContent />,
  }
}

const STATUSES: readonly ErrorStatus[] = [400, 403, 404, 409, 410, 413, 422, 429, 500, 502]

export function errorPages(say: Say): Pages {
  const requestId = say('0198f3a2-7b1c-7c3e-9f00-1a2b3c4d5e6f')
  return Object.fromEntries(
    STATUSES.map((status) => [
      `error-${status}`,
      <ErrorContent status={status} message={say('One sentence.')} requestId={requestId} isSignedIn={status === 403} />,
    ]),
  )
}
