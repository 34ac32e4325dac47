import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { build } from '#config/build.ts'
import type { Door } from '#http/admit.ts'
import { describe } from '#http/describe.ts'
import { gate } from '#http/gate.ts'

const TAG = 'Liveness'
const Health = Type.Object({ status: Type.Literal('ok') })
const Version = Type.Object({ version: Type.String(), commit: Type.String(), built_at: Type.String() })

/** `/api/health` and `/api/version`: for load balancers and scripts. */
export function healthApi(door: Door) {
  return new Elysia({ prefix: '/api' })
    .use(gate(door))
    .get('/health', () => ({ status: 'ok' as const }), {
      open: true,
      detail: describe({
        tag: TAG,
        summary: 'Whether this process answers',
        answers: { 200: { description: 'It does.', schema: Health, example: { status: 'ok' } } },
      }),
    })
    .get('/version', () => ({ version: build.version, commit: build.commit, built_at: build.time }), {
      open: true,
      detail: describe({
        tag: TAG,
        summary: 'Which build this is',
        answers: {
          200: {
            description: 'Version, commit and build time.',
            schema: Version,
            example: { version: '0.1.0', commit: 'a1b2c3d', built_at: '2026-01-31T09:00:00.000Z' },
          },
        },
      }),
    })
}
