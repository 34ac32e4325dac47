import { Elysia } from 'elysia'
import { PERMISSIONS, targetKindOf, wordsOf } from '#core/access/permissions.ts'
import { AppError } from '#core/errors.ts'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { CATALOGUE, OWN } from './documentation.ts'
import { grantOf } from './group-json.ts'
import { listOwnPermissions } from './own-permissions.ts'

/** What can be permitted, and what the caller may. */
export function catalogueApi(door: Door) {
  const { ctx } = door
  const known = PERMISSIONS.map((permission) => ({
    permission,
    words: wordsOf(permission),
    target_kind: targetKindOf(permission) ?? null,
  }))
  return new Elysia()
    .use(gate(door))
    .get('/permissions', () => ({ items: known }), { requires: 'group.read', detail: CATALOGUE })
    .get(
      '/me/permissions',
      async ({ viewer }) => {
        const { org, permissions, person } = viewer
        if (!org) throw new AppError('forbidden', 'no_org', 'You do not belong to an organization yet.')
        const holder = { role: org.role, userId: person.userId, permissions }
        const own = await listOwnPermissions(ctx, org.orgId, holder)
        return { items: own.map(({ from, ...grant }) => ({ ...grantOf(grant), from })) }
      },
      { signedIn: true, detail: OWN },
    )
}
