import { LICENSE_CODES } from '#core/license/gate.ts'
import { needsLicense } from '#http/license-gate.ts'
import type { Need } from '#http/needs.ts'

/** What decides how a route may refuse. `own` are the codes it documents itself. */
export type RouteShape = Readonly<{
  method: string
  /** `/api/members/{user_id}` */
  path: string
  need: Need
  hasBody: boolean
  own: Readonly<Record<string, readonly string[]>>
}>

type Refusals = Readonly<Record<number, readonly string[]>>

const SENTENCES: Readonly<Record<string, string>> = {
  400: 'The request contradicts itself, or its body is not JSON.',
  401: 'No token, or one that is not valid.',
  403: 'The org, the role, the kind of token or a due password change does not allow it.',
  404: 'There is no such thing here.',
  409: 'Something else stands in the way.',
  410: 'It was, and is no more.',
  413: 'The body is too large.',
  422: 'The body or the query does not fit its schema, or what it says cannot be accepted.',
  429: 'Too many requests; `Retry-After` says how long to wait.',
  500: 'Our fault: the answer holds a request id and nothing else.',
  502: 'Another server refused; its words are in `detail`.',
}

const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 1 } } }

/** Every error code a route may answer, by status: those of its gate, those of its body and query, and its own. */
export function errorCodesOf(shape: RouteShape): Map<string, string[]> {
  const codes = new Map<string, string[]>()
  for (const refusals of [gateRefusals(shape), licenseRefusals(shape), readingRefusals(shape), shape.own]) {
    for (const [status, more] of Object.entries(refusals)) {
      codes.set(status, [...new Set([...(codes.get(status) ?? []), ...more])])
    }
  }
  return new Map([...codes].sort(([a], [b]) => Number(a) - Number(b)))
}

/** The response of one error status: its codes are part of the schema, so that a client can rely on the list. */
export function errorResponse(status: string, codes: readonly string[]) {
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Error' }, { properties: { error: { type: 'string', enum: codes } } }],
  }
  const message = SENTENCES[status] ?? 'Refused.'
  const example = { error: codes[0], message, request_id: '019c1a2b-3c4d-7e5f-8a9b-0c1d2e3f4a5b' }
  const named = codes.map((code) => `\`${code}\``).join(', ')
  return {
    description: `${message} Codes: ${named}.`,
    ...(status === '429' && { headers: RETRY_AFTER }),
    content: { 'application/json': { schema, example } },
  }
}

function gateRefusals({ need }: RouteShape): Refusals {
  // A host below `APEX_DOMAIN` that is no org's is 404 for everybody.
  if (need.kind === 'anyone') return { 404: ['not_found'], 500: ['internal'] }
  const isPermission = need.kind === 'permission'
  const forbidden = [
    'not_a_member',
    ...(isPermission || !need.resetDue ? ['password_reset_required'] : []),
    ...(!isPermission && need.interactive ? ['interactive_only'] : []),
    ...(!isPermission && need.superadmin ? ['superadmin_only'] : []),
    ...(isPermission ? ['no_org', 'permission_denied'] : []),
  ]
  return {
    400: ['invalid_org', 'org_mismatch'],
    401: ['unauthenticated'],
    403: forbidden,
    404: ['not_found'],
    500: ['internal'],
  }
}

function licenseRefusals({ method, path, need }: RouteShape): Refusals {
  if (need.kind === 'anyone') return {}
  const route = path.replace(/\{(\w+)\}/g, ':$1')
  if (!needsLicense(method.toUpperCase(), route, need)) return {}
  const isFeature = need.kind === 'permission' && need.feature !== undefined
  return { 403: [...LICENSE_CODES, ...(isFeature ? ['feature_not_licensed'] : [])] }
}

function readingRefusals({ path, need, hasBody }: RouteShape): Refusals {
  const isRead = hasBody || need.reads !== undefined
  return {
    ...(hasBody && { 400: ['unreadable_json'] }),
    ...(isRead && { 413: ['too_large'] }),
    // NUL in an address is refused at every route.
    422: [...(isRead ? ['invalid_body'] : []), 'invalid_query'],
    ...(path.startsWith('/api/auth/') && { 429: ['rate_limited'] }),
  }
}
