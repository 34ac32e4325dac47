import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import type { Scope } from '#core/scope.ts'
import type { Brand } from '#core/tenancy/brand.ts'
import type { Door } from '#http/admit.ts'
import { brandAnswer, Color } from '#http/brand-answer.ts'
import { gate } from '#http/gate.ts'
import { exactly } from '#http/schemas.ts'
import { LOGO_BYTES_MAX, removeLogo, setLogo } from '#platform/organization/logo.ts'
import { updateOrganization } from '#platform/organization/organization.ts'
import { CHANGE, DELETE_LOGO, PUT_LOGO, READ } from './documentation.ts'

/** `/api/organization`: what the org of the request shows of itself. */
export function organizationApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/organization' })
    .use(gate(door))
    .get(
      '',
      ({ viewer: { org } }) => {
        if (!org) throw new AppError('forbidden', 'no_org', 'You do not belong to an organization yet.')
        return { id: org.orgId, ...brandAnswer(org) }
      },
      { signedIn: true, detail: READ },
    )
    .patch('', async ({ scope, body }) => answerFor(scope, await updateOrganization(ctx, scope, body)), {
      requires: 'org.edit',
      body: exactly({ name: Type.Optional(Type.String({ maxLength: 1000 })), color: Type.Optional(Color) }),
      detail: CHANGE,
    })
    .put('/logo', async ({ scope, body }) => answerFor(scope, await setLogo(ctx, scope, bytesOf(body))), {
      requires: { permission: 'org.edit', reads: { as: 'picture', bytesMax: LOGO_BYTES_MAX } },
      detail: PUT_LOGO,
    })
    .delete(
      '/logo',
      async ({ scope, set }) => {
        await removeLogo(ctx, scope)
        set.status = 204
      },
      { requires: 'org.edit', detail: DELETE_LOGO },
    )
}

function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  return body instanceof Uint8Array ? new Uint8Array(body) : new Uint8Array()
}

function answerFor(scope: Scope, brand: Brand) {
  return { id: scope.orgId, ...brandAnswer(brand) }
}
