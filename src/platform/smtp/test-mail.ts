import { record } from '#core/audit/record.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { hasOwnRelay } from '#core/mail/org-mail.ts'
import type { Scope } from '#core/scope.ts'
import { requireEmail } from '#core/tenancy/user.ts'
import { asOneTest } from './test-count.ts'

/** `detail` is the server's reply. */
export type SentTest = Readonly<{ to: string; detail: string }>

/**
 * Sends one mail by the org's relay, now, and answers with the server's reply. For `smtp.edit`. What came of it is recorded.
 * Errors: `invalid_email` (invalid), `smtp_not_set` (conflict), `too_many_tests` (limited), `mail_failed` (upstream, with the
 * server's words in `detail`), `secret_unreadable` (conflict), `egress_refused` (invalid).
 */
export async function sendTestMail(ctx: Context, scope: Scope, input: Readonly<{ to: string }>): Promise<SentTest> {
  const { orgId } = scope
  const to = requireEmail(input.to, 'to')
  if (!(await hasOwnRelay(ctx.db, orgId))) {
    throw new AppError('conflict', 'smtp_not_set', 'Save a mail server first: a test mail goes through your own.')
  }
  return await asOneTest(ctx, orgId, async () => {
    try {
      const { response } = await send(ctx, scope, to)
      await note(ctx, scope, { to, is_taken: true, detail: response })
      return { to, detail: response }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      await note(ctx, scope, { to, is_taken: false, detail: error.message })
      throw refusalOf(error)
    }
  })
}

function send(ctx: Context, { orgId, actor }: Scope, to: string) {
  const sentBy = actor.kind === 'person' ? actor.name || actor.email : 'The operator'
  const props = { sentBy, url: `${ctx.config.publicUrl}/smtp` }
  return ctx.mail.send({ template: 'smtp-test', props, to, orgId, messageId: ctx.random.uuid() })
}

async function note(
  ctx: Context,
  scope: Scope,
  detail: Readonly<{ to: string; is_taken: boolean; detail: string }>,
): Promise<void> {
  await ctx.db.transaction((tx) => record(ctx, tx, scope, 'smtp.tested', detail))
}

/** Whether a job should try again is nobody's question here. */
function refusalOf({ kind, code, message, facts: { permanent: _, ...facts } }: AppError): AppError {
  return new AppError(kind, code, message, code === 'egress_refused' ? { ...facts, field: 'host' } : facts)
}
