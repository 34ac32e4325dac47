import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { exactly, Id, IdParams, ListQuery, MaybeTime, pageOf, Time } from '#http/schemas.ts'
import { createToken, EXPIRES_IN_DAYS_MAX, listTokens, revokeToken } from '#platform/tokens/token.ts'

const TAG = 'Personal access tokens'

const Listed = {
  id: Id,
  name: Type.String(),
  tail: Type.String({ description: 'The last four characters.' }),
  created_at: Time,
  expires_at: MaybeTime,
  last_used_at: MaybeTime,
}
const Token = Type.Object(Listed)
const NewToken = Type.Object({ ...Listed, token: Type.String({ description: 'Shown here once.' }) })
const EXAMPLE = {
  id: 3,
  name: 'ci-pipeline',
  tail: '4fQz',
  created_at: '2026-01-31T09:00:00.000Z',
  expires_at: null,
  last_used_at: null,
}

const MINT = describe({
  tag: TAG,
  summary: 'Mint a token',
  description: 'The token is shown in this answer and never again. A personal access token cannot mint another.',
  answers: {
    201: { description: 'Minted.', schema: NewToken, example: { ...EXAMPLE, token: 'hf_…' } },
  },
  errors: { 403: ['interactive_only'], 422: ['invalid_name'] },
  requestExample: { name: 'ci-pipeline', expires_in_days: 90 },
})

type Row = Awaited<ReturnType<typeof listTokens>>[number]

/** `/api/auth/tokens`: one's own personal access tokens. */
export function tokensApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/auth/tokens' })
    .use(gate(door))
    .get(
      '',
      async ({ viewer, query }) => {
        const page = pageRequest(query)
        const { items, nextCursor } = pageAnswer(await listTokens(ctx, viewer.self, page), page.shown)
        return { items: items.map(tokenOf), next_cursor: nextCursor }
      },
      {
        signedIn: true,
        query: ListQuery,
        detail: describe({
          tag: TAG,
          summary: 'List your tokens',
          answers: {
            200: {
              description: 'Newest first.',
              schema: pageOf(Token),
              example: { items: [EXAMPLE], next_cursor: null },
            },
          },
          errors: { 422: ['invalid_query'] },
        }),
      },
    )
    .post(
      '',
      async ({ viewer, body, set }) => {
        const created = await createToken(ctx, viewer.self, { name: body.name, expiresInDays: body.expires_in_days })
        set.status = 201
        return { ...tokenOf(created), token: created.token }
      },
      {
        signedIn: { interactive: true },
        body: exactly({
          name: Type.String({ minLength: 1, maxLength: 200 }),
          expires_in_days: Type.Optional(Type.Integer({ minimum: 1, maximum: EXPIRES_IN_DAYS_MAX })),
        }),
        detail: MINT,
      },
    )
    .delete(
      '/:id',
      async ({ viewer, params, set }) => {
        await revokeToken(ctx, viewer.self, params.id)
        set.status = 204
      },
      {
        signedIn: true,
        params: IdParams,
        detail: describe({
          tag: TAG,
          summary: 'Revoke a token',
          answers: { 204: { description: 'Revoked.' } },
          errors: { 404: ['not_found'] },
        }),
      },
    )
}

function tokenOf(row: Row) {
  return {
    id: row.id,
    name: row.name,
    tail: row.tail,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt?.toISOString() ?? null,
    last_used_at: row.lastUsedAt?.toISOString() ?? null,
  }
}
