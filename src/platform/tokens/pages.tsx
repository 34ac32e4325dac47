import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { refusalFor } from '#http/form-refusal.ts'
import { gate } from '#http/gate.ts'
import { fieldOf, fragment, goTo, isPartial, shellPage } from '#http/page.tsx'
import { IdParams, LIMIT_MAX } from '#http/schemas.ts'
import type { Viewer } from '#http/viewer.ts'
import { createToken, EXPIRES_IN_DAYS_MAX, listTokens, revokeToken } from '#platform/tokens/token.ts'
import { TokensCard, TokensContent, type TokensProps } from '#views/tokens/tokens.tsx'

type Shown = Pick<TokensProps, 'draft' | 'created'>

/** `/tokens`: one's own personal access tokens. */
export function tokensPages(door: Door) {
  return new Elysia()
    .use(gate(door))
    .get('/tokens', async ({ request, viewer }) => show(door, request, viewer, {}), { signedIn: true })
    .post('/tokens', async ({ request, viewer, body }) => create(door, request, viewer, body), {
      signedIn: { interactive: true },
    })
    .post(
      '/tokens/:id/revoke',
      async ({ request, viewer, params }) => {
        await revokeToken(door.ctx, viewer.self, params.id)
        const toast = { tone: 'success', text: 'The token is revoked.' } as const
        if (!isPartial(request)) return goTo(request, '/tokens', toast)
        return fragment({ toasts: [toast] }, TokensCard(await propsOf(door, viewer, {})))
      },
      { signedIn: true, params: IdParams },
    )
}

/** Without a script the new token is in this answer itself: it is not kept anywhere for the page after a redirect. */
async function create(door: Door, request: Request, viewer: Viewer, form: unknown): Promise<Response> {
  const draft = { name: fieldOf(form, 'name'), expiresInDays: fieldOf(form, 'expires_in_days') }
  try {
    const expiresInDays = daysOf(draft.expiresInDays)
    const { name, token } = await createToken(door.ctx, viewer.self, { name: draft.name, expiresInDays })
    return await show(door, request, viewer, { created: { name, secret: token } })
  } catch (error) {
    const { status, faults } = refusalFor(error, ['invalid'])
    return show(door, request, viewer, { draft: { ...draft, faults } }, status)
  }
}

async function show(door: Door, request: Request, viewer: Viewer, shown: Shown, status = 200): Promise<Response> {
  const props = await propsOf(door, viewer, shown)
  if (isPartial(request)) return fragment({ status }, TokensCard(props))
  const options = { title: 'Personal access tokens', section: 'You', status }
  return shellPage(door, request, viewer, options, TokensContent(props))
}

async function propsOf(door: Door, viewer: Viewer, shown: Shown): Promise<TokensProps> {
  const rows = await listTokens(door.ctx, viewer.self, { limit: LIMIT_MAX })
  const tokens = rows.map((row) => ({
    ...row,
    expiresAt: row.expiresAt ?? undefined,
    lastUsedAt: row.lastUsedAt ?? undefined,
  }))
  return { tokens, now: door.ctx.clock.now(), ...shown }
}

function daysOf(text: string): number | undefined {
  if (text === '') return undefined
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (days < 1 || days > EXPIRES_IN_DAYS_MAX) {
    const words = `A token expires after 1 to ${EXPIRES_IN_DAYS_MAX} days.`
    throw new AppError('invalid', 'invalid_body', words, { field: 'expires_in_days' })
  }
  return days
}
