import type { Role } from '#core/access/roles.ts'
import type { Bearer, Claims } from '#http/bearer.ts'
import { dropCookie, hostCookieName, readCookie, setCookie } from '#http/cookies.ts'
import { factsOf } from '#http/request-facts.ts'
import type { Clock } from '#lib/clock.ts'

const SESSION_COOKIE = 'hf_session'
const DEVICE_COOKIE = 'hf_device'
const DEVICE_AGE_SECONDS = 400 * 24 * 60 * 60

/** What a sign-in verb gives back: enough to sign a token, and no token. */
export type SignedInUser = Readonly<{
  userId: number
  version: number
  orgId: number | undefined
  role: Role | undefined
}>

export function readSessionCookie(request: Request): string | undefined {
  return readCookie(request, hostCookieName(factsOf(request), SESSION_COOKIE))
}

/** Signs the browser in: a session cookie, and a device cookie for the account. */
export async function startSession(
  request: Request,
  bearer: Bearer,
  user: SignedInUser,
  account: string,
): Promise<void> {
  const { token } = await bearer.sign(user)
  const facts = factsOf(request)
  setCookie(request, hostCookieName(facts, SESSION_COOKIE), token)
  setCookie(request, hostCookieName(facts, DEVICE_COOKIE), await bearer.signDevice(account), DEVICE_AGE_SECONDS)
}

/** Replaces the session cookie after a change of password or org. The session starts now, unless `startedAt` keeps its start. */
export async function replaceSession(
  request: Request,
  bearer: Bearer,
  user: SignedInUser & Readonly<{ startedAt?: Date }>,
): Promise<void> {
  const { token } = await bearer.sign(user)
  setCookie(request, hostCookieName(factsOf(request), SESSION_COOKIE), token)
}

/** Renews the cookie once half of the idle limit has passed; `jti` and the session's start survive. */
export async function renewSession(
  request: Request,
  options: { bearer: Bearer; clock: Clock; idleLimitMs: number },
  claims: Claims,
  role: Role | undefined,
): Promise<void> {
  const left = claims.expiresAt.getTime() - options.clock.now().getTime()
  if (left > options.idleLimitMs / 2) return
  const { token, claims: renewed } = await options.bearer.sign({ ...claims, role })
  if (renewed.expiresAt <= claims.expiresAt) return
  setCookie(request, hostCookieName(factsOf(request), SESSION_COOKIE), token)
}

export function endSession(request: Request): void {
  dropCookie(request, hostCookieName(factsOf(request), SESSION_COOKIE))
}

/** The id of this browser if it signed in to the account before. */
export async function findDevice(request: Request, bearer: Bearer, account: string): Promise<string | undefined> {
  const token = readCookie(request, hostCookieName(factsOf(request), DEVICE_COOKIE))
  return token === undefined ? undefined : await bearer.verifyDevice(token, account)
}
