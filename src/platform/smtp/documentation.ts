import { Type } from '@sinclair/typebox'
import { describe } from '#http/describe.ts'
import { Smtp } from './schemas.ts'
import { TESTS_PER_HOUR_MAX } from './test-count.ts'

const TAG = 'SMTP'

const EXAMPLE = {
  ...{ host: 'smtp.acme.example', port: 587, tls: 'starttls', username: 'mailer', from: 'Acme <team@acme.example>' },
  ...{ password_set: true, password_readable: true, updated_at: '2026-03-01T09:30:00.000Z' },
  ...{ relay: 'own', sender: 'Acme <team@acme.example>' },
}
const answers = { 200: { description: 'The mail server of the org.', schema: Smtp, example: EXAMPLE } }

export const READ_SMTP = describe({
  tag: TAG,
  summary: "Read the org's mail server",
  description: 'Without one its fields are null, and `relay` says what carries the mails. The password is never shown.',
  answers,
})

export const SAVE_SMTP = describe({
  tag: TAG,
  summary: "Set the org's mail server",
  description:
    'It carries the mails of the org from now on. The password is needed the first time, and again when the host or the port ' +
    'changes, or less encryption is asked for; otherwise the stored one stays.',
  answers,
  errors: {
    422: [...['invalid_host', 'invalid_username', 'invalid_sender', 'password_required', 'egress_refused']],
  },
  requestExample: {
    ...{ host: 'smtp.acme.example', port: 587, tls: 'starttls', username: 'mailer' },
    ...{ password: 'the password of mailer', from: 'Acme <team@acme.example>' },
  },
})

export const REMOVE_SMTP = describe({
  tag: TAG,
  summary: "Remove the org's mail server",
  description: 'Its password is gone, too. The mails go by the platform’s server again, where there is one.',
  answers: { 204: { description: 'Removed, or there was none.' } },
})

export const TEST_SMTP = describe({
  tag: TAG,
  summary: 'Send a test mail',
  description:
    "By the org's own mail server, now. `detail` is what the server says, in its own words, when it takes the mail (200) and when " +
    `it does not (502). At most ${TESTS_PER_HOUR_MAX} an hour and org, one at a time.`,
  answers: {
    200: {
      description: 'The server took it.',
      schema: Type.Object({ to: Type.String(), detail: Type.String({ description: "The server's reply." }) }),
      example: { to: 'ada@acme.example', detail: '250 2.0.0 Ok: queued as 4F2A1' },
    },
  },
  errors: {
    409: ['smtp_not_set', 'secret_unreadable'],
    422: ['invalid_email', 'egress_refused'],
    429: ['too_many_tests'],
    502: ['mail_failed'],
  },
  requestExample: { to: 'ada@acme.example' },
})
