import { Elysia } from 'elysia'
import type { Context } from '#core/context.ts'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import type { Viewer } from '#http/viewer.ts'
import { READ_SMTP, REMOVE_SMTP, SAVE_SMTP, TEST_SMTP } from './documentation.ts'
import { mailRouteOf } from './route.ts'
import { SmtpBody, TestBody } from './schemas.ts'
import { findSmtp, removeSmtp, type SmtpSettings, saveSmtp } from './smtp.ts'
import { sendTestMail } from './test-mail.ts'

/** `/api/smtp`: the mail server of the org. */
export function smtpApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/smtp' })
    .use(gate(door))
    .get('', async ({ viewer, scope }) => answerOf(ctx, viewer, await findSmtp(ctx, scope)), {
      requires: 'smtp.edit',
      detail: READ_SMTP,
    })
    .put('', async ({ viewer, scope, body }) => answerOf(ctx, viewer, await saveSmtp(ctx, scope, body)), {
      requires: 'smtp.edit',
      body: SmtpBody,
      detail: SAVE_SMTP,
    })
    .delete(
      '',
      async ({ scope, set }) => {
        await removeSmtp(ctx, scope)
        set.status = 204
      },
      { requires: 'smtp.edit', detail: REMOVE_SMTP },
    )
    .post('/test', ({ scope, body }) => sendTestMail(ctx, scope, body), {
      requires: 'smtp.edit',
      body: TestBody,
      detail: TEST_SMTP,
    })
}

const NONE = {
  ...{ host: null, port: null, tls: null, username: null, from: null },
  ...{ password_set: false, password_readable: false, updated_at: null },
}

function answerOf(ctx: Context, { org }: Viewer, settings: SmtpSettings | undefined) {
  const { relay, sender } = mailRouteOf(ctx, org?.name ?? '', settings)
  if (!settings) return { ...NONE, relay, sender }
  const { host, port, tls, username, from, isPasswordReadable, updatedAt } = settings
  const password = { password_set: true, password_readable: isPasswordReadable }
  return { host, port, tls, username, from, ...password, updated_at: updatedAt.toISOString(), relay, sender }
}
