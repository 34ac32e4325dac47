import { holds } from '#core/access/permissions.ts'
import { findPersonBySession, findPersonByToken, type Person, stampMember } from '#core/access/person.ts'
import type { Context } from '#core/context.ts'
import { AppError } from '#core/errors.ts'
import { chooseOrg } from '#core/tenancy/current-org.ts'
import type { Bearer, Claims } from '#http/bearer.ts'
import { refuseAnnouncedExcess } from '#http/body.ts'
import { pathOf } from '#http/front-door.ts'
import { passLicenseGate } from '#http/license-gate.ts'
import { findLicenseNotice } from '#http/license-notice.ts'
import type { NavigationPage } from '#http/navigation.ts'
import type { Need } from '#http/needs.ts'
import type { RateLimit } from '#http/rate-limit.ts'
import { factsOf, type RequestFacts } from '#http/request-facts.ts'
import { requireSameOrigin } from '#http/same-origin.ts'
import { readSessionCookie, renewSession } from '#http/session.ts'
import { requireHostOrg } from '#http/tenant.ts'
import type { TourStep } from '#http/tour.ts'
import { requireSuperadmin, type Viewer, viewerOf } from '#http/viewer.ts'
import { MINUTE_MS } from '#lib/clock.ts'
import { isPersonalAccessToken } from '#lib/token.ts'

const BEARER_CHARS_MAX = 4096
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** What every room's doors are given. `navigation` lists the pages of the side bar, `tour` the steps of the welcome tour. */
export type Door = Readonly<{
  ctx: Context
  bearer: Bearer
  rateLimit: RateLimit
  navigation: readonly NavigationPage[]
  tour: readonly TourStep[]
}>

type Identity = Readonly<{ person: Person; claims: Claims | undefined }>

/**
 * Lets a request in, or refuses it in the contract's order: 413, 429, 401, 403 (and 400 for an org that contradicts itself).
 * Memoised by request, since Elysia may ask twice. Undefined for a route that anyone may call.
 */
export function admit(door: Door, request: Request, need: Need): Promise<Viewer | undefined> {
  const facts = factsOf(request)
  facts.admitted ??= admitOnce(door, request, facts, need)
  return facts.admitted
}

/** The person behind a request to a route that anyone may call; undefined for a stranger. It refuses nobody. */
export async function findVisitor(door: Door, request: Request): Promise<Viewer | undefined> {
  const facts = factsOf(request)
  const identity = await identify(door, request, facts)
  if (!identity) return undefined
  const orgId = identity.claims?.orgId
  const org = chooseOrg(identity.person, orgId === undefined ? {} : { tokenOrgId: orgId })
  return viewerOf(identity.person, org, sessionOf(identity.claims), facts)
}

async function admitOnce(door: Door, request: Request, facts: RequestFacts, need: Need): Promise<Viewer | undefined> {
  refuseAnnouncedExcess(request, need.reads?.bytesMax)
  const isUnsafe = !SAFE_METHODS.has(request.method)
  if (isGuessable(request, facts, need, isUnsafe)) door.rateLimit.take(facts.address)
  if (!facts.isApi && isUnsafe) requireSameOrigin(request)
  if (need.kind === 'anyone') {
    await requireHostOrg(door.ctx, request)
    return undefined
  }
  const identity = await identify(door, request, facts)
  if (!identity) throw new AppError('unauthenticated', 'unauthenticated', 'Sign in, or send a valid bearer token.')
  const viewer = await viewerFor(door, request, facts, identity)
  facts.viewer = viewer
  requireNeed(viewer, need)
  await passLicenseGate(door.ctx, request, facts, viewer, need)
  const notice = await findLicenseNotice(door.ctx, facts, viewer)
  if (notice) facts.licenseNotice = notice
  return viewer
}

/** `/api/auth/*`, and every page form that a stranger may send or that takes a password. */
function isGuessable(request: Request, facts: RequestFacts, need: Need, isUnsafe: boolean): boolean {
  if (facts.isApi) return pathOf(request.url).startsWith('/api/auth/')
  return isUnsafe && (need.kind === 'anyone' || (need.kind === 'person' && need.interactive === true))
}

async function identify(door: Door, request: Request, facts: RequestFacts): Promise<Identity | undefined> {
  const token = facts.isApi ? bearerOf(request) : readSessionCookie(request)
  if (token === undefined || token.length > BEARER_CHARS_MAX) return undefined
  if (facts.isApi && token.startsWith('hf_')) {
    const found = isPersonalAccessToken(token) ? await findPersonByToken(door.ctx, token) : undefined
    return found && { person: found.person, claims: undefined }
  }
  const claims = await door.bearer.verify(token)
  const person = claims && (await findPersonBySession(door.ctx, claims))
  return person && { person, claims }
}

/** RFC 6750 §2.1; the scheme compares without case. */
function bearerOf(request: Request): string | undefined {
  return /^bearer +([\w.~+/=-]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
}

async function viewerFor(door: Door, request: Request, facts: RequestFacts, identity: Identity): Promise<Viewer> {
  const { person, claims } = identity
  const hostOrg = await requireHostOrg(door.ctx, request, person)
  const header = facts.isApi ? request.headers.get('x-org-id') : null
  const org = chooseOrg(person, {
    ...(hostOrg && { hostSlug: hostOrg.slug }),
    ...(header !== null && { header }),
    ...(claims?.orgId !== undefined && { tokenOrgId: claims.orgId }),
  })
  if (org) await stampMember(door.ctx, person, org)
  if (claims && !facts.isApi) {
    const idleLimitMs = door.ctx.config.jwtExpireMinutes * MINUTE_MS
    await renewSession(request, { bearer: door.bearer, clock: door.ctx.clock, idleLimitMs }, claims, org?.role)
  }
  return viewerOf(person, org, sessionOf(claims), facts)
}

function requireNeed(viewer: Viewer, need: Exclude<Need, { kind: 'anyone' }>): void {
  const isResetDue = viewer.person.mustResetPassword
  if (isResetDue && !(need.kind === 'person' && need.resetDue)) {
    throw new AppError('forbidden', 'password_reset_required', 'Choose a new password before doing anything else.')
  }
  if (need.kind === 'person') {
    if (need.interactive && !viewer.session) {
      throw new AppError(
        'forbidden',
        'interactive_only',
        'A personal access token cannot do this. Sign in with the password.',
      )
    }
    if (need.superadmin) requireSuperadmin(viewer)
    return
  }
  if (!viewer.org) throw new AppError('forbidden', 'no_org', 'You do not belong to an organization yet.')
  if (!holds(viewer, need.permission, need.target)) {
    throw new AppError('forbidden', 'permission_denied', 'Your role does not allow this.', {
      permission: need.permission,
    })
  }
}

function sessionOf(claims: Claims | undefined) {
  return claims && { jti: claims.jti, startedAt: claims.startedAt, expiresAt: claims.expiresAt }
}
