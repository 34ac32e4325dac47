import { smtpSettings } from '#core/mail/tables.ts'
import { spoilPassword } from '#test/smtp/arrange.ts'
import { startSmtp } from '#test/support/smtp.ts'
import type { Case } from './contract-cases.ts'
import type { Stage } from './contract-stage.ts'

const PATH = '/api/smtp'
const TEST = `${PATH}/test`
const TESTS_PER_HOUR = 20
const TO = { to: 'grace@example.test' }

const SERVER = {
  ...{ host: '127.0.0.1', port: 2525, tls: 'none', username: 'relay', password: 'canary' },
  ...{ from: 'team@acme.test' },
}

function saving(changed: object): Case {
  return ({ send }) => send('PUT', PATH, { ...SERVER, ...changed })
}

async function savedAt({ send }: Stage, port: number): Promise<void> {
  await send('PUT', PATH, { ...SERVER, port })
}

/** A test mail to a server that refuses what `rejectRcpt` says. */
async function tried(stage: Stage, code?: number, times = 1): Promise<Response> {
  await using smtp = await startSmtp({ rejectRcpt: () => (code ? { code, text: '5.1.1 Nobody' } : undefined) })
  await savedAt(stage, smtp.port)
  let answer = Response.error()
  for (let time = 0; time < times; time++) answer = await stage.send('POST', TEST, TO)
  return answer
}

/** The mail server of an org. The app of the sweep lets orgs name loopback. */
export const SMTP_CASES: Readonly<Record<string, Case>> = {
  [`GET ${PATH} 200`]: async (stage, operation) => {
    await savedAt(stage, 2525)
    return stage.call(operation)
  },
  [`PUT ${PATH} 200`]: saving({}),
  [`PUT ${PATH} 422 invalid_host`]: saving({ host: 'a b' }),
  [`PUT ${PATH} 422 invalid_username`]: saving({ username: ' ' }),
  [`PUT ${PATH} 422 invalid_sender`]: saving({ from: 'nobody' }),
  [`PUT ${PATH} 422 password_required`]: saving({ password: '' }),
  [`PUT ${PATH} 422 egress_refused`]: saving({ host: '127.0.0.2' }),
  [`DELETE ${PATH} 204`]: ({ call }, operation) => call(operation),
  [`POST ${TEST} 200`]: (stage) => tried(stage),
  [`POST ${TEST} 502 mail_failed`]: (stage) => tried(stage, 550),
  [`POST ${TEST} 429 too_many_tests`]: (stage) => tried(stage, undefined, TESTS_PER_HOUR + 1),
  [`POST ${TEST} 409 smtp_not_set`]: ({ send }) => send('POST', TEST, TO),
  [`POST ${TEST} 409 secret_unreadable`]: async (stage) => {
    await savedAt(stage, 2525)
    await spoilPassword(stage.app, stage.orgId)
    return stage.send('POST', TEST, TO)
  },
  [`POST ${TEST} 422 invalid_email`]: async (stage) => {
    await savedAt(stage, 2525)
    return stage.send('POST', TEST, { to: 'grace' })
  },
  [`POST ${TEST} 422 egress_refused`]: async (stage) => {
    await savedAt(stage, 2525)
    await stage.app.ctx.db.update(smtpSettings).set({ host: '127.0.0.2' })
    return stage.send('POST', TEST, TO)
  },
}
