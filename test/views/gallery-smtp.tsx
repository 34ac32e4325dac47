import { SmtpContent, type SmtpProps } from '#views/smtp/smtp.tsx'
import type { Say } from './gallery-data.tsx'

type Shown = Readonly<{ content: JSX.Element }>

const LONG_HOST = `${'mail-relay-of-the-whole-group.'.repeat(5)}acme.test`

export function smtpPages(say: Say): Record<string, Shown> {
  const own = { host: say(LONG_HOST), port: 587, tls: 'starttls', isPasswordReadable: true } as const
  const set: SmtpProps = {
    route: { orgName: say('Acme Analytics'), relay: 'own', sender: say('Acme Analytics <team@acme.test>'), own },
    form: {
      ...{ host: say(LONG_HOST), port: '587', tls: 'starttls', username: say('mailer@acme.test') },
      ...{ from: say('Acme Analytics <team@acme.test>'), isPasswordSet: true },
    },
    test: { to: say('ada@acme.test') },
  }
  const empty = { host: '', port: '587', tls: 'starttls', username: '', from: '', isPasswordSet: false }
  const words = say(`550 5.7.1 ${'relaying-denied-'.repeat(12)} see https://example.test/why`)
  return {
    smtp: { content: <SmtpContent {...set} /> },
    'smtp-none': {
      content: (
        <SmtpContent
          route={{ ...set.route, relay: 'none', sender: null, own: undefined }}
          form={empty}
          test={undefined}
        />
      ),
    },
    'smtp-platform': {
      content: (
        <SmtpContent
          route={{
            ...set.route,
            relay: 'platform',
            sender: say('Acme via Honeyframe <no-reply@h.test>'),
            own: undefined,
          }}
          form={empty}
          test={undefined}
        />
      ),
    },
    'smtp-refused': {
      content: (
        <SmtpContent
          route={{ ...set.route, own: { ...own, tls: 'none', isPasswordReadable: false } }}
          form={{ ...set.form, faults: faultsOf(say) }}
          test={{ to: say('grace@acme.test'), fault: say('This is not an e-mail address.') }}
        />
      ),
    },
    'smtp-sent': {
      content: (
        <SmtpContent {...set} test={{ to: say('ada@acme.test'), result: { isTaken: true, detail: say('250 Ok') } }} />
      ),
    },
    'smtp-not-sent': {
      content: <SmtpContent {...set} test={{ to: say('ada@acme.test'), result: { isTaken: false, detail: words } }} />,
    },
  }
}

function faultsOf(say: Say): Record<string, string> {
  const names = ['host', 'port', 'tls', 'username', 'password', 'from']
  return Object.fromEntries(names.map((name) => [name, say(`Something about the ${name}.`)]))
}
