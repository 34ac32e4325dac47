import type { AnyElysia } from 'elysia'
import { needOf } from '#http/gate.ts'
import type { Need } from '#http/needs.ts'

/** `name` is `GET /api/members/{user_id}`. `need` is absent where the gate was never passed. */
export type Route = Readonly<{ name: string; method: string; path: string; isApi: boolean; need: Need | undefined }>
export type GatedRoute = Route & Readonly<{ need: Need }>

/** Why a route may be called by anyone. Whoever opens another one writes it down here. */
export const PUBLIC: Readonly<Record<string, string>> = {
  'GET /api/health': 'a load balancer has no account',
  'GET /api/version': 'a script asks before it signs in',
  'GET /api/openapi.json': 'the description of the API holds nothing of anybody',
  'GET /api/docs': 'the page that shows it',
  'GET /api/branding': 'a sign-in page shows it to whoever comes',
  'POST /api/auth/login': 'signing in',
  'POST /api/auth/forgot-password': 'who forgot the password cannot sign in',
  'POST /api/auth/reset-password': 'the mailed token is the proof',
  'GET /api/invites/accept': 'the mailed token is the proof',
  'POST /api/invites/accept': 'the mailed token is the proof',
  'GET /assets/{name}': 'the sign-in page loads them',
  'GET /assets/{name}/{fingerprint}': 'the sign-in page loads them',
  'GET /branding/{slug}/logo/{hash}': 'the sign-in page at the org’s address shows it',
  'GET /branding/{slug}/{sheet}': 'the sign-in page at the org’s address wears it',
  'GET /setup': 'nobody has an account yet; the link is the proof',
  'POST /setup': 'nobody has an account yet; the link is the proof',
  'GET /login': 'signing in',
  'POST /login': 'signing in',
  'POST /logout': 'a session that has ended meanwhile is no error',
  'GET /forgot-password': 'who forgot the password cannot sign in',
  'POST /forgot-password': 'who forgot the password cannot sign in',
  'GET /reset-password': 'the mailed token is the proof',
  'POST /reset-password': 'the mailed token is the proof',
  'GET /accept-invite': 'the mailed token is the proof',
  'POST /accept-invite': 'the mailed token is the proof',
  'POST /theme': 'light or dark is nobody’s secret',
  'GET /metrics': 'see `SELF_GUARDED`',
}

/** Open routes that ask for a proof of their own, and refuse whoever has none. */
export const SELF_GUARDED: Readonly<Record<string, string>> = {
  'GET /metrics': 'a scraper has no account: it is on this machine, or bears METRICS_TOKEN',
}

/** What is sent by POST and changes nothing that anybody owns, so that whoever may read may send it. */
const NO_WRITES: Readonly<Record<string, string>> = {
  'POST /api/usage/refresh-storage': 'looks at the disk again',
  'POST /usage/refresh-storage': 'looks at the disk again',
}

/** Every route of an app, as its router knows it. */
export function routesOf(app: AnyElysia): Route[] {
  return app.routes.map((route) => {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    const isApi = path === '/api' || path.startsWith('/api/')
    return { name: `${route.method} ${path}`, method: route.method, path, isApi, need: needOf(route) }
  })
}

/** Routes beyond the gate, routes with two needs (the first would decide) or too small a one, and open routes that nobody accounted for. */
export function gateFaults(app: AnyElysia, publicRoutes = PUBLIC): string[] {
  const routes = routesOf(app)
  const shut = routes.filter(({ need }) => need?.kind !== 'anyone').map(({ name }) => name)
  const open = routes.filter(({ need }) => need?.kind === 'anyone').map(({ name }) => name)
  return [
    ...routes.filter(({ need }) => need === undefined).map(({ name }) => `${name} never passed the gate`),
    ...routes.filter(isWriteByReader).map(({ name }) => `${name} changes something by a permission to read`),
    ...app.routes.filter((route) => hooksIn(route.hooks, 'transform') > 1).map(({ path }) => `${path} has two needs`),
    ...app.routes
      .filter((route) => hooksIn(route.hooks, 'parse') > 1)
      .map(({ path }) => `${path} reads its body itself`),
    ...open
      .filter((name) => !Object.hasOwn(publicRoutes, name))
      .map((name) => `${name} is open, and no reason is given`),
    ...Object.keys(publicRoutes).flatMap((name) =>
      open.includes(name) ? [] : [`${name} is listed as open, and is not`],
    ),
    ...shut.filter((name, at) => shut.indexOf(name) !== at).map((name) => `${name} exists twice`),
  ]
}

/** A path of the route with something in place of each parameter, some of them by their names. */
export function pathWith(
  route: Pick<Route, 'path'>,
  parameter: string | number,
  named: Readonly<Record<string, string | number>> = {},
): string {
  const known: Readonly<Record<string, string | number>> = { permission: 'member.read', ...named }
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => String(known[name] ?? parameter))
}

export function isGated(route: Route): route is GatedRoute {
  return route.need !== undefined
}

function isWriteByReader({ name, method, need }: Route): boolean {
  if (Object.hasOwn(NO_WRITES, name)) return false
  return method !== 'GET' && need?.kind === 'permission' && need.permission.endsWith('.read')
}

function hooksIn(hooks: object, name: string): number {
  const found: unknown = Reflect.get(hooks, name)
  return Array.isArray(found) ? found.length : Number(found !== undefined)
}
