import { Elysia } from 'elysia'
import { AppError } from '#core/errors.ts'
import { admit, type Door } from '#http/admit.ts'
import { readForm, readJson, refuseNulInAddress } from '#http/body.ts'
import type { Need, Required, RequiredFeature, SignedIn } from '#http/needs.ts'
import { factsOf } from '#http/request-facts.ts'
import { readMultipart, readPictureBody } from '#http/upload.ts'
import { scopeOf, type Viewer } from '#http/viewer.ts'

const needs = new WeakMap<object, Need>()
const seeds = new WeakMap<Door, number>()
let lastSeed = 0

type Incoming = { request: Request; route?: string; params?: unknown }

/**
 * The front door of every route. A route names exactly one need, which a sweep checks:
 * `open: true` (anyone), `signedIn: {…}` (a person; the handler gets `viewer`), `requires: 'member.read'`
 * (a permission in the request's org; the handler gets `viewer` and `scope`), or `requiresFeature: { feature, permission }`
 * (the same, where the org's licence lists the feature).
 * It refuses before the body is read, so that a bad body never beats a 401.
 */
export function gate(door: Door) {
  return new Elysia({ name: 'gate', seed: seedOf(door) }).macro({
    open: (_: true) => entrance(door, { kind: 'anyone' }),
    signedIn: (need: true | SignedIn) => ({
      ...entrance(door, { kind: 'person', ...(need === true ? {} : need) }),
      resolve: ({ request }: Incoming) => ({ viewer: viewerOfRequest(request) }),
    }),
    requires: (required: Required) => ({
      ...entrance(door, needFor(required)),
      resolve: ({ request }: Incoming) => inOrg(viewerOfRequest(request)),
    }),
    requiresFeature: (required: RequiredFeature) => ({
      ...entrance(door, { kind: 'permission', ...required }),
      resolve: ({ request }: Incoming) => inOrg(viewerOfRequest(request)),
    }),
  })
}

/** Elysia takes plugins of one name and seed for one; a door itself it would write out as JSON, with all that it leads to. */
function seedOf(door: Door): number {
  const seed = seeds.get(door) ?? ++lastSeed
  seeds.set(door, seed)
  return seed
}

function entrance(door: Door, need: Need) {
  const transform = async (incoming: Incoming) => {
    await enter(door, incoming, need)
  }
  needs.set(transform, need)
  return {
    parse: async (incoming: Incoming) => {
      const { request } = incoming
      await enter(door, incoming, need)
      return await readBody(request, need)
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

/** The one place where a body is read: a route can say what it takes, and takes nothing else. */
function readBody(request: Request, { reads }: Need): Promise<unknown> {
  if (reads?.as === 'picture') return readPictureBody(request, reads.bytesMax)
  if (reads?.as === 'multipart') return readMultipart(request, reads.bytesMax)
  return factsOf(request).isApi ? readJson(request, reads?.bytesMax) : readForm(request, reads?.bytesMax)
}

async function enter(door: Door, { request, route, params }: Incoming, need: Need): Promise<void> {
  if (route !== undefined) factsOf(request).route = route
  await admit(door, request, aimed(need, params))
  refuseNulInAddress(request)
}

function inOrg(viewer: Viewer) {
  if (!viewer.org) throw new AppError('forbidden', 'no_org', 'You do not belong to an organization yet.')
  return { viewer, scope: scopeOf(viewer, viewer.org) }
}

function needFor(required: Required): Need {
  return { kind: 'permission', ...(typeof required === 'string' ? { permission: required } : required) }
}

/** The need of this very request: `group` becomes the group its path names. */
function aimed(need: Need, params: unknown): Need {
  if (need.kind !== 'permission' || need.target === undefined) return need
  const id = typeof params === 'object' && params !== null ? Reflect.get(params, 'id') : undefined
  return { ...need, target: `${need.target}:${String(id)}` }
}

function viewerOfRequest(request: Request): Viewer {
  const { viewer } = factsOf(request)
  if (!viewer) throw new Error('a route that wants a person was entered without one')
  return viewer
}
