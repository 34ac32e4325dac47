import { Type } from '@sinclair/typebox'
import { Elysia } from 'elysia'
import type { Door } from '#http/admit.ts'
import { gate } from '#http/gate.ts'
import { pageAnswer, pageRequest } from '#http/pagination.ts'
import { exactly } from '#http/schemas.ts'
import { requireSuperadmin, type Viewer } from '#http/viewer.ts'
import { createOwnOrg } from '#platform/orgs/new-org.ts'
import { defaultOrgOf, type ListedOrg, listEveryOrg, listOwnOrgs } from '#platform/orgs/org-list.ts'
import { CREATE, LIST, OrgsQuery } from './documentation.ts'

/** `/api/orgs`. */
export function orgsApi(door: Door) {
  const { ctx } = door
  return new Elysia({ prefix: '/api/orgs' })
    .use(gate(door))
    .get(
      '',
      async ({ viewer, query }) => {
        const page = pageRequest(query)
        const wanted = { ...page, search: query.q ?? '' }
        const rows = query.all === 'true' ? await listAll(viewer, wanted) : await listOwnOrgs(ctx, viewer.self, wanted)
        const { items, nextCursor } = pageAnswer<ListedOrg & { memberCount?: number }>(rows, page.shown)
        return { items: items.map((row) => orgOf(row, viewer)), next_cursor: nextCursor }
      },
      { signedIn: true, query: OrgsQuery, detail: LIST },
    )
    .post(
      '',
      async ({ viewer, body, set }) => {
        const created = await createOwnOrg(ctx, viewer.self, body)
        set.status = 201
        return orgOf(created, viewer)
      },
      {
        signedIn: { superadmin: true },
        body: exactly({ slug: Type.String({ maxLength: 1000 }), name: Type.String({ maxLength: 1000 }) }),
        detail: CREATE,
      },
    )

  function listAll(viewer: Viewer, query: Parameters<typeof listEveryOrg>[2]) {
    requireSuperadmin(viewer)
    return listEveryOrg(ctx, viewer.self, query)
  }
}

function orgOf(row: ListedOrg & { memberCount?: number }, { person }: Viewer) {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    role: row.role,
    is_default: row.id === defaultOrgOf(person),
    created_at: row.createdAt.toISOString(),
    member_count: row.memberCount ?? null,
  }
}
