import { Type } from '@sinclair/typebox'
import { SMTP_TLS_MODES } from '#config/config.ts'
import { exactly, MaybeTime } from '#http/schemas.ts'
import { FROM_CHARS_MAX, PORT_MAX, USERNAME_CHARS_MAX } from './smtp-input.ts'

const Tls = Type.Union(
  SMTP_TLS_MODES.map((mode) => Type.Literal(mode)),
  { description: '`starttls` is required, never optional; `tls` is encrypted from the first byte.' },
)
const Port = Type.Integer({ minimum: 1, maximum: PORT_MAX })
const MaybeText = Type.Union([Type.String(), Type.Null()])

export const SmtpBody = exactly({
  host: Type.String({ minLength: 1, maxLength: 255, description: 'A name or an IP address.' }),
  port: Port,
  tls: Tls,
  username: Type.String({ minLength: 1, maxLength: USERNAME_CHARS_MAX }),
  password: Type.Optional(
    Type.String({ maxLength: 1024, description: 'Absent, empty or `••••••••` keeps the one that is stored.' }),
  ),
  from: Type.String({ minLength: 3, maxLength: FROM_CHARS_MAX, description: 'An address, or `Name <address>`.' }),
})
export const TestBody = exactly({ to: Type.String({ maxLength: 320, description: 'One address.' }) })

export const Smtp = Type.Object({
  host: MaybeText,
  port: Type.Union([Port, Type.Null()]),
  tls: Type.Union([Tls, Type.Null()]),
  username: MaybeText,
  from: MaybeText,
  password_set: Type.Boolean(),
  password_readable: Type.Boolean({ description: 'When false, no mail of the org leaves until it is entered again.' }),
  updated_at: MaybeTime,
  relay: Type.Union(
    ['own', 'platform', 'none'].map((relay) => Type.Literal(relay)),
    { description: 'Which mail server carries the mails of the org now.' },
  ),
  sender: Type.Union([Type.String(), Type.Null()], { description: 'What readers see as the sender.' }),
})
