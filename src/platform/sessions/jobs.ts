import type { Context } from '#core/context.ts'
import { findMailOrg } from '#core/mail/mail-org.ts'
import { findUserByEmail } from '#core/tenancy/user.ts'
import { defineJob } from '#jobs/job.ts'
import { textOf } from '#jobs/payload.ts'
import { dateOfMs, parseDate } from '#lib/clock.ts'
import { prepareReset } from '#platform/sessions/password.ts'
import { dropOldSessions } from '#platform/sessions/sign-in.ts'

/** What the clock does for sessions and passwords. */
export const sessionsJobs = [
  defineJob<Context, { email: string }>({
    kind: 'password.forgotten',
    parse: (stored) => ({ email: textOf(stored, 'email') }),
    run: async (ctx, job) => prepareReset(ctx, job.payload.email),
  }),
  defineJob<Context, { email: string; token: string; expiresAt: string }>({
    kind: 'password.reset-mail',
    lane: 'outbound',
    parse: (stored) => ({
      email: textOf(stored, 'email'),
      token: textOf(stored, 'token'),
      expiresAt: textOf(stored, 'expiresAt'),
    }),
    run: async (ctx, job) => {
      const { email, token, expiresAt } = job.payload
      const props = {
        resetUrl: `${ctx.config.publicUrl}/reset-password?token=${token}`,
        expiresAt: parseDate(expiresAt) ?? dateOfMs(0),
      }
      const user = await findUserByEmail(ctx.db, email)
      if (!user) return
      // Asked again: whoever joined another org meanwhile is no longer the first one's to write to.
      const orgId = await findMailOrg(ctx.db, user.id)
      await ctx.mail.send({ template: 'password-reset', props, to: email, orgId, messageId: job.id })
    },
  }),
  defineJob<Context, undefined>({
    kind: 'session.sweep',
    parse: () => undefined,
    run: async (ctx) => dropOldSessions(ctx),
  }),
]

export const sessionsSchedules = [{ name: 'session.sweep', cron: '17 * * * *', kind: 'session.sweep' }]
