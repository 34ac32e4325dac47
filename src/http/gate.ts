import { Elysia } from 'elysia'
import type { Permission } from '#core/access/roles.ts'
import { AppError } from '#core/errors.ts'
import { admit, type Door } from '#http/admit.ts'
import { readForm, readJson, refuseNulInAddress } from '#http/body.ts'
import type { Need, SignedIn } from '#http/needs.ts'
import { factsOf } from '#http/request-facts.ts'
import { scopeOf, type Viewer } from '#http/viewer.ts'

const needs = new WeakMap<object, Need>()

type Incoming = { request: Request; route?: string }

/**
 * The front door of every route. A route names exactly one need, which a sweep checks:
 * `open: true` (anyone), `signedIn: {…}` (a person; the handler gets `viewer`), or `requires: 'member.read'`
 * (a permission in the request's org; the handler gets `viewer` and `scope`).
 * It refuses before the body is read, so that a bad body never beats a 401.
 */
export function gate(door: Door) {
  return new Elysia({ name: 'gate', seed: door }).macro({
    open: (_: true) => entrance(door, { kind: 'anyone' }),
    signedIn: (need: true | SignedIn) => ({
      ...entrance(door, { kind: 'person', ...(need === true ? {} : need) }),
      resolve: ({ request }: Incoming) => ({ viewer: viewerOfRequest(request) }),
    }),
    requires: (permission: Permission) => ({
      ...entrance(door, { kind: 'permission', permission }),
      resolve: ({ request }: Incoming) => {
        const viewer = viewerOfRequest(request)
        if (!viewer.org) throw new AppError('forbidden', 'no_org', 'You do not belong to an organization yet.')
        return { viewer, scope: scopeOf(viewer, viewer.org) }
      },
    }),
  })
}

function entrance(door: Door, need: Need) {
  const transform = async ({ request, route }: Incoming) => {
    await enter(door, request, route, need)
  }
  needs.set(transform, need)
  return {
    parse: async ({ request, route }: Incoming) => {
      await enter(door, request, route, need)
      return factsOf(request).isApi ? await readJson(request) : await readForm(request)
    },
    transform,
  }
}

/** What a route of an app wants; undefined for one that never passed the gate, which a sweep refuses. */
export function needOf(route: { hooks: object }): Need | undefined {
  const transforms: unknown = Reflect.get(route.hooks, 'transform')
  const found = (Array.isArray(transforms) ? transforms : [transforms]).map((hook: unknown) => {
    const named = typeof hook === 'object' && hook !== null ? Reflect.get(hook, 'fn') : hook
    return typeof named === 'function' ? needs.get(named) : undefined
  })
  return found.find((need) => need !== undefined)
}

async function enter(door: Door, request: Request, route: string | undefined, need: Need): Promise<void> {
  if (route !== undefined) factsOf(request).route = route
  await admit(door, request, need)
  refuseNulInAddress(request)
}

function viewerOfRequest(request: Request): Viewer {
  const { viewer } = factsOf(request)
  if (!viewer) throw new Error('a route that wants a person was entered without one')
  return viewer
}
